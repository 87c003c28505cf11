"""Value network in torch, and the Lightning module that trains it.

The network is the twin of `agents.goal_models.value_network`, with weights of the same names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from aitp_gym.agents.encoders.config import EncoderConfig
from aitp_gym.agents.encoders.registry import encoder_of, own_weights
from aitp_gym.errors import ConfigError

from ..map_estimate import MapEstimate
from ..weights import parameters

__all__ = ["GoalBatch", "GoalModule", "GoalNetwork", "GoalTrainingConfig", "weighted_cross_entropy"]


@dataclass(frozen=True, slots=True)
class GoalTrainingConfig:
    """Settings of the value network's training.

    Attributes:
        steps: number of batches to learn from.
        learning_rate: learning rate of Adam at the start; it falls to 0 in a straight line.
        penalty: precision of the Gaussian prior on each weight, against one unit of log-likelihood for each goal.
        feature_dropout: probability that a feature of a goal is left out.
        goals_per_batch: number of goals in a batch.
        provable_weight: how many times a provable goal counts, an unprovable one counting once. 1 leaves
            probabilities as they are; w teaches w p / (w p + 1 - p) where p is right (BAIT trains with 2).
    """

    steps: int = 600
    learning_rate: float = 1e-2
    penalty: float = 1.0
    feature_dropout: float = 0.5
    goals_per_batch: int = 128
    provable_weight: float = 1.0

    def __post_init__(self) -> None:
        if self.steps < 1 or self.goals_per_batch < 1 or not self.learning_rate > 0:
            raise ConfigError(f"steps, goals_per_batch and learning_rate must be positive: {self}.")
        if not (self.penalty >= 0 and 0 <= self.feature_dropout < 1 and self.provable_weight > 0):
            raise ConfigError(f"penalty >= 0, 0 <= feature_dropout < 1 and provable_weight > 0 must hold: {self}.")


class GoalBatch(NamedTuple):
    """B labelled goals.

    Attributes:
        goals: batch of the encoder, of B goals.
        value: probabilities to learn, in [0, 1], shape (B,).
    """

    goals: Any
    value: Tensor


class GoalNetwork(nn.Module):
    """Logits of goals; the formula stands in `agents.goal_models.value_network`.

    Args:
        encoder: configuration of the encoder of goals.
        weights: weights by name, as a checkpoint has them; see `value_network.untrained_weights` for the shapes.
        feature_dropout: probability with which a feature of a goal is left out in training.
    """

    def __init__(
        self, encoder: EncoderConfig, weights: Mapping[str, NDArray[np.float32]], feature_dropout: float = 0.0
    ) -> None:
        super().__init__()
        self.head = parameters(weights, "head.")
        self.encoder = encoder_of(encoder).module(own_weights(weights), feature_dropout)

    def forward(self, batch: GoalBatch) -> Tensor:
        """Logits of the goals, shape (B,)."""
        goals = self.encoder(batch.goals)
        hidden = torch.relu(goals @ self.head["hidden_weight"].T + self.head["hidden_bias"])
        logits: Tensor = hidden @ self.head["weight"] + self.head["bias"]
        return logits


def weighted_cross_entropy(provable: Tensor, unprovable: Tensor, value: Tensor, provable_weight: float) -> Tensor:
    """Cross-entropy of soft labels, in nats, averaged over the weights of the labels.

    Args:
        provable: log-probabilities of "provable", shape (B,).
        unprovable: log-probabilities of the opposite, shape (B,).
        value: labels in [0, 1], shape (B,).
        provable_weight: weight of the provable share of a label; the other share weighs 1.

    Returns:
        A scalar.
    """
    yes, no = provable_weight * value, 1 - value
    loss: Tensor = -(yes * provable + no * unprovable).sum() / (yes + no).sum()
    return loss


class GoalModule(MapEstimate):
    """Logistic regression of "is this goal provable" on the goal.

    Args:
        network: network to train; the weights it comes with are the means of the prior.
        config: settings of the training.
        total_goals: number of labels; a batch stands for its share of them.
    """

    def __init__(self, network: GoalNetwork, config: GoalTrainingConfig, total_goals: int) -> None:
        super().__init__(network, config.steps, config.learning_rate)
        self.config = config
        self.total_goals = total_goals

    def training_step(self, batch: GoalBatch, batch_idx: int) -> Tensor:
        """Negative log-posterior for each goal, in nats, shape ()."""
        logits = self.network(batch)
        log = torch.nn.functional.logsigmoid
        likelihood = weighted_cross_entropy(log(logits), log(-logits), batch.value, self.config.provable_weight)
        self.log("loss", likelihood, on_step=False, on_epoch=True, batch_size=len(batch.value), prog_bar=True)
        prior = sum(squares for _, squares in self.moved())
        loss: Tensor = likelihood + self.config.penalty / 2 * prior / self.total_goals
        return loss
