"""Which encoder, and how large."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, Self, get_args

from aitp_gym.errors import ConfigError

__all__ = ["EncoderConfig", "EncoderKind"]

EncoderKind = Literal["bag", "transformer"]


@dataclass(frozen=True, slots=True)
class EncoderConfig:
    """How the text of a goal becomes a vector.

    Attributes:
        kind: `bag` (sum of the embeddings of hashed features; runs on numpy alone) or `transformer` (over hashed
            tokens; needs torch wherever the policy runs).
        width: D, the length of the vector.
        buckets: hash buckets for features or tokens.
        layers, heads, max_tokens: of the transformer.
    """

    kind: EncoderKind = "bag"
    width: int = 32
    buckets: int = 8192
    layers: int = 2
    heads: int = 4
    max_tokens: int = 256

    def __post_init__(self) -> None:
        if self.kind not in get_args(EncoderKind):
            raise ConfigError(f"encoder.kind must be one of {get_args(EncoderKind)}, got {self.kind!r}.")
        sizes = (self.width, self.buckets, self.layers, self.heads, self.max_tokens)
        if not all(type(size) is int and size > 0 for size in sizes):
            raise ConfigError(f"The sizes of an encoder must be positive integers, got {self!r}.")
        if self.kind == "transformer" and self.width % self.heads:
            raise ConfigError(f"encoder.width ({self.width}) must be a multiple of encoder.heads ({self.heads}).")

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
