"""The theorems of the toy prover."""

from __future__ import annotations

from dataclasses import replace

from aitp_gym.theorems import TheoremSet
from aitp_gym.theorems.splits import split_by_hash

from .prover import CounterProver


def counter_small(name: str) -> TheoremSet:
    """All ways up between numbers below 12."""
    prover = CounterProver()
    pairs = [(number, target) for number in range(12) for target in range(number, 12)]
    theorems = [replace(prover.parse(f"{a} => {b}"), theorem_set=name, provable=True) for a, b in pairs]
    return TheoremSet(name, split_by_hash(theorems, lambda statement: statement))
