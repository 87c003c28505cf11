"""Tasks of a server: the theorems of a set, by name, by split and number, or drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from gymnasium.utils import seeding

from ..errors import BadInput
from ..proof import Theorem
from ..theorems import TheoremSet

__all__ = ["Tasks"]


@dataclass(frozen=True)
class Tasks:
    """Theorems that attempts are made at.

    Attributes:
        theorems: the set.
        split: that is drawn from where a client names none; `None` for the whole set.
    """

    theorems: TheoremSet
    split: str | None = "train"

    def of(self, split: str | None = None) -> tuple[Theorem, ...]:
        """The theorems of a split in the order of the set; without a name, of the usual one.

        Raises:
            UnknownName: the set has no such split; the message lists those that it has.
        """
        name = self.split if split is None else split
        return self.theorems.theorems if name is None else self.theorems.split(name)

    def at(self, split: str | None, index: int) -> Theorem:
        """The theorem of that number in a split, from 0.

        Raises:
            BadInput: there is none of that number.
            UnknownName: the set has no such split.
        """
        among = self.of(split)
        if not 0 <= index < len(among):
            raise BadInput(f"index must be from 0 to {len(among) - 1}, got {index}.")
        return among[index]

    def choose(
        self,
        theorem: str | None,
        split: str | None,
        index: int | None,
        seed: int | None,
        generator: np.random.Generator,
    ) -> Theorem | str:
        """What to attempt: a theorem's name or a statement as it stands, else one of a split.

        Args:
            theorem: name of a theorem of the set, or a statement of one's own; `split` and `index` must then be `None`.
            split: to take one from.
            index: number of the theorem in the split, from 0; `None` to draw one.
            seed: of the draw, which is then that of the environment itself (`gymnasium.make(id, split=…)`).
            generator: draws where there is no seed.

        Raises:
            BadInput: both a theorem and a place in a split were given, or there is no theorem of that number.
            UnknownName: the set has no such split.
        """
        if theorem is not None:
            if split is not None or index is not None:
                raise BadInput("Give a theorem, or a split and an index, not both.")
            return theorem
        if index is not None:
            return self.at(split, index)
        among = self.of(split)
        if not among:
            raise BadInput(f"There is nothing to draw: the split of {self.theorems.name!r} is empty.")
        return among[int((generator if seed is None else seeding.np_random(seed)[0]).integers(len(among)))]
