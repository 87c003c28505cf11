"""Configuration of a learned menu policy: its menu and its sizes."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Self

from aitp_gym.errors import ConfigError
from aitp_gym.menus import Menu

from ..encoders.config import EncoderConfig

__all__ = ["NUM_DENSE", "SCHEMA_VERSION", "MenuPolicyConfig"]

SCHEMA_VERSION = 1
NUM_PROGRESS = 16
# Thermometer of the position in the library, and the similarity of the nearest and of the 4 and 16 nearest premises.
NUM_DENSE = NUM_PROGRESS + 3


@dataclass(frozen=True, slots=True)
class MenuPolicyConfig:
    """Menu and sizes of a menu policy.

    Attributes:
        menu: name of the menu.
        menu_digest: digest of the menu's content.
        num_groups: number of groups of the menu's slots.
        encoder: encoder of goals.
        premise_rank: R, the length of the vectors whose inner product scores a premise for a goal.
        premise_buckets: number of hash buckets for the features of premises.
    """

    menu: str
    menu_digest: str
    num_groups: int
    encoder: EncoderConfig = field(default_factory=EncoderConfig)
    premise_rank: int = 16
    premise_buckets: int = 4096

    def __post_init__(self) -> None:
        if not all(isinstance(text, str) for text in (self.menu, self.menu_digest)):
            raise ConfigError(f"A menu policy names its menu and the digest, got {self.menu!r}, {self.menu_digest!r}.")
        sizes = (self.num_groups, self.premise_rank, self.premise_buckets)
        if not all(type(size) is int and size > 0 for size in sizes):
            raise ConfigError(f"The sizes of a menu policy must be positive integers, got {self!r}.")

    @classmethod
    def of(cls, menu: Menu, encoder: EncoderConfig | None = None, **sizes: int) -> Self:
        """The configuration for a menu."""
        return cls(menu.name, menu.digest, menu.num_groups, encoder or EncoderConfig(), **sizes)

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> Self:
        """The inverse of `as_dict`.

        Raises:
            ConfigError: a field is missing or unknown.
        """
        try:
            return cls(**{**content, "encoder": EncoderConfig.from_dict(content["encoder"])})
        except (TypeError, KeyError, AttributeError) as error:
            raise ConfigError(f"Not the configuration of a menu policy: {error}.") from error
