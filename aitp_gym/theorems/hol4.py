"""The library of the user's HOL4 as a theorem set."""

from __future__ import annotations

from ..proof import Theorem
from .hooks import from_prover
from .skeletons import sexp_skeleton
from .splits import split_by_hash, split_by_time
from .theorem_set import TheoremSet

__all__ = ["hol4_core"]


def hol4_core(*, temporal: bool = False) -> TheoremSet:
    """Every named theorem of HOL4's standard heap that is proved there, in an order in which each follows its lemmas.

    Definitions and axioms have no proof to find and are left out, as are theorems with hypotheses, and what rests on an
    oracle.

    Args:
        temporal: split by time (the order of the library) instead of by hash.

    Raises:
        ProverUnavailable: HOL4 was not found.
    """
    name = "hol4-core-temporal" if temporal else "hol4-core"
    theorems = tuple(
        Theorem(row.name, row.statement, "hol4", name, position=row.position, pretty=row.pretty, provable=True)
        for row in from_prover("hol4", "library", "theorem_rows")()
        if row.kind == "theorem" and row.hypotheses == 0 and not row.oracles
    )
    return TheoremSet(name, (split_by_time if temporal else split_by_hash)(theorems, sexp_skeleton))
