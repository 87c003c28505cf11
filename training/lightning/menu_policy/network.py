"""The menu policy's network in torch: the twin of `agents.policies.menu_network`, with weights of the same names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from aitp_gym.agents.encoders.config import EncoderConfig

__all__ = ["Bag", "Batch", "MenuNetwork"]


class Bag(NamedTuple):
    """Hashed features of several texts, one after the other, as `embedding_bag` wants them.

    Attributes:
        indices: buckets, shape (F,); `weights`: shape (F,).
        offsets: where each text begins, shape (N,).
    """

    indices: Tensor
    weights: Tensor
    offsets: Tensor


class Batch(NamedTuple):
    """E examples at G goals with at most M premises each, P distinct; see `Examples`.

    Attributes:
        goals: features of the goals, or their token ids, shape (G, T), for a transformer.
        dense: shape (G, K).
        statements: features of the premises.
        goal, group: shape (E,).
        premises: rows of `statements`, -1 for none; shape (E, M).
        cosines: shape (E, M).
        label, weight: shape (E,).
    """

    goals: Bag | Tensor
    dense: Tensor
    statements: Bag
    goal: Tensor
    group: Tensor
    premises: Tensor
    cosines: Tensor
    label: Tensor
    weight: Tensor


class MenuNetwork(nn.Module):
    """Logits of tried tactics; the formula stands in `agents.policies.menu_network`.

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
        self.premise = _parameters(weights, "premise.")
        self.slot = _parameters(weights, "slot.")
        if encoder.kind == "bag":
            self.encoder: nn.Module = _parameters(weights, "encoder.")
        else:
            from aitp_gym.agents.encoders.transformer import GoalTransformer

            self.encoder = GoalTransformer(encoder)
            self.load_state_dict({name: torch.from_numpy(np.array(value)) for name, value in weights.items()})

    def forward(self, batch: Batch) -> Tensor:
        """Logits of the examples, shape (E,)."""
        if isinstance(batch.goals, Bag):
            goals = self._embed(self.encoder["embedding"], batch.goals)  # type: ignore[index]
        else:
            goals = self.encoder(batch.goals)
        statements = self._embed(self.premise["embedding"], batch.statements)
        slot, group = self.slot, batch.group
        vectors = goals[batch.goal]
        logits = (slot["weight"][group] * vectors).sum(-1) + slot["bias"][group]
        logits = logits + (slot["dense"][group] * batch.dense[batch.goal]).sum(-1)
        if len(statements):
            scores = self._scores(vectors, statements, batch)
            pooled = _pool(scores, batch.premises >= 0)
            logits = logits + (slot["premise"][group] * pooled).sum(-1)
        result: Tensor = logits
        return result

    def _scores(self, vectors: Tensor, statements: Tensor, batch: Batch) -> Tensor:
        """Scores of the examples' premises, shape (E, M); meaningless where there is none."""
        wanted = vectors @ self.premise["goal_map"]
        learned = torch.einsum("er,emr->em", wanted, statements[batch.premises.clamp(min=0)])
        scores: Tensor = self.premise["similarity"] * batch.cosines + learned
        return scores

    def _embed(self, table: Tensor, bag: Bag) -> Tensor:
        weights = bag.weights
        if self.training and self.feature_dropout > 0:
            weights = functional.dropout(weights, self.feature_dropout)
        sums: Tensor = functional.embedding_bag(bag.indices, table, bag.offsets, mode="sum", per_sample_weights=weights)
        return sums

    def numpy_weights(self) -> dict[str, NDArray[np.float32]]:
        """The weights by name, for a checkpoint."""
        return {name: value.detach().cpu().numpy().copy() for name, value in self.state_dict().items()}


def _parameters(weights: Mapping[str, NDArray[np.float32]], prefix: str) -> nn.ParameterDict:
    own = {name.removeprefix(prefix): value for name, value in weights.items() if name.startswith(prefix)}
    return nn.ParameterDict({name: nn.Parameter(torch.from_numpy(np.array(value))) for name, value in own.items()})


def _pool(scores: Tensor, there: Tensor) -> Tensor:
    """Greatest and mean score over the premises that are there, 0 where there are none; shape (E, 2)."""
    some = there.any(-1)
    greatest = scores.masked_fill(~there, -torch.inf).amax(-1).masked_fill(~some, 0.0)
    mean = scores.masked_fill(~there, 0.0).sum(-1) / there.sum(-1).clamp(min=1)
    return torch.stack([greatest, mean], dim=-1)
