"""The Lightning module: logistic regression of "is this goal provable" on the goal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import lightning
import torch
from torch import Tensor

from aitp_gym.errors import ConfigError

from .network import Batch, GoalNetwork

__all__ = ["GoalModule", "TrainingConfig", "weighted_cross_entropy"]


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """How the value network is trained.

    Attributes:
        steps: batches to learn from.
        learning_rate: of Adam at the start; it falls to 0 in a straight line.
        penalty: precision of the Gaussian prior on each weight, against one unit of log-likelihood for each goal.
        feature_dropout: probability that a feature of a goal is left out.
        goals_per_batch: goals in a batch.
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


def weighted_cross_entropy(provable: Tensor, unprovable: Tensor, value: Tensor, provable_weight: float) -> Tensor:
    """Cross-entropy of soft labels, in nats, averaged over the weights of the labels.

    Args:
        provable: log-probabilities of "provable", shape (B,).
        unprovable: of the opposite, shape (B,).
        value: labels in [0, 1], shape (B,).
        provable_weight: of the provable share of a label; the other share weighs 1.

    Returns:
        A scalar.
    """
    yes, no = provable_weight * value, 1 - value
    loss: Tensor = -(yes * provable + no * unprovable).sum() / (yes + no).sum()
    return loss


class GoalModule(lightning.LightningModule):  # type: ignore[misc]  # checked without lightning's types
    """Maximum a posteriori estimate of the value network from labelled goals.

    Args:
        network: to train; the weights it comes with are the means of the prior.
        config: of the training.
        total_goals: how many labels there are; a batch stands for its share of them.
    """

    def __init__(self, network: GoalNetwork, config: TrainingConfig, total_goals: int) -> None:
        super().__init__()
        self.network = network
        self.config = config
        self.total_goals = total_goals
        self._means = {name: value.detach().clone() for name, value in network.named_parameters()}

    def training_step(self, batch: Batch, batch_idx: int) -> Tensor:
        """Negative log-posterior for each goal."""
        logits = self.network(batch)
        log = torch.nn.functional.logsigmoid
        likelihood = weighted_cross_entropy(log(logits), log(-logits), batch.value, self.config.provable_weight)
        self.log("loss", likelihood, on_step=False, on_epoch=True, batch_size=len(batch.value), prog_bar=True)
        prior = sum((value - self._means[name]).square().sum() for name, value in self.network.named_parameters())
        loss: Tensor = likelihood + self.config.penalty / 2 * prior / self.total_goals
        return loss

    def configure_optimizers(self) -> dict[str, Any]:
        """Adam; the penalty is part of the loss, because AdamW's decay does not weigh it against the evidence."""
        optimizer = torch.optim.Adam(self.network.parameters(), lr=self.config.learning_rate)
        schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.01, total_iters=self.config.steps)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}
