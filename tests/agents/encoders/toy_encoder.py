"""Toy encoder: a learned vector for each first connective. It needs nothing else but a line in the registry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from aitp_gym.agents.encoders.base import Array, Encoder


class ToyModule(nn.Module):
    """Network from numbers, shape (B,), to vectors, shape (B, D)."""

    def __init__(self, table: Array) -> None:
        super().__init__()
        self.table = nn.Parameter(torch.from_numpy(np.array(table)))

    def forward(self, numbers: Tensor) -> Tensor:
        """Look up the vectors of B numbers; shape (B, D)."""
        return self.table[numbers]


class ToyEncoder(Encoder[int]):
    """Encoder of texts by their first connective alone."""

    def read(self, text: str) -> int:
        """Number of the connective that comes first, if any."""
        return next(("∧→∨".index(symbol) + 1 for symbol in text if symbol in "∧→∨"), 0)

    def collate(self, features: Sequence[int]) -> Tensor:
        """Numbers of B texts, shape (B,)."""
        return torch.tensor(list(features), dtype=torch.long)

    def untrained(self, seed: int, rng: np.random.Generator) -> dict[str, Array]:
        """Small random vectors."""
        return {"table": rng.normal(0.0, 0.1, (4, self.config.width)).astype(np.float32)}

    def module(self, weights: Mapping[str, Array], feature_dropout: float = 0.0) -> ToyModule:
        """Network from B numbers, shape (B,), to vectors, shape (B, D)."""
        return ToyModule(weights["table"])
