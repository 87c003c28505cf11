"""Generated theorems of intuitionistic propositional logic."""

from __future__ import annotations

from dataclasses import replace

from ..terms.skeletons import formula_skeleton
from .hooks import from_prover
from .splits import split_by_hash
from .theorem_set import TheoremSet

__all__ = ["COUNTS", "propositional"]

COUNTS = {"small": 600, "medium": 2_000, "hard": 600}
"""How many theorems a set of each size has: what can be generated in about a second."""


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
    generated = from_prover("propositional", "generate", "theorems")(size, seed, COUNTS.get(size, 0))
    theorems = tuple(replace(theorem, theorem_set=name) for theorem in generated)
    return TheoremSet(name, split_by_hash(theorems, formula_skeleton))
