"""The menu policy's network in torch: the twin of `agents.policies.menu_network`, with weights of the same names."""

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

__all__ = ["Batch", "MenuNetwork"]


class Batch(NamedTuple):
    """E tried tactics at G goals, and shortlists of at most S premises for Q of these goals; see `Examples`.

    Attributes:
        goals: features of the goals, or their token ids, shape (G, T), for a transformer.
        dense: shape (G, K).
        goal, group: shape (E,); `pooled`: shape (E, 2).
        label, weight: shape (E,).
        statements: features of the premises in the shortlists.
        listed: which goals have a shortlist, shape (Q,).
        shortlists: rows of `statements`, -1 beyond the end of a shortlist; shape (Q, S).
        cosines, used: shape (Q, S).
    """

    goals: Bag | Tensor
    dense: Tensor
    goal: Tensor
    group: Tensor
    pooled: Tensor
    label: Tensor
    weight: Tensor
    statements: Bag
    listed: Tensor
    shortlists: Tensor
    cosines: Tensor
    used: Tensor


class MenuNetwork(nn.Module):
    """Logits of tried tactics and of premises; the formulas stand in `agents.policies.menu_network`.

    Args:
        encoder: of goals.
        weights: by name, as a checkpoint has them.
        feature_dropout: probability with which a feature of a goal or statement is left out in training.
    """

    def __init__(
        self, encoder: EncoderConfig, weights: Mapping[str, NDArray[np.float32]], feature_dropout: float = 0.0
    ) -> None:
        super().__init__()
        self.feature_dropout = feature_dropout
        self.premise = parameters(weights, "premise.")
        self.slot = parameters(weights, "slot.")
        if encoder.kind == "bag":
            self.encoder: nn.Module = parameters(weights, "encoder.")
        else:
            from aitp_gym.agents.encoders.transformer import GoalTransformer

            self.encoder = GoalTransformer(encoder)
            self.load_state_dict({name: torch.from_numpy(np.array(value)) for name, value in weights.items()})

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Score tactics and premises.

        Returns:
            Logits of the tactics, shape (E,); scores of the shortlists' premises, -inf beyond their end, shape (Q, S).
        """
        if isinstance(batch.goals, Bag):
            goals = self._embed(self.encoder["embedding"], batch.goals)  # type: ignore[index]
        else:
            goals = self.encoder(batch.goals)
        slot, group = self.slot, batch.group
        logits = slot["bias"][group] + (slot["weight"][group] * goals[batch.goal]).sum(-1)
        logits = logits + (slot["dense"][group] * batch.dense[batch.goal]).sum(-1)
        logits = logits + (slot["premise"][group] * batch.pooled).sum(-1)
        if not len(batch.listed):
            return logits, batch.cosines
        statements = self._embed(self.premise["embedding"], batch.statements)
        # Each premise chosen teaches more than a tactic that failed; left free, premises would shape the encoder alone.
        wanted = goals[batch.listed].detach() @ self.premise["goal_map"]
        learned = torch.einsum("qr,qsr->qs", wanted, statements[batch.shortlists.clamp(min=0)])
        scores = self.premise["similarity"] * batch.cosines + learned
        return logits, scores.masked_fill(batch.shortlists < 0, -torch.inf)

    def _embed(self, table: Tensor, bag: Bag) -> Tensor:
        return embed(table, bag, self.feature_dropout if self.training else 0.0)
