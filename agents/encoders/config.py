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
            `transformer` (over hashed tokens; needs torch wherever the policy runs).
        width: D, the length of the vector.
        buckets: number of hash buckets for features, tokens or labels.
        layers: number of layers or rounds.
        heads: number of attention heads.
        max_tokens: number of tokens or nodes that are read of a goal, at most.
    """

    kind: str = "bag"
    width: int = 32
    buckets: int = 8192
    layers: int = 2
    heads: int = 4
    max_tokens: int = 256

    def __post_init__(self) -> None:
        if self.kind not in ENCODERS:
            raise ConfigError(f"encoder.kind must be one of {tuple(ENCODERS)}, got {self.kind!r}.")
        sizes = (self.width, self.buckets, self.layers, self.heads, self.max_tokens)
        if not all(type(size) is int and size > 0 for size in sizes):
            raise ConfigError(f"The sizes of an encoder must be positive integers, got {self!r}.")

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
