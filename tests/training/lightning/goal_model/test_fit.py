import numpy as np
import pytest
import torch

from aitp_gym.agents.goal_models.value_network import ValueNetwork, ValueNetworkConfig, untrained_weights
from aitp_gym.errors import ConfigError
from aitp_gym.training.lightning.goal_model.fit import GoalData, fit
from aitp_gym.training.lightning.goal_model.labels import LabelRule, label_goals
from aitp_gym.training.lightning.goal_model.module import (
    GoalNetwork,
    GoalTrainingConfig,
    weighted_cross_entropy,
)

from .conftest import learnable_attempts

TRAIN = label_goals(learnable_attempts(200, seed=1), LabelRule())
HELD_OUT = label_goals(learnable_attempts(60, seed=2), LabelRule())
CONFIG = GoalTrainingConfig(steps=120, goals_per_batch=32, penalty=0.1)


@pytest.mark.parametrize("kind", ["bag", "transformer"])
def test_training_learns_which_goals_are_provable(kind):
    start = ValueNetwork(encoder={"kind": kind, "width": 16, "layers": 1})
    fitted = fit(TRAIN, HELD_OUT, start, CONFIG, seed=0)
    assert fitted.metrics["held_out_auc"] > 0.95
    assert fitted.metrics["held_out_brier"] < fitted.metrics["held_out_brier_of_base_rate"] / 3
    assert fitted.metrics["proved"] + fitted.metrics["failed"] == len(TRAIN) + len(HELD_OUT)
    assert start.versions == ValueNetwork(encoder={"kind": kind, "width": 16, "layers": 1}).versions


def test_the_same_seed_gives_the_same_network():
    one, same, other = (fit(TRAIN, [], ValueNetwork(), GoalTrainingConfig(steps=5), seed=s).network for s in (0, 0, 1))
    assert one.versions == same.versions != other.versions


def test_without_held_out_goals_there_are_counts_alone():
    metrics = fit(TRAIN, [], ValueNetwork(), GoalTrainingConfig(steps=2), seed=0).metrics
    assert metrics["held_out_goals"] == 0
    assert "calibration" not in metrics


def test_the_loss_of_a_training_shorter_than_an_epoch_is_a_number():
    config = GoalTrainingConfig(steps=1, goals_per_batch=32)
    assert np.isfinite(fit(TRAIN, [], ValueNetwork(), config, seed=0).metrics["loss"])


@pytest.mark.parametrize("kind", ["bag", "transformer"])
def test_the_torch_network_computes_what_inference_does(kind):
    shape = ValueNetwork(encoder={"kind": kind, "width": 16, "layers": 1}).config
    config = ValueNetworkConfig(shape.encoder, hidden=8)
    rng = np.random.default_rng(2)
    weights = {
        name: rng.normal(0, 0.3, value.shape).astype(np.float32) for name, value in untrained_weights(config, 0).items()
    }
    network = GoalNetwork(config.encoder, weights).eval()
    data = GoalData(HELD_OUT, config.encoder, 8)
    with torch.no_grad():
        logits = network(data.collate(data.items[:20]))
    expected = ValueNetwork.from_weights(config, weights).score_texts([label.goal for label in HELD_OUT[:20]])
    assert torch.nn.functional.logsigmoid(logits).tolist() == pytest.approx(expected, abs=1e-4)


def test_the_loss_by_hand():
    p = torch.tensor([0.8, 0.5])
    value = torch.tensor([1.0, 0.25])
    # Weights: 2 for the first goal; 2 * 0.25 for "provable" and 0.75 for "unprovable" of the second.
    expected = -(2 * np.log(0.8) + 0.5 * np.log(0.5) + 0.75 * np.log(0.5)) / (2 + 0.5 + 0.75)
    assert weighted_cross_entropy(p.log(), (1 - p).log(), value, 2.0).item() == pytest.approx(expected, rel=1e-5)


def test_a_weight_moves_the_best_probability_as_documented():
    grid = torch.linspace(0.01, 0.99, 981)
    losses = [weighted_cross_entropy(p.log(), (1 - p).log(), torch.tensor(0.4), 2.0).item() for p in grid]
    assert grid[int(np.argmin(losses))].item() == pytest.approx(2 * 0.4 / (2 * 0.4 + 0.6), abs=2e-3)


@pytest.mark.parametrize("field", ["steps", "learning_rate", "goals_per_batch", "provable_weight"])
def test_settings_that_make_no_sense_are_refused(field):
    with pytest.raises(ConfigError, match=field):
        GoalTrainingConfig(**{field: 0})
