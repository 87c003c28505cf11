"""Generated theorems of intuitionistic propositional logic."""

from __future__ import annotations

from dataclasses import replace

from .hooks import from_prover
from .skeletons import formula_skeleton
from .splits import split_by_hash
from .theorem_set import TheoremSet

__all__ = ["SIZES", "propositional"]

SIZES = {"small": 6, "medium": 10, "large": 16}


def propositional(size: str, seed: int) -> TheoremSet:
    generate = from_prover("propositional", "generate", "theorems")
    name = f"propositional-{size}-{seed}"
    theorems = generate(SIZES[size], seed)
    return TheoremSet(name, split_by_hash(tuple(replace(t, theorem_set=name) for t in theorems), formula_skeleton))
