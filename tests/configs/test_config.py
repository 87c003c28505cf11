import pytest
from omegaconf import OmegaConf

from aitp_gym.errors import ConfigError
from aitp_gym.training.config import read_config

SMALLEST = {
    "exp_config": {"name": "n", "experiment": "e", "directory": "d"},
    "env_config": {},
    "tac_model": {"ckpt_path": None},
    "search_model": {},
    "max_tactics": 8,
}


def read(**changes):
    return read_config(OmegaConf.merge(SMALLEST, changes))[0]


def test_the_limits_of_an_attempt_become_its_budget():
    budget = read(max_nodes=3, total_timeout=20, env_timeout=2.5).budget
    assert (budget.max_nodes, budget.max_tactics, budget.prover_s, budget.wall_s) == (3, 8, 2.5, 20)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"num_iteration": 3}, "no field 'num_iteration': did you mean 'num_iterations'"),
        ({"exp_config": {"resumed": True}}, "no field 'exp_config.resumed': did you mean 'exp_config.resume'"),
        ({"num_iterations": "many"}, "num_iterations"),
        ({"num_iterations": 0}, "num_iterations must be above 0, got 0"),
        ({"num_workers": -1}, "num_workers must not be negative"),
        ({"max_tactics": None}, "needs a limit"),
        ({"log_level": "LOUD"}, "log_level must be one of"),
        ({"baselines": ["random"]}, "uniform, fixed_order, frequency, got 'random'"),
        ({"train_after_eval": [["a"]]}, "same length.*1 commands and 0 fields"),
        ({"train_after_eval": [["a"]], "update_checkpoints": [["tac_model", "checkpoint"]]}, "'tac_model.checkpoint'"),
        ({"train_after_eval": [{"a": 1}], "update_checkpoints": [["tac_model", "ckpt_path"]]}, "list of arguments"),
        ({"tac_model": {"menu": "${nowhere}"}}, "nowhere"),
    ],
)
def test_what_cannot_be_used_is_named_in_one_sentence(changes, message):
    with pytest.raises(ConfigError, match=message) as raised:
        read(**changes)
    assert "\n" not in str(raised.value)


def test_a_field_that_was_left_open_is_named():
    with pytest.raises(ConfigError, match="env_config"):
        read_config(OmegaConf.create({**SMALLEST, "env_config": "???"}))


def test_commands_may_use_what_only_the_loop_knows():
    config = read(train_after_eval=[["${training.python}"]], update_checkpoints=[["tac_model", "ckpt_path"]])
    assert config.train_after_eval == [["${training.python}"]]
