"""Base of the encoders over goals' graphs: their weights and their networks. Needs torch."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import TypeVar

import numpy as np

from aitp_gym.errors import CheckpointError, ConfigError, DependencyNotInstalled

from .base import Array, Encoder
from .config import EncoderConfig
from .goal_graph import EncodedGraph, read_graph

try:
    import torch
    from torch import nn
except ImportError as error:
    raise DependencyNotInstalled(
        "Encoders over graphs need torch: pip install 'aitp-gym[lightning]', or choose encoder.kind=bag."
    ) from error

__all__ = ["GraphEncoder", "check_heads"]

Read = TypeVar("Read")
"""What is read of a text: its graph, or that and more."""


class GraphEncoder(Encoder[Read]):
    """Encoder whose network reads expression DAGs."""

    @abstractmethod
    def network(self) -> nn.Module:
        """Network of these sizes, with weights as torch initialises them."""

    @property
    def num_weights(self) -> int:
        """Number of weights that an encoder of these sizes has at least: the vectors of its labels."""
        return self.config.buckets * self.config.width

    def graph(self, text: str) -> EncodedGraph:
        """Graph of a goal, within the bounds of the configuration."""
        return read_graph(text, self.config.buckets, self.config.max_nodes, self.config.max_tokens)

    def untrained(self, seed: int, rng: np.random.Generator) -> dict[str, Array]:
        """Weights as torch initialises them, in the shapes of the network; see `Encoder.untrained`."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            return {name: value.numpy() for name, value in self.network().state_dict().items()}

    def module(self, weights: Mapping[str, Array], feature_dropout: float = 0.0) -> nn.Module:
        """Network from a batch of B goals to vectors, shape (B, D); it has a dropout of its own.

        Raises:
            CheckpointError: the weights are those of an encoder of another kind or other sizes.
        """
        module = self.network()
        expected = {name: tuple(value.shape) for name, value in module.state_dict().items()}
        found = {name: np.shape(value) for name, value in weights.items()}
        if wrong := sorted(name for name in expected.keys() | found if expected.get(name) != found.get(name)):
            raise CheckpointError(
                f"The encoder's weights {wrong[0]!r} should have shape {expected.get(wrong[0], 'none')}, got "
                f"{found.get(wrong[0], 'none')}: {len(wrong)} of them are not those of a {self.config.kind!r} encoder "
                "of these sizes; give the configuration that they were trained with."
            )
        module.load_state_dict({name: torch.from_numpy(np.array(value)) for name, value in weights.items()})
        return module


def check_heads(config: EncoderConfig) -> None:
    """Object to a width that the heads cannot share.

    Raises:
        ConfigError: it is no multiple of the number of heads.
    """
    if config.width % config.heads:
        raise ConfigError(f"encoder.width ({config.width}) must be a multiple of encoder.heads ({config.heads}).")
