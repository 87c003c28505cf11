"""Transformer encoder: attention over the hashed tokens of a goal. Needs torch."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from aitp_gym.errors import ConfigError, DependencyNotInstalled
from aitp_gym.terms.text_features import tokens

from .base import Array, Encoder
from .config import EncoderConfig

try:
    import torch
    from torch import Tensor, nn
except ImportError as error:
    raise DependencyNotInstalled(
        "The transformer encoder needs torch: pip install 'aitp-gym[lightning]', or choose encoder.kind=bag."
    ) from error

__all__ = ["GoalTransformer", "TransformerEncoder"]

_PAD = 0


class TransformerEncoder(Encoder[NDArray[np.int64]]):
    """Encoder by a pre-norm transformer; the width must be a multiple of the number of heads."""

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__(config)
        if config.width % config.heads:
            raise ConfigError(f"encoder.width ({config.width}) must be a multiple of encoder.heads ({config.heads}).")

    @property
    def num_weights(self) -> int:
        """Number of weights that an encoder of these sizes has at least."""
        config = self.config
        return (config.buckets + config.max_tokens + 12 * config.layers * config.width) * config.width

    def read(self, text: str) -> NDArray[np.int64]:
        """Hash the tokens of a goal into buckets 1 to `config.buckets`; shape (T,).

        The last `max_tokens` of a goal's tokens count: the conclusion comes after the hypotheses.
        """
        kept = tokens(text, limit=100_000)[-self.config.max_tokens :]
        return np.array([1 + zlib.crc32(token.encode()) % self.config.buckets for token in kept], np.int64)

    def collate(self, features: Sequence[NDArray[np.int64]]) -> Tensor:
        """Token ids of B goals, padded with 0; shape (B, T), T >= 1."""
        ids = np.full((len(features), max([1, *map(len, features)])), _PAD, np.int64)
        for row, found in zip(ids, features, strict=True):
            row[: len(found)] = found
        return torch.from_numpy(ids)

    def untrained(self, seed: int, rng: np.random.Generator) -> dict[str, Array]:
        """Weights as torch initialises them, in the shapes of `GoalTransformer`; see `Encoder.untrained`."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            return {name: value.numpy() for name, value in GoalTransformer(self.config).state_dict().items()}

    def module(self, weights: Mapping[str, Array], feature_dropout: float = 0.0) -> GoalTransformer:
        """Network from token ids, shape (B, T), to vectors, shape (B, D); it has a dropout of its own."""
        module = GoalTransformer(self.config)
        module.load_state_dict({name: torch.from_numpy(np.array(value)) for name, value in weights.items()})
        return module


class GoalTransformer(nn.Module):
    """Pre-norm transformer encoder with learned positions; the mean over the tokens is the goal's vector.

    Args:
        config: sizes.
    """

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.embedding = nn.Embedding(config.buckets + 1, config.width, padding_idx=_PAD)
        self.position = nn.Embedding(config.max_tokens, config.width)
        layer = nn.TransformerEncoderLayer(
            config.width, config.heads, 4 * config.width, dropout=0.1, batch_first=True, norm_first=True
        )
        self.layers = nn.TransformerEncoder(layer, config.layers, enable_nested_tensor=False)
        self.norm = nn.LayerNorm(config.width)

    def forward(self, ids: Tensor) -> Tensor:
        """Encode token ids of shape (B, T) to vectors of shape (B, D)."""
        padding = ids == _PAD
        # A goal without tokens would have nothing to attend to.
        padding[:, 0] = False
        states = self.embedding(ids) + self.position.weight[: ids.shape[1]]
        states = self.norm(self.layers(states, src_key_padding_mask=padding))
        kept = (~padding).unsqueeze(-1).to(states.dtype)
        mean = (states * kept).sum(1) / kept.sum(1)
        # The norm makes the mean about sqrt(D) long; the bag's vectors are shorter than 1 at first.
        scaled: Tensor = mean / mean.shape[1] ** 0.5
        return scaled
