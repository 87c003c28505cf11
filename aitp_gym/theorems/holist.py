"""The library of the installed HOL Light as a theorem set."""

from __future__ import annotations

from ..proof import Theorem
from .hooks import from_prover
from .skeletons import sexp_skeleton
from .splits import split_by_hash, split_by_time
from .theorem_set import TheoremSet

__all__ = ["holist_core"]


def holist_core(*, temporal: bool = False) -> TheoremSet:
    """Every named theorem of HOL Light's core library that is proved there, in the order of the sources.

    Definitions and axioms have no proof to find and are left out, as are theorems with hypotheses. The first call on a
    machine builds and starts the HOL Light server.

    Args:
        temporal: split by time instead of by hash.

    Raises:
        ProverUnavailable: HOL Light is not installed.
    """
    name = "holist-core-temporal" if temporal else "holist-core"
    theorems = tuple(
        Theorem(row.name, row.statement, "hollight", name, position=row.position, pretty=row.pretty, provable=True)
        for row in from_prover("hollight", "library", "theorem_rows")()
        if row.kind == "theorem" and row.hypotheses == 0
    )
    return TheoremSet(name, (split_by_time if temporal else split_by_hash)(theorems, sexp_skeleton))
