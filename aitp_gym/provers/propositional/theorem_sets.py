"""Generated theorems of intuitionistic propositional logic."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from ...terms.skeletons import formula_skeleton
from ...theorems import TheoremSet
from ...theorems.splits import split_by_hash
from .generate import theorems

__all__ = ["COUNTS", "propositional"]

COUNTS = {"small": 600, "medium": 2_000, "hard": 600}
"""How many theorems a set of each size has: what can be generated in about a second."""


@lru_cache(maxsize=16)
def propositional(size: str, seed: int = 0) -> TheoremSet:
    """Provable formulas of a size, no two alike up to the names of variables.

    The split of a formula depends on nothing but the formula, so that sets of different seeds agree on it.

    Args:
        size: `small`, `medium` or `hard`.
        seed: of the generator; the same one gives the same set everywhere.

    Raises:
        UnknownName: there is no such size.
    """
    name = f"propositional-{size}-{seed}"
    named = tuple(replace(theorem, theorem_set=name) for theorem in theorems(size, seed, COUNTS.get(size, 0)))
    return TheoremSet(name, split_by_hash(named, formula_skeleton))
