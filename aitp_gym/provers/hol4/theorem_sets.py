"""The library of the user's HOL4 as a theorem set."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from ...errors import BadInput
from ...proof import Theorem
from ...terms.skeletons import sexp_skeleton
from ...theorems import TheoremSet
from ...theorems.splits import split_by_hash, split_by_time
from .library import Hol4TheoremRow, theorem_rows
from .tacticzero import LEAKY_THEORIES, match_goals, read_goals

__all__ = ["GOALS_VARIABLE", "as_theorem", "hol4_core", "tacticzero"]

GOALS_VARIABLE = "AITP_TACTICZERO_GOALS"


def as_theorem(row: Hol4TheoremRow, theorem_set: str) -> Theorem:
    """A row of HOL4's library as something to prove, at its place in the library."""
    return Theorem(row.name, row.statement, "hol4", theorem_set, "", row.position, row.pretty, True)


@lru_cache(maxsize=2)
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
        as_theorem(row, name)
        for row in theorem_rows()
        if row.kind == "theorem" and row.hypotheses == 0 and not row.oracles
    )
    return TheoremSet(name, (split_by_time if temporal else split_by_hash)(theorems, sexp_skeleton))


def tacticzero() -> TheoremSet:
    """TacticZero's goals (arXiv:2102.09756), as far as they are theorems of the running HOL4, each at its place there.

    The published split cannot be reconstructed: it was drawn without a seed. Ours goes by hash, like that of
    `hol4_core`. Theorems of theories whose facts HOL4's provers have built in are in the split `leaky`, apart from the
    others: what closes them is mostly something that comes later.

    Raises:
        BadInput: the file of goals is not known, or is something else.
        ProverUnavailable: HOL4 was not found.
    """
    path = os.environ.get(GOALS_VARIABLE)
    if not path:
        raise BadInput(
            "TacticZero's goals are published with it, as a list of pairs (prefix notation, usual notation): set "
            f"{GOALS_VARIABLE} to such a JSON file. `hol4-core` needs none."
        )
    found = [as_theorem(row, "tacticzero") for row in match_goals(read_goals(Path(path))).found]
    theorems = split_by_hash(found, sexp_skeleton)
    marked = (replace(t, split="leaky") if t.name.partition(".")[0] in LEAKY_THEORIES else t for t in theorems)
    return TheoremSet("tacticzero", tuple(marked))
