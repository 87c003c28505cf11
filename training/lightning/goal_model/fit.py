"""Training of a value network: labelled goals in, the network and its figures out."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch

from aitp_gym.agents.encoders.config import EncoderConfig
from aitp_gym.agents.encoders.registry import encoder_of
from aitp_gym.agents.goal_models.value_network import ValueNetwork

from ..steps import ShuffledBatches, one_thread, train_steps
from ..weights import numpy_weights
from .labels import GoalLabel
from .measure import measured
from .module import GoalBatch, GoalModule, GoalNetwork, GoalTrainingConfig

__all__ = ["FittedValueNetwork", "GoalData", "fit"]


class GoalData(ShuffledBatches[tuple[Any, float]]):
    """Data module of labelled goals, each read once.

    Args:
        labels: N labelled goals.
        encoder: configuration of the encoder, which says what is read of a goal.
        goals_per_batch: number of goals in a batch.
        seed: for the order.
    """

    def __init__(
        self, labels: Sequence[GoalLabel], encoder: EncoderConfig, goals_per_batch: int, seed: int = 0
    ) -> None:
        reader = encoder_of(encoder)
        super().__init__([(reader.read(label.goal), label.value) for label in labels], goals_per_batch, seed)
        self._encoder = reader

    def collate(self, items: Sequence[tuple[Any, float]]) -> GoalBatch:
        """Batch of B goals, each as its features and its label in [0, 1]."""
        features, values = zip(*items, strict=True)
        return GoalBatch(self._encoder.collate(features), torch.tensor(values, dtype=torch.float32))


class FittedValueNetwork(NamedTuple):
    """Result of a training.

    Attributes:
        network: trained value network.
        metrics: JSON values by name, see `measure.measured`; with them `loss`, in nats, where an epoch was finished,
            and `train_s`, in seconds.
    """

    network: ValueNetwork
    metrics: dict[str, Any]


def fit(
    train: Sequence[GoalLabel],
    held_out: Sequence[GoalLabel],
    start: ValueNetwork,
    config: GoalTrainingConfig,
    *,
    seed: int,
    keep_bias: bool = False,
    progress: bool = False,
) -> FittedValueNetwork:
    """Train a value network.

    Args:
        train: labels to learn from; not empty.
        held_out: labels to measure on.
        start: network to start from; it is not changed.
        config: settings of the training.
        seed: for everything random.
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
    with one_thread():
        logged = train_steps(module, data, steps=config.steps, seed=seed, progress=progress)
    trained = ValueNetwork.from_weights(start.config, numpy_weights(network))
    # The last epoch ends early where the steps do, and has no mean of its own then.
    loss = {"loss": logged["loss"]} if "loss" in logged else {}
    metrics = {**measured(train, held_out, trained.score_texts), **loss, "train_s": time.monotonic() - began}
    return FittedValueNetwork(trained, metrics)


def _log_odds(labels: Sequence[GoalLabel], weight: float) -> np.ndarray[tuple[()], np.dtype[np.float32]]:
    """Log-odds of the mean label, with one goal of each kind more, so that they are finite."""
    provable = weight * (1 + sum(label.value for label in labels))
    unprovable = 1 + sum(1 - label.value for label in labels)
    return np.full((), np.log(provable / unprovable), np.float32)
