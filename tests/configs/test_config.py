import pytest
from hydra import compose, initialize_config_module
from omegaconf import OmegaConf

from aitp_gym.errors import ConfigError
from aitp_gym.experiments.config import read_config
from aitp_gym.experiments.train_command import command_argv
from aitp_gym.training.lightning.goal_model.options import goal_model_parser

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


def composed(*overrides):
    with initialize_config_module("aitp_gym.configs", version_base="1.3"):
        return compose("quickstart", list(overrides))


@pytest.mark.parametrize("train", ["goal_model", "menu_policy_and_goal_model"])
def test_a_goal_model_is_trained_by_its_command_and_updated_where_searches_take_it_from(train):
    config, tree = read_config(composed("+goal_model=value_network", f"train={train}", "search_model=htps"))
    assert config.update_checkpoints[-1] == ["goal_model", "ckpt_path"]
    context = {"python": "py", "traces": "T", "output": "O", "result": "R", "iteration": 0, "seed": 1}
    argv = command_argv(tree, len(config.train_after_eval) - 1, context)
    assert argv[:3] == ["py", "-m", "aitp_gym.training.lightning.goal_model"]
    parsed = goal_model_parser("goal_model", "").parse_args(argv[3:])
    assert (str(parsed.traces[0]), str(parsed.output), str(parsed.result), parsed.seed) == ("T", "O", "R", 1)


def test_the_seq2seq_goal_model_needs_a_model_to_begin_with():
    asked = ("+goal_model=seq2seq", "train=goal_model_seq2seq")
    with pytest.raises(ConfigError, match=r"goal_model\.pretrained"):
        read_config(composed(*asked))
    _, tree = read_config(composed(*asked, "goal_model.pretrained=/models/byt5"))
    context = {"python": "py", "traces": "T", "output": "O", "result": "R", "iteration": 0, "seed": 1}
    argv = command_argv(tree, 0, context)
    assert argv[argv.index("--init") + 1] == "/models/byt5"


def test_searches_share_the_goal_model_of_the_run():
    with initialize_config_module("aitp_gym.configs", version_base="1.3"):
        config, _ = read_config(compose("search_comparison", ["goal_model.ckpt_path=/c"]))
    scorers = {label: spec.get("goal_scorer") for label, spec in config.searches.items()}
    assert {label for label, scorer in scorers.items() if scorer is not None} == {
        label for label in config.searches if label.endswith("_goal_model")
    }
    assert scorers["htps_goal_model"] == {**config.goal_model, "ckpt_path": "/c"}
