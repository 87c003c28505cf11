"""Menu policy's network in torch: the twin of `agents.policies.menu_network`, with weights of the same names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from aitp_gym.agents.encoders.bag_module import Bag, embed
from aitp_gym.agents.encoders.config import EncoderConfig
from aitp_gym.agents.encoders.registry import encoder_of, own_weights

from ..weights import parameters

__all__ = ["MenuBatch", "MenuNetwork"]


class MenuBatch(NamedTuple):
    """E tried tactics at G goals, and shortlists of at most S premises for Q of these goals; see `Examples`.

    Attributes:
        goals: batch of the encoder, of the G goals.
        dense: dense features of the goals, shape (G, K).
        goal: places of the tactics' goals, shape (E,).
        group: groups of the tactics' slots, shape (E,).
        pooled: greatest and mean similarity of the tactics' premises, shape (E, 2).
        label: 1 for a success, else 0, shape (E,).
        weight: weights of the tactics in the loss, shape (E,).
        statements: features of the premises in the shortlists.
        listed: places of the goals that have a shortlist, shape (Q,).
        shortlists: rows of `statements`, -1 beyond the end of a shortlist; shape (Q, S).
        cosines: similarities of the premises in the shortlists, shape (Q, S).
        used: successes that named a premise, see `Shortlist`, shape (Q, S).
    """

    goals: Any
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
        encoder: configuration of the encoder of goals.
        weights: weights by name, as a checkpoint has them; see `menu_network.init_weights` for the shapes.
        feature_dropout: probability with which a feature of a goal or statement is left out in training.
    """

    def __init__(
        self, encoder: EncoderConfig, weights: Mapping[str, NDArray[np.float32]], feature_dropout: float = 0.0
    ) -> None:
        super().__init__()
        self.feature_dropout = feature_dropout
        self.premise = parameters(weights, "premise.")
        self.slot = parameters(weights, "slot.")
        self.encoder = encoder_of(encoder).module(own_weights(weights), feature_dropout)

    def forward(self, batch: MenuBatch) -> tuple[Tensor, Tensor]:
        """Score tactics and premises.

        Returns:
            Logits of the tactics, shape (E,); scores of the shortlists' premises, -inf beyond their end, shape (Q, S).
        """
        goals = self.encoder(batch.goals)
        slot, group = self.slot, batch.group
        logits = slot["bias"][group] + (slot["weight"][group] * goals[batch.goal]).sum(-1)
        logits = logits + (slot["dense"][group] * batch.dense[batch.goal]).sum(-1)
        logits = logits + (slot["premise"][group] * batch.pooled).sum(-1)
        if not len(batch.listed):
            return logits, batch.cosines
        dropout = self.feature_dropout if self.training else 0.0
        statements = embed(self.premise["embedding"], batch.statements, dropout)
        # Each premise chosen teaches more than a tactic that failed; left free, premises would shape the encoder alone.
        wanted = goals[batch.listed].detach() @ self.premise["goal_map"]
        learned = torch.einsum("qr,qsr->qs", wanted, statements[batch.shortlists.clamp(min=0)])
        scores = self.premise["similarity"] * batch.cosines + learned
        return logits, scores.masked_fill(batch.shortlists < 0, -torch.inf)
