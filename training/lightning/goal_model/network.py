"""The value network in torch: the twin of `agents.goal_models.value_network`, with weights of the same names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from aitp_gym.agents.encoders.config import EncoderConfig

from ..bags import Bag, embed
from ..weights import parameters

__all__ = ["Batch", "GoalNetwork"]


class Batch(NamedTuple):
    """B labelled goals.

    Attributes:
        goals: features of the goals, or their token ids, shape (B, T), for a transformer.
        value: probabilities to learn, shape (B,).
    """

    goals: Bag | Tensor
    value: Tensor


class GoalNetwork(nn.Module):
    """Logits of goals; the formula stands in `agents.goal_models.value_network`.

    Args:
        encoder: of goals.
        weights: by name, as a checkpoint has them.
        feature_dropout: probability with which a feature of a goal is left out in training.
    """

    def __init__(
        self, encoder: EncoderConfig, weights: Mapping[str, NDArray[np.float32]], feature_dropout: float = 0.0
    ) -> None:
        super().__init__()
        self.feature_dropout = feature_dropout
        self.head = parameters(weights, "head.")
        if encoder.kind == "bag":
            self.encoder: nn.Module = parameters(weights, "encoder.")
        else:
            from aitp_gym.agents.encoders.transformer import GoalTransformer

            self.encoder = GoalTransformer(encoder)
            self.load_state_dict({name: torch.from_numpy(np.array(value)) for name, value in weights.items()})

    def forward(self, batch: Batch) -> Tensor:
        """Logits of the goals, shape (B,)."""
        if isinstance(batch.goals, Bag):
            table: Tensor = self.encoder["embedding"]  # type: ignore[index]
            goals = embed(table, batch.goals, self.feature_dropout if self.training else 0.0)
        else:
            goals = self.encoder(batch.goals)
        hidden = torch.relu(goals @ self.head["hidden_weight"].T + self.head["hidden_bias"])
        logits: Tensor = hidden @ self.head["weight"] + self.head["bias"]
        return logits
