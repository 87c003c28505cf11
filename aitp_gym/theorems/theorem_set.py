"""A named set of theorems with its splits."""

from __future__ import annotations

import difflib
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from ..errors import BadInput, UnknownName
from ..proof import Theorem

__all__ = ["TheoremSet"]

_LOOKS_LIKE_A_NAME = re.compile(r"[\w.'-]{3,}")


@dataclass(frozen=True)
class TheoremSet:
    """Theorems in a fixed order, each with a unique name and the split it belongs to.

    Attributes:
        name: of the set.
        theorems: in the order of the set; a library's order where it comes from a library.
    """

    name: str
    theorems: tuple[Theorem, ...]

    def __post_init__(self) -> None:
        if len(self._by_name) < len(self.theorems):
            repeated = [name for name, times in Counter(t.name for t in self.theorems).items() if times > 1]
            raise BadInput(f"The names of {self.name!r} must be unique; these are not: {', '.join(repeated[:5])}.")

    @cached_property
    def _by_name(self) -> dict[str, Theorem]:
        return {theorem.name: theorem for theorem in self.theorems}

    def __len__(self) -> int:
        return len(self.theorems)

    def __iter__(self) -> Iterator[Theorem]:
        return iter(self.theorems)

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def __getitem__(self, name: str) -> Theorem:
        """The theorem of that name.

        Raises:
            UnknownName: there is none; the message suggests similar names.
        """
        theorem = self._by_name.get(name)
        if theorem is None:
            raise self._unknown(name, self._similar(name))
        return theorem

    @cached_property
    def splits(self) -> dict[str, int]:
        """How many theorems each split has; those in no split are not counted."""
        return dict(sorted(Counter(theorem.split for theorem in self.theorems if theorem.split).items()))

    def split(self, name: str) -> tuple[Theorem, ...]:
        """The theorems of a split, in the order of the set.

        Raises:
            UnknownName: the set has no such split.
        """
        if name not in self.splits:
            known = ", ".join(f"{split} ({size})" for split, size in self.splits.items()) or "none"
            raise UnknownName(f"The theorem set {self.name!r} has no split {name!r}; it has: {known}.")
        return tuple(theorem for theorem in self.theorems if theorem.split == name)

    @cached_property
    def digest(self) -> str:
        """Identifies names, statements, positions and splits of the whole set."""
        return _digest(self.theorems)

    def split_digest(self, name: str) -> str:
        """Identifies one split in the same way."""
        return _digest(self.split(name))

    def refuse_misspelling(self, text: str) -> None:
        """Object to a text that is not a statement but a name of this set with a slip in it.

        A prover would read such a word as a variable, and the attempt would be at nonsense.

        Raises:
            UnknownName: the text is one word and some names are close to it.
        """
        if _LOOKS_LIKE_A_NAME.fullmatch(text) and (similar := self._similar(text)):
            raise self._unknown(text, similar)

    def _similar(self, name: str) -> list[str]:
        return difflib.get_close_matches(name, self._by_name, n=3, cutoff=0.75)

    def _unknown(self, name: str, similar: Iterable[str]) -> UnknownName:
        hint = " or ".join(similar)
        return UnknownName(
            f"The theorem set {self.name!r} has no theorem {name!r}"
            + (f"; did you mean {hint}?" if hint else f"; it has {len(self)} theorems, see their `.name`.")
        )


def _digest(theorems: Iterable[Theorem]) -> str:
    rows = [(theorem.name, theorem.statement, theorem.position, theorem.split) for theorem in theorems]
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()[:16]
