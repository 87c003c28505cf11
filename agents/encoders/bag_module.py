"""Bags of hashed features in torch: batches, their embedding, and the network of the bag encoder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from aitp_gym.errors import DependencyNotInstalled

from .bag import Sparse
from .base import Array

try:
    import torch
    from torch import Tensor, nn
    from torch.nn import functional
except ImportError as error:
    raise DependencyNotInstalled(
        "Training an encoder needs torch: pip install 'aitp-gym[lightning]'; inference with a bag does not."
    ) from error

__all__ = ["Bag", "BagModule", "bag_of", "embed"]


class Bag(NamedTuple):
    """Hashed features of N texts, one after the other, F in all, as `embedding_bag` wants them.

    Attributes:
        indices: buckets, int64, shape (F,).
        weights: weights of the features, float32, shape (F,).
        offsets: places where the texts begin, int64, shape (N,).
    """

    indices: Tensor
    weights: Tensor
    offsets: Tensor


def bag_of(texts: Sequence[Sparse]) -> Bag:
    """Join the features of N texts, of shapes (F_1,) to (F_N,), into one bag, F = F_1 + ... + F_N."""
    lengths = [len(indices) for indices, _ in texts]
    offsets = np.cumsum([0, *lengths])[: len(texts)]
    indices = np.concatenate([indices for indices, _ in texts]) if texts else np.zeros(0, np.int64)
    weights = np.concatenate([weights for _, weights in texts]) if texts else np.zeros(0, np.float32)
    return Bag(torch.from_numpy(indices), torch.from_numpy(weights), torch.from_numpy(offsets))


def embed(table: Tensor, bag: Bag, dropout: float = 0.0) -> Tensor:
    """Add up the embeddings of features.

    Args:
        table: one row for each bucket, shape (buckets, D).
        bag: features of N texts.
        dropout: probability that a feature is left out.

    Returns:
        Weighted sums, shape (N, D).
    """
    weights = functional.dropout(bag.weights, dropout) if dropout > 0 else bag.weights
    sums: Tensor = functional.embedding_bag(bag.indices, table, bag.offsets, mode="sum", per_sample_weights=weights)
    return sums


class BagModule(nn.Module):
    """Network of the bag encoder.

    Args:
        embedding: one row for each bucket, shape (buckets, D).
        feature_dropout: probability with which a feature is left out in training.
    """

    def __init__(self, embedding: Array, feature_dropout: float = 0.0) -> None:
        super().__init__()
        self.embedding = nn.Parameter(torch.from_numpy(np.array(embedding)))
        self.feature_dropout = feature_dropout

    def forward(self, bag: Bag) -> Tensor:
        """Encode the features of B goals to vectors, shape (B, D)."""
        return embed(self.embedding, bag, self.feature_dropout if self.training else 0.0)
