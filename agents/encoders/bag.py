"""Bag encoder: the sum of the embeddings of a goal's hashed features. Inference needs numpy alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from aitp_gym.terms.features import goal_features, hash_features

from .base import Array, Encoder, TextEncoder

if TYPE_CHECKING:
    from .bag_module import Bag, BagModule

__all__ = ["BagEncoder", "Sparse"]

Sparse = tuple[NDArray[np.int64], Array]
"""Bucket numbers and weights of one text's F features, both of shape (F,); see `features.hash_features`."""


@lru_cache(maxsize=4096)
def _hashed_goal(text: str, buckets: int) -> Sparse:
    return hash_features(goal_features(text), buckets)


class BagEncoder(Encoder[Sparse]):
    """Encoder with one weight, `embedding`, with a row for each bucket, shape (buckets, D)."""

    @property
    def num_weights(self) -> int:
        """Number of weights of the embedding."""
        return self.config.buckets * self.config.width

    def read(self, text: str) -> Sparse:
        """Hashed features of a goal, both arrays of shape (F,); the last few thousand goals are kept."""
        return _hashed_goal(text, self.config.buckets)

    def collate(self, features: Sequence[Sparse]) -> Bag:
        """Features of B goals, one after the other, shapes (F,) and (B,)."""
        from .bag_module import bag_of

        return bag_of(features)

    def untrained(self, seed: int, rng: np.random.Generator) -> dict[str, Array]:
        """Embeddings, shape (buckets, D), from a normal distribution with deviation 0.02; see `Encoder.untrained`."""
        return {"embedding": rng.normal(0.0, 0.02, (self.config.buckets, self.config.width)).astype(np.float32)}

    def module(self, weights: Mapping[str, Array], feature_dropout: float = 0.0) -> BagModule:
        """Network from a `Bag` of B goals to vectors, shape (B, D); see `Encoder.module`."""
        from .bag_module import BagModule

        return BagModule(weights["embedding"], feature_dropout)

    def inference(self, weights: Mapping[str, Array]) -> TextEncoder:
        """Function from the texts of B goals to vectors, shape (B, D), without torch."""
        table = weights["embedding"]

        def encode(texts: Sequence[str]) -> Array:
            vectors = np.zeros((len(texts), table.shape[1]), np.float32)
            for row, text in enumerate(texts):
                indices, values = self.read(text)
                vectors[row] = values @ table[indices]
            return vectors

        return encode
