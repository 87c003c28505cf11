"""Configurations that earlier versions recorded name modules that have moved; they still mean the same."""

import importlib
import json

import pytest
from omegaconf import OmegaConf

from aitp_gym.evaluation.worker import build
from aitp_gym.experiments.run_folder import RunFolder
from aitp_gym.experiments.train_command import command_argv
from aitp_gym.moved_names import MOVED, with_current_names
from aitp_gym.search import HTPS

OLD_SEARCH = {
    "_target_": "aitp_gym.search.htps.HTPS",
    "settings": {"_target_": "aitp_gym.search.htps_settings.HTPSSettings"},
    "target_settings": {"_target_": "aitp_gym.search.htps_targets.HTPSTargetSettings"},
}


@pytest.mark.parametrize(("old", "new"), MOVED.items())
def test_a_moved_module_is_where_the_table_says_and_nothing_is_left_in_its_place(old, new):
    importlib.import_module(new)
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module(old)


def test_a_recorded_target_builds_what_it_built():
    assert isinstance(build(OLD_SEARCH), HTPS)


def test_a_recorded_command_runs_the_module_that_it_ran():
    commands = [["python", "-m", "aitp_gym.training.report", "--x"], "python -m aitp_gym.training.one_step 'a b'"]
    tree = OmegaConf.create({"train_after_eval": commands, "training": {}})
    assert command_argv(tree, 0, {})[2] == "aitp_gym.experiments.reports.report"
    assert command_argv(tree, 1, {}) == ["python", "-m", "aitp_gym.evaluation.one_step", "a b"]


def test_a_run_of_an_earlier_version_is_the_same_experiment_under_the_new_names(tmp_path):
    config = {"seed": 0, "search_model": OLD_SEARCH}
    RunFolder.create(tmp_path, config).close()
    assert "htps_settings" in json.dumps(json.loads((tmp_path / "run.json").read_text()))
    RunFolder.create(tmp_path, with_current_names(config), resume=True).close()


def test_names_that_only_begin_alike_stay():
    kept = {"a": ["aitp_gym.training.lightning.menu_policy", "my.aitp_gym.training.state"]}
    assert with_current_names(kept) == kept
