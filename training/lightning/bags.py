"""Hashed features of several texts as one batch for torch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

__all__ = ["Bag", "Sparse", "bag_of", "embed"]

Sparse = tuple[NDArray[np.int64], NDArray[np.float32]]
"""Bucket numbers and weights of one text's features; see `agents.encoders.features.hash_features`."""


class Bag(NamedTuple):
    """Hashed features of several texts, one after the other, as `embedding_bag` wants them.

    Attributes:
        indices: buckets, shape (F,); `weights`: shape (F,).
        offsets: where each text begins, shape (N,).
    """

    indices: Tensor
    weights: Tensor
    offsets: Tensor


def bag_of(texts: Sequence[Sparse]) -> Bag:
    """The features of N texts as one bag."""
    lengths = [len(indices) for indices, _ in texts]
    offsets = np.cumsum([0, *lengths])[: len(texts)]
    indices = np.concatenate([indices for indices, _ in texts]) if texts else np.zeros(0, np.int64)
    weights = np.concatenate([weights for _, weights in texts]) if texts else np.zeros(0, np.float32)
    return Bag(torch.from_numpy(indices), torch.from_numpy(weights), torch.from_numpy(offsets))


def embed(table: Tensor, bag: Bag, dropout: float = 0.0) -> Tensor:
    """Sums of the features' embeddings.

    Args:
        table: one row for each bucket, shape (buckets, D).
        bag: of N texts.
        dropout: probability that a feature is left out.

    Returns:
        Shape (N, D).
    """
    weights = functional.dropout(bag.weights, dropout) if dropout > 0 else bag.weights
    sums: Tensor = functional.embedding_bag(bag.indices, table, bag.offsets, mode="sum", per_sample_weights=weights)
    return sums
