"""Every search has a configuration with all its settings, at the defaults of its class."""

from __future__ import annotations

import inspect
from importlib.resources import files
from pathlib import Path

import pytest
from omegaconf import OmegaConf

from aitp_gym.evaluation.worker import build
from aitp_gym.search import SearchModel

FOLDER = Path(str(files("aitp_gym.configs"))) / "search_model"
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))


def test_there_is_a_configuration_for_each_search():
    assert NAMES == ["best_first", "breadth_first", "depth_first", "fringe", "htps", "updown"]


@pytest.mark.parametrize("name", NAMES)
def test_a_configuration_has_every_setting_at_its_default(name):
    config = OmegaConf.to_container(OmegaConf.load(FOLDER / f"{name}.yaml"))
    search = build(config)
    assert isinstance(search, SearchModel)
    assert set(config) == {"_target_", *inspect.signature(type(search)).parameters}
    assert search.versions == type(search)().versions
    for nested in (value for value in config.values() if isinstance(value, dict)):
        assert set(nested) == {"_target_", *inspect.signature(type(build(nested))).parameters}


def test_a_goal_scorer_is_built_from_within_a_configuration():
    scorer = {"_target_": "aitp_gym.search.goal_scorer.ConstantScorer", "probability": 0.25}
    for name in ("fringe", "updown", "htps"):
        config = OmegaConf.to_container(OmegaConf.load(FOLDER / f"{name}.yaml"))
        assert build({**config, "goal_scorer": scorer}).versions["goal_scorer.probability"] == "0.25"
