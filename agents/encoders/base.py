"""Protocol of an encoder: texts of goals in, vectors out, for inference and for training."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from .config import EncoderConfig

if TYPE_CHECKING:
    from torch import nn

__all__ = ["Array", "Encoder", "TextEncoder"]

Array = NDArray[np.float32]
TextEncoder = Callable[[Sequence[str]], Array]
"""Encodes the texts of B goals; shape (B, D)."""

Features = TypeVar("Features")
"""What an encoder reads of one text: hashed features, token ids, a graph, or several of these."""


class Encoder(ABC, Generic[Features]):
    """Way from the text of a goal to a vector of length D, in three steps.

    `read` turns one text into features, bounded in size, on numpy and without weights; training does it once for each
    text. `collate` joins the features of B texts into one batch for torch: a tensor, or a named tuple of tensors whose
    sizes need not be multiples of B, as those of graphs are not. The network of `module` turns a batch into vectors.

    Add an encoder by a file with such a class and a line in `registry.ENCODERS`.

    Args:
        config: kind and sizes.

    Raises:
        ConfigError: the encoder cannot have these sizes.
    """

    def __init__(self, config: EncoderConfig) -> None:
        self.config = config

    @property
    def num_weights(self) -> int:
        """Number of weights that an encoder of these sizes has at least; checkpoints with fewer are refused."""
        return self.config.width

    @abstractmethod
    def read(self, text: str) -> Features:
        """Features of one goal.

        Args:
            text: `Goal.text`: hypotheses one per line, then `⊢ conclusion`; any other text is legal too.
        """

    @abstractmethod
    def collate(self, features: Sequence[Features]) -> Any:
        """Batch of the features of B texts, as the network takes it."""

    @abstractmethod
    def untrained(self, seed: int, rng: np.random.Generator) -> dict[str, Array]:
        """Weights to start training from, by the names and in the shapes of the network's `state_dict`.

        Args:
            seed: for the random numbers of torch; what torch draws elsewhere must not depend on it.
            rng: for the random numbers of numpy; the network around the encoder draws from it before.
        """

    @abstractmethod
    def module(self, weights: Mapping[str, Array], feature_dropout: float = 0.0) -> nn.Module:
        """Network from a batch of B texts to vectors, shape (B, D).

        Args:
            weights: by the names that `untrained` gives.
            feature_dropout: probability with which a feature is left out in training, where the encoder has features
                that can be.
        """

    def inference(self, weights: Mapping[str, Array]) -> TextEncoder:
        """Function from the texts of B goals to vectors, shape (B, D).

        Args:
            weights: by the names that `untrained` gives.
        """
        import torch

        module = self.module(weights).eval()

        def encode(texts: Sequence[str]) -> Array:
            with torch.no_grad():
                vectors: Array = module(self.collate([self.read(text) for text in texts])).numpy()
            return vectors

        return encode
