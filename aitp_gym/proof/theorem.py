"""Theorems, and the libraries whose earlier entries they may use as premises."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Library", "Premise", "Premises", "Theorem"]


@dataclass(frozen=True, slots=True)
class Theorem:
    """Something to prove.

    Attributes:
        name: unique within its theorem set.
        statement: the prover's exact text (of the HOL provers a typed S-expression).
        prover: name of the prover that reads the statement: `Prover.name`.
        theorem_set: name of the set it comes from; `user` for a user's own statement.
        split: `train`, `valid`, `test`, `canary` or empty.
        position: place in the library's order; only what lies strictly before it may be used. `None` puts it after
            the whole library.
        pretty: the statement as a person would write it; empty where it equals `statement`.
        provable: what is known about it: `True`, `False` (canaries, refuted formulas) or `None`.
        payload: what the prover needs besides, opaque to everybody else and left out of comparison.
    """

    name: str
    statement: str
    prover: str
    theorem_set: str = "user"
    split: str = ""
    position: int | None = None
    pretty: str = ""
    provable: bool | None = None
    payload: Any = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Premise:
    """A theorem of the library as a tactic may name it."""

    name: str
    statement: str
    position: int


@dataclass(frozen=True, slots=True)
class Library:
    """Everything a prover's library can offer as premises, ordered by position.

    `digest` identifies the content, so that what is computed from a library (for example tf-idf weights) is computed
    once per content and not once per theorem.
    """

    name: str
    digest: str
    entries: tuple[Premise, ...]


@dataclass(frozen=True, slots=True)
class Premises(Sequence[Premise]):
    """Premises of one theorem: a selection of a library, in library order.

    Attributes:
        library: the whole library.
        indices: places in `library.entries`, ascending; a `range` where the selection is a prefix.
    """

    library: Library
    indices: Sequence[int]

    def __len__(self) -> int:
        return len(self.indices)

    def __getitem__(self, item: Any) -> Any:
        if isinstance(item, slice):
            return Premises(self.library, self.indices[item])
        return self.library.entries[self.indices[item]]

    def __iter__(self) -> Iterator[Premise]:
        entries = self.library.entries
        return (entries[i] for i in self.indices)

    @classmethod
    def none(cls) -> Premises:
        """The empty selection, for provers without a library."""
        return cls(Library("empty", "empty", ()), range(0))
