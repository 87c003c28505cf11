"""The library of the installed HOL Light as a theorem set."""

from __future__ import annotations

from ..proof import Theorem
from .hooks import from_prover
from .skeletons import sexp_skeleton
from .splits import split_by_hash, split_by_time
from .theorem_set import TheoremSet

__all__ = ["holist_core"]


def holist_core(*, temporal: bool = False) -> TheoremSet:
    rows = from_prover("hollight", "library", "rows")()
    name = "holist-core-temporal" if temporal else "holist-core"
    theorems = tuple(
        Theorem(row.name, row.statement, "hollight", name, position=row.position, pretty=row.pretty, provable=True)
        for row in sorted(rows, key=lambda row: row.position)
    )
    return TheoremSet(name, (split_by_time if temporal else split_by_hash)(theorems, sexp_skeleton))
