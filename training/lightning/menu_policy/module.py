"""Lightning module of the menu policy: logistic regression of "will this tactic be part of a proof"."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from aitp_gym.errors import ConfigError

from ..map_estimate import MapEstimate
from .network import MenuBatch, MenuNetwork

__all__ = ["MenuModule", "MenuTrainingConfig"]


@dataclass(frozen=True, slots=True)
class MenuTrainingConfig:
    """Settings of the menu policy's training.

    Attributes:
        steps: number of batches to learn from; it suits little data and much, a number of epochs does not.
        learning_rate: learning rate of Adam at the start; it falls to 0 in a straight line.
        penalty: precision of the Gaussian prior on each weight, against one unit of log-likelihood for each example.
            Evidence has to add up before a weight moves, which is what keeps a few dozen successes from being learned
            by heart.
        bias_penalty: the same precision for the biases of slots.
        feature_dropout: probability that a feature of a goal or statement is left out.
        open_weight: weight, in [0, 1], of a tactic that worked but is on no accepted proof.
        goals_per_batch: number of goals in a batch.
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


class MenuModule(MapEstimate):
    """Maximum a posteriori estimate of the menu policy from what was tried.

    The logit of a tactic is fitted as the log-odds that it is part of a proof (binary cross-entropy), so that the order
    by logit tries the likeliest tactics first. The scores of premises are fitted as a choice among a goal's nearest
    premises (softmax cross-entropy with those that a success named): within one goal, because differences between
    goals would teach which goals are easy and not which premises help.

    Args:
        network: network to train; the weights it comes with are the means of the prior.
        config: settings of the training.
        total_weight: sum of the weights of all examples; a batch stands for its share of it.
    """

    def __init__(self, network: MenuNetwork, config: MenuTrainingConfig, total_weight: float) -> None:
        super().__init__(network, config.steps, config.learning_rate)
        self.config = config
        self.total_weight = total_weight

    def training_step(self, batch: MenuBatch, batch_idx: int) -> Tensor:
        """Negative log-posterior for each unit of weight, in nats, shape ()."""
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
        for name, squares in self.moved():
            precision = self.config.bias_penalty if name == "slot.bias" else self.config.penalty
            total = total + precision / 2 * squares
        return total
