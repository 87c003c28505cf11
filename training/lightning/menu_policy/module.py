"""The Lightning module: logistic regression of "will this tactic be part of a proof" on goal and tactic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import lightning
import torch
from torch import Tensor
from torch.nn import functional

from aitp_gym.errors import ConfigError

from .network import Batch, MenuNetwork

__all__ = ["MenuModule", "TrainingConfig"]


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """How the menu policy is trained.

    Attributes:
        steps: batches to learn from; a number of batches suits little data and much, a number of epochs does not.
        learning_rate: of Adam at the start; it falls to 0 in a straight line.
        penalty: precision of the Gaussian prior on each weight, against one unit of log-likelihood for each example.
            Evidence has to add up before a weight moves, which is what keeps a few dozen successes from being learned
            by heart.
        bias_penalty: the same for the biases of slots.
        feature_dropout: probability that a feature of a goal or statement is left out.
        open_weight: weight of a tactic that worked but is on no accepted proof.
        goals_per_batch: goals in a batch.
    """

    steps: int = 600
    learning_rate: float = 1e-2
    penalty: float = 1.0
    bias_penalty: float = 5.0
    feature_dropout: float = 0.5
    open_weight: float = 1.0
    goals_per_batch: int = 64

    def __post_init__(self) -> None:
        if self.steps < 1 or self.goals_per_batch < 1 or not self.learning_rate > 0:
            raise ConfigError(f"steps, goals_per_batch and learning_rate must be positive: {self}.")
        if not (self.penalty >= 0 and self.bias_penalty >= 0):
            raise ConfigError(f"penalty and bias_penalty must not be negative: {self}.")
        if not (0 <= self.feature_dropout < 1 and 0 <= self.open_weight <= 1):
            raise ConfigError(f"0 <= feature_dropout < 1 and 0 <= open_weight <= 1 must hold: {self}.")


class MenuModule(lightning.LightningModule):  # type: ignore[misc]  # checked without lightning's types
    """Maximum a posteriori estimate of the menu policy from what was tried.

    The logit of a tactic is fitted as the log-odds that it is part of a proof (binary cross-entropy), so that the order
    by logit tries the likeliest tactics first. The scores of premises are fitted as a choice among a goal's nearest
    premises (softmax cross-entropy with those that a success named): within one goal, because differences between
    goals would teach which goals are easy and not which premises help.

    Args:
        network: to train; the weights it comes with are the means of the prior.
        config: of the training.
        total_weight: of all examples; a batch stands for its share of it.
    """

    def __init__(self, network: MenuNetwork, config: TrainingConfig, total_weight: float) -> None:
        super().__init__()
        self.network = network
        self.config = config
        self.total_weight = total_weight
        self._means = {name: value.detach().clone() for name, value in network.named_parameters()}

    def training_step(self, batch: Batch, batch_idx: int) -> Tensor:
        """Negative log-posterior for each unit of weight."""
        logits, scores = self.network(batch)
        tactics = functional.binary_cross_entropy_with_logits(logits, batch.label, weight=batch.weight, reduction="sum")
        # Beyond the end of a shortlist a score is -inf, and nothing is used.
        premises = -(batch.used * scores.log_softmax(-1).masked_fill(batch.shortlists < 0, 0.0)).sum()
        weight = batch.weight.sum().clamp(min=1e-6)
        self.log("loss", tactics / weight, on_step=False, on_epoch=True, batch_size=len(batch.label), prog_bar=True)
        loss: Tensor = (tactics + premises) / weight + self._penalty() / self.total_weight
        return loss

    def _penalty(self) -> Tensor:
        """Negative logarithm of the prior, up to a constant."""
        total = torch.zeros(())
        for name, value in self.network.named_parameters():
            precision = self.config.bias_penalty if name == "slot.bias" else self.config.penalty
            total = total + precision / 2 * (value - self._means[name]).square().sum()
        return total

    def configure_optimizers(self) -> dict[str, Any]:
        """Adam; the penalty is part of the loss, because AdamW's decay does not weigh it against the evidence."""
        optimizer = torch.optim.Adam(self.network.parameters(), lr=self.config.learning_rate)
        schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.01, total_iters=self.config.steps)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}
