"""The bag encoder: the sum of the embeddings of a goal's hashed features."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from .features import goal_features, hash_features

__all__ = ["BagEncoder", "hashed_goal"]


@lru_cache(maxsize=4096)
def hashed_goal(text: str, buckets: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Buckets and weights of a goal's features, both of shape (F,); see `hash_features`."""
    return hash_features(goal_features(text), buckets)


class BagEncoder:
    """Encodes goals on numpy alone.

    Args:
        embedding: one row for each bucket, shape (buckets, D).
    """

    def __init__(self, embedding: NDArray[np.float32]) -> None:
        self.embedding = embedding

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode B goals; shape (B, D)."""
        vectors = np.zeros((len(texts), self.embedding.shape[1]), np.float32)
        for row, text in enumerate(texts):
            indices, weights = hashed_goal(text, len(self.embedding))
            vectors[row] = weights @ self.embedding[indices]
        return vectors
