"""LeanDojo Benchmark 4 as theorem sets, with the published splits."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from ....proof import Theorem
from ....theorems import TheoremSet
from .benchmark import Benchmark
from .entry import TracedTheorem

__all__ = ["LEANDOJO_SETS", "leandojo"]

LEANDOJO_SETS = {"leandojo-random": "random", "leandojo-novel": "novel"}
"""Theorem sets by name, and the split of the published ones that each goes by: at random, or so that every theorem that
is measured on needs a premise that no training theorem uses."""


def leandojo(name: str) -> TheoremSet:
    """The benchmark's theorems in the order of its corpus, each at its place in its repository.

    A name that several files have is followed by the file's. The published splits do not keep twins together, and
    valid and test may share their novel premises.

    Args:
        name: of `LEANDOJO_SETS`.

    Raises:
        BadInput: the benchmark is not known here, or is not of the published form.
    """
    return _build(name, Benchmark.load())


@lru_cache(maxsize=2)
def _build(name: str, benchmark: Benchmark) -> TheoremSet:
    rows = benchmark.theorems
    same_name = Counter(row.name for row in rows)
    same_file = Counter((row.name, row.file) for row in rows)
    theorems = []
    for row in rows:
        unique = row.name
        if same_name[row.name] > 1:
            unique += f"@{row.file}"
        if same_file[row.name, row.file] > 1:
            unique += f":{row.line}"
        theorems.append(
            Theorem(
                unique,
                row.code,
                "lean",
                name,
                getattr(row, LEANDOJO_SETS[name]),
                row.position,
                provable=True,
                payload=TracedTheorem(benchmark.repository, row.file, row.name, (row.line, row.column)),
            )
        )
    return TheoremSet(name, tuple(theorems))
