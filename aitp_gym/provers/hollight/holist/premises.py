"""The theorem database beside the running HOL Light: which entries it has, and those as premises."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from ....proof import Library, Premise, Premises, Theorem
from ..library import HolLightTheoremRow
from .database import Database, DatabaseEntry

__all__ = ["SET_PREFIX", "DatabaseLibrary"]

SET_PREFIX = "holist-db-"
"""Names of theorem sets made from the database begin so; their theorems are named by their fingerprints."""


@dataclass(frozen=True)
class DatabaseLibrary:
    """The database's entries that HOL Light has, as a library of premises in the database's order.

    Attributes:
        database: the whole database.
        rows: HOL Light's theorems by fingerprint, see `library.known`.
    """

    database: Database
    rows: Mapping[int, HolLightTheoremRow]

    @cached_property
    def present(self) -> tuple[tuple[DatabaseEntry, HolLightTheoremRow], ...]:
        """Entries that HOL Light has, bit for bit, each with HOL Light's own record of it."""
        rows = self.rows
        return tuple((entry, rows[entry.fingerprint]) for entry in self.database.entries if entry.fingerprint in rows)

    @cached_property
    def missing(self) -> tuple[DatabaseEntry, ...]:
        """Entries that HOL Light does not have. They are listed, and never assumed to be true."""
        return tuple(entry for entry in self.database.entries if entry.fingerprint not in self.rows)

    @cached_property
    def library(self) -> Library:
        """The premises, named by fingerprint; their positions are their places in the database."""
        entries = tuple(Premise(str(entry.fingerprint), row.statement, entry.index) for entry, row in self.present)
        content = f"{self.database.digest}\n" + "\n".join(entry.name for entry in entries)
        return Library("holist-database", hashlib.sha256(content.encode()).hexdigest()[:16], entries)

    def premises(self, theorem: Theorem) -> Premises:
        """What a theorem may use: entries before it in the database that also come before it in HOL Light's sources.

        The second condition leaves little out: the database lists nearly all theorems in the order of the sources. A
        theorem that is not of the database has the second condition alone, a user's own statement neither.
        """
        if theorem.position is None:
            return Premises(self.library, range(len(self.present)))
        index = self._index_of(theorem)
        return Premises(
            self.library,
            [
                place
                for place, (entry, row) in enumerate(self.present)
                if row.position < theorem.position and (index is None or entry.index < index)
            ],
        )

    def _index_of(self, theorem: Theorem) -> int | None:
        if not theorem.theorem_set.startswith(SET_PREFIX) or not theorem.name.isdecimal():
            return None
        entry = self.database.by_fingerprint.get(int(theorem.name))
        return None if entry is None else entry.index
