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
        learning_rate, weight_decay: of AdamW. Biases of slots are not decayed: they start as the slots' rates of
            success, and the decay of all else holds the policy to these where the data say nothing.
        feature_dropout: probability that a feature of a goal or statement is left out.
        open_weight: weight of a tactic that worked but is on no accepted proof.
        goals_per_batch: goals in a batch.
    """

    steps: int = 600
    learning_rate: float = 3e-3
    weight_decay: float = 0.1
    feature_dropout: float = 0.2
    open_weight: float = 0.5
    goals_per_batch: int = 64

    def __post_init__(self) -> None:
        if self.steps < 1 or self.goals_per_batch < 1 or not self.learning_rate > 0:
            raise ConfigError(f"steps, goals_per_batch and learning_rate must be positive: {self}.")
        if not (self.weight_decay >= 0 and 0 <= self.feature_dropout < 1 and 0 <= self.open_weight <= 1):
            raise ConfigError(
                f"weight_decay >= 0, 0 <= feature_dropout < 1 and 0 <= open_weight <= 1 must hold: {self}."
            )


class MenuModule(lightning.LightningModule):  # type: ignore[misc]  # checked without lightning's types
    """Binary cross-entropy on the logit of every tactic that was tried.

    The logit estimates the log-odds that the tactic is part of a proof, so that the order by logit tries the likeliest
    tactics first.
    """

    def __init__(self, network: MenuNetwork, config: TrainingConfig) -> None:
        super().__init__()
        self.network = network
        self.config = config

    def training_step(self, batch: Batch, batch_idx: int) -> Tensor:
        """Mean loss over the batch, by weight."""
        losses = functional.binary_cross_entropy_with_logits(
            self.network(batch), batch.label, weight=batch.weight, reduction="sum"
        )
        loss = losses / batch.weight.sum().clamp(min=1e-6)
        self.log("loss", loss, on_step=False, on_epoch=True, batch_size=len(batch.label), prog_bar=True)
        return loss

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """AdamW; see `TrainingConfig`."""
        free = {"slot.bias", "premise.similarity"}
        named = list(self.network.named_parameters())
        groups: list[dict[str, Any]] = [
            {"params": [value for name, value in named if name not in free]},
            {"params": [value for name, value in named if name in free], "weight_decay": 0.0},
        ]
        return torch.optim.AdamW(groups, lr=self.config.learning_rate, weight_decay=self.config.weight_decay)
