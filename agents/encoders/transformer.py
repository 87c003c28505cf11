"""The transformer encoder: attention over the hashed tokens of a goal. Needs torch."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from aitp_gym.errors import DependencyNotInstalled

from .config import EncoderConfig
from .text_features import tokens

try:
    import torch
    from torch import Tensor, nn
except ImportError as error:
    raise DependencyNotInstalled(
        "The transformer encoder needs torch: pip install 'aitp-gym[lightning]', or choose encoder.kind=bag."
    ) from error

__all__ = ["GoalTransformer", "TransformerInference", "init_transformer", "token_ids"]

_PAD = 0


def token_ids(texts: Sequence[str], config: EncoderConfig) -> NDArray[np.int64]:
    """Hash the tokens of B goals into buckets 1 to `config.buckets`, padded with 0; shape (B, T), T >= 1.

    The last `max_tokens` of a goal's tokens count: the conclusion comes after the hypotheses.
    """
    rows = [
        [1 + zlib.crc32(token.encode()) % config.buckets for token in tokens(text, limit=100_000)[-config.max_tokens :]]
        for text in texts
    ]
    ids = np.full((len(rows), max([1, *map(len, rows)])), _PAD, np.int64)
    for row, found in zip(ids, rows, strict=True):
        row[: len(found)] = found
    return ids


class GoalTransformer(nn.Module):
    """Pre-norm transformer encoder with learned positions; the mean over the tokens is the goal's vector."""

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


def init_transformer(config: EncoderConfig, seed: int) -> dict[str, NDArray[np.float32]]:
    """Weights of an untrained transformer by name, the same for the same seed."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return {name: value.numpy() for name, value in GoalTransformer(config).state_dict().items()}


class TransformerInference:
    """Encodes goals with the given weights."""

    def __init__(self, config: EncoderConfig, weights: Mapping[str, NDArray[np.float32]]) -> None:
        self.config = config
        self.module = GoalTransformer(config).eval()
        self.module.load_state_dict({name: torch.from_numpy(np.array(value)) for name, value in weights.items()})

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode B goals; shape (B, D)."""
        with torch.no_grad():
            vectors: NDArray[np.float32] = self.module(torch.from_numpy(token_ids(texts, self.config))).numpy()
        return vectors
