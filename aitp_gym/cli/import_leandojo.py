"""`aitp import leandojo`: the tactics of LeanDojo Benchmark, into traces."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from ..errors import UnknownName

__all__ = ["import_tactics"]


def import_tactics(folder: Path | None, theorem_set: str, output: Path) -> None:
    """Read the benchmark's traced tactics and write them as traces."""
    from ..provers.lean.dojo.benchmark import STRATEGIES, VARIABLE, Benchmark
    from ..provers.lean.dojo.import_tactics import HUMAN, ImportedTactics
    from ..provers.lean.dojo.import_tactics import import_tactics as read
    from ..theorems import load
    from ..theorems.leandojo import LEANDOJO_SETS
    from ..traces import TraceWriter

    if theorem_set not in LEANDOJO_SETS:
        raise UnknownName(f"theorem_set must be one of {', '.join(LEANDOJO_SETS)}, got {theorem_set!r}.")
    if folder is not None:
        os.environ[VARIABLE] = os.fspath(folder)
    benchmark = Benchmark.load()
    strategy = STRATEGIES[list(LEANDOJO_SETS).index(theorem_set)]
    theorems = load(theorem_set)
    result = ImportedTactics()
    splits: Counter[str] = Counter()
    with TraceWriter(output) as writer, Progress(console=Console(stderr=True), transient=True) as bar:
        attempts = read(benchmark, theorems, strategy, result)
        for attempt in bar.track(attempts, len(theorems), description="theorems"):
            writer.write(attempt, iteration=0, policy=HUMAN)
            splits[attempt.theorem.split] += 1
        writer.compact(0)
    console = Console()
    console.print(
        f"{result.attempts} of {result.theorems} theorems have tactics; {result.steps} of {result.tactics} tactics are "
        f"in {output}."
    )
    console.print(f"By split of {theorem_set}: {', '.join(f'{n} {split}' for split, n in sorted(splits.items()))}.")
    for reason, count in result.left_out.most_common():
        console.print(f"  left out {count:6d}  {reason}")
