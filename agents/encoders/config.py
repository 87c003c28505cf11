"""Configuration of an encoder: its kind and its sizes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from aitp_gym.errors import ConfigError

from .registry import ENCODERS

__all__ = ["EncoderConfig"]


@dataclass(frozen=True, slots=True)
class EncoderConfig:
    """Kind and sizes of an encoder; each kind uses those sizes that it has.

    Attributes:
        kind: name in `registry.ENCODERS`: `bag` (sum of the embeddings of hashed features; runs on numpy alone),
            `transformer` (attention over hashed tokens), `node_transformer` (attention over the nodes of the expression
            DAG as the goal is written), `gnn` (messages along its edges), `sat` (attention over its nodes that knows
            the edges around each) or `ensemble` (`gnn` beside `node_transformer`). All but the bag need torch
            wherever the policy runs.
        width: D, the length of the vector.
        buckets: number of hash buckets for features, tokens or labels.
        layers: number of layers with attention.
        heads: number of attention heads.
        max_tokens: number of tokens that are read of a goal, at most; those of a `node_transformer` are nodes.
        rounds: number of rounds of messages: all of them of a `gnn`, those before each layer of `sat`.
        max_nodes: number of nodes that are read of a goal's DAG, at most. Of a goal with more only the conclusion is
            read, of a larger conclusion the nodes nearest to its root.
        directed: whether nodes of `sat` attend only to those above and below them.
    """

    kind: str = "bag"
    width: int = 32
    buckets: int = 8192
    layers: int = 2
    heads: int = 4
    max_tokens: int = 256
    rounds: int = 4
    max_nodes: int = 1024
    directed: bool = False

    def __post_init__(self) -> None:
        if self.kind not in ENCODERS:
            raise ConfigError(f"encoder.kind must be one of {tuple(ENCODERS)}, got {self.kind!r}.")
        sizes = (self.width, self.buckets, self.layers, self.heads, self.max_tokens, self.rounds, self.max_nodes)
        if not all(type(size) is int and size > 0 for size in sizes):
            raise ConfigError(f"The sizes of an encoder must be positive integers, got {self!r}.")
        if type(self.directed) is not bool or (self.directed and self.kind != "sat"):
            raise ConfigError(
                f"encoder.directed must be true or false, and only encoder.kind=sat can be, got {self!r}."
            )

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Self:
        """A configuration from its fields by name; those that are left out have their defaults.

        Raises:
            ConfigError: a field is unknown or has a value that it cannot have.
        """
        known = [field.name for field in fields(cls)]
        if unknown := sorted(content.keys() - set(known)):
            raise ConfigError(f"An encoder has the fields {known}, got also {unknown}.")
        return cls(**content)
