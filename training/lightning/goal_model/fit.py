"""One training: labelled goals in, a value network and its figures out."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch

from aitp_gym.agents.goal_models.value_network import ValueNetwork

from ..steps import one_thread, train_steps
from ..weights import numpy_weights
from .data import GoalData
from .labels import Label
from .measure import measured
from .module import GoalModule, TrainingConfig
from .network import GoalNetwork

__all__ = ["Fitted", "fit"]


class Fitted(NamedTuple):
    """What a training gives; `metrics` are JSON values, see `measure.measured`."""

    network: ValueNetwork
    metrics: dict[str, Any]


def fit(
    train: Sequence[Label],
    held_out: Sequence[Label],
    start: ValueNetwork,
    config: TrainingConfig,
    *,
    seed: int,
    keep_bias: bool = False,
    progress: bool = False,
) -> Fitted:
    """Train a value network.

    Args:
        train: labels to learn from; not empty.
        held_out: labels to measure on.
        start: the network to start from; it is not changed.
        config: of the training.
        seed: of everything random.
        keep_bias: start from the bias of `start`, not from the labels' mean.
        progress: show a progress bar.
    """
    began = time.monotonic()
    weights = dict(start.weights)
    if not keep_bias:
        weights["head.bias"] = _log_odds(train, config.provable_weight)
    network = GoalNetwork(start.config.encoder, weights, config.feature_dropout)
    module = GoalModule(network, config, len(train))
    data = GoalData(train, start.config.encoder, config.goals_per_batch, seed)
    with torch.random.fork_rng(devices=[]), one_thread():
        torch.manual_seed(seed)
        logged = train_steps(module, data, steps=config.steps, progress=progress)
    trained = ValueNetwork.from_weights(start.config, numpy_weights(network))
    # The last epoch ends early where the steps do, and has no mean of its own then.
    loss = {"loss": logged["loss"]} if "loss" in logged else {}
    metrics = {**measured(train, held_out, trained.score_texts), **loss, "train_s": time.monotonic() - began}
    return Fitted(trained, metrics)


def _log_odds(labels: Sequence[Label], provable_weight: float) -> np.ndarray[tuple[()], np.dtype[np.float32]]:
    """Log-odds of the mean label, with one goal of each kind more, so that they are finite."""
    provable = provable_weight * (1 + sum(label.value for label in labels))
    unprovable = 1 + sum(1 - label.value for label in labels)
    return np.full((), np.log(provable / unprovable), np.float32)
