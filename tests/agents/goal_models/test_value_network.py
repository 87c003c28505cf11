import math
from pathlib import Path

import numpy as np
import pytest

from aitp_gym.agents.goal_models.value_network import ValueNetwork, untrained_weights
from aitp_gym.errors import CheckpointError, ConfigError
from aitp_gym.proof import Goal
from aitp_gym.search.goal_scorer import GoalScorer

GOALS = [Goal.single(text) for text in ("p → p", "p ∧ q", "(a (c (fun (bool) (bool)) F) (c (bool) T))", "")]


def trained() -> ValueNetwork:
    config = ValueNetwork().config
    rng = np.random.default_rng(1)
    weights = {
        name: rng.normal(0, 0.5, value.shape).astype(np.float32) for name, value in untrained_weights(config, 0).items()
    }
    return ValueNetwork.from_weights(config, weights)


def test_an_untrained_network_knows_nothing():
    assert isinstance(ValueNetwork(), GoalScorer)
    assert ValueNetwork().score(GOALS) == [math.log(0.5)] * len(GOALS)


def test_scores_are_log_probabilities_and_depend_on_the_goal_alone():
    network = trained()
    scores = network.score(GOALS)
    assert all(score <= 0 for score in scores)
    assert len({round(score, 6) for score in scores}) == len(GOALS)
    assert [network.score([goal])[0] for goal in GOALS] == pytest.approx(scores, abs=1e-6)


def test_extreme_logits_stay_finite():
    network = trained()
    for bias in (-1e4, 1e4):
        extreme = ValueNetwork.from_weights(network.config, {**network.weights, "head.bias": np.float32(bias)})
        assert all(math.isfinite(score) and score <= 0 for score in extreme.score(GOALS))


def test_a_checkpoint_gives_the_same_network(tmp_path):
    network = trained()
    network.save(tmp_path / "c")
    again = ValueNetwork(tmp_path / "c")
    assert again.versions == network.versions
    assert again.score(GOALS) == network.score(GOALS)
    with pytest.raises(CheckpointError, match="exists already"):
        network.save(tmp_path / "c")


def test_what_is_no_checkpoint_of_it_is_refused(tmp_path):
    with pytest.raises(CheckpointError, match="no checkpoint folder"):
        ValueNetwork(tmp_path / "missing")
    trained().save(tmp_path / "c")
    config = Path(tmp_path / "c" / "config.json")
    config.write_text(config.read_text().replace('"hidden": 32', '"hidden": 31'))
    with pytest.raises(CheckpointError, match="shaped as their config says"):
        ValueNetwork(tmp_path / "c")
    config.write_text(config.read_text().replace('"hidden": 31', '"hidden": "many"'))
    with pytest.raises(CheckpointError, match="damaged"):
        ValueNetwork(tmp_path / "c")


def test_settings_that_make_no_sense_are_refused():
    with pytest.raises(ConfigError, match="hidden"):
        ValueNetwork(hidden=0)
