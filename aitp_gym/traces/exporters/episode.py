"""Episodes of a preset as arrays, and what exporters ask of those who make them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["PresetEpisode", "PresetEpisodes"]


@dataclass(frozen=True, slots=True)
class PresetEpisode:
    """One episode of T steps.

    Attributes:
        theorem: name of what was to be proved.
        seed: of the attempt.
        observations: arrays by name, shape (T + 1, …) each: what was seen before each step, and after the last one.
        actions: shape (T,).
        rewards: shape (T,).
        terminated: whether the episode is over; else it is truncated.
    """

    theorem: str
    seed: int
    observations: Mapping[str, NDArray[Any]]
    actions: NDArray[np.int64]
    rewards: NDArray[np.float64]
    terminated: bool

    def __len__(self) -> int:
        return len(self.actions)


class PresetEpisodes(Protocol):
    """Episodes of one preset.

    Attributes:
        spec: how `gymnasium.make` makes the preset.
        observation_space, action_space: those of the preset.
    """

    # `gymnasium` is heavy for a module that only names its types.
    spec: Any
    observation_space: Any
    action_space: Any

    def __iter__(self) -> Iterator[PresetEpisode]:
        """The episodes, in the order of the traces."""
        ...
