"""LeanDojo's own commands."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from ....errors import UnknownName

__all__ = ["import_leandojo"]


def import_leandojo(
    output: Annotated[Path, typer.Option(help="Trace folder to write.")],
    folder: Annotated[
        Path | None,
        typer.Argument(help="LeanDojo Benchmark 4, unpacked; by default the one that AITP_LEANDOJO_BENCHMARK names."),
    ] = None,
    theorem_set: Annotated[str, typer.Option(help="leandojo-random or leandojo-novel.")] = "leandojo-random",
) -> None:
    """Write the traced tactics of LeanDojo Benchmark 4 as traces, to learn from; nothing is run for it."""
    from ....text import shown
    from ....traces import TraceWriter
    from .benchmark import STRATEGIES, VARIABLE, Benchmark
    from .import_tactics import HUMAN, ImportedTactics, import_tactics
    from .theorem_sets import LEANDOJO_SETS, leandojo

    if theorem_set not in LEANDOJO_SETS:
        raise UnknownName(f"theorem_set must be one of {', '.join(LEANDOJO_SETS)}, got {theorem_set!r}.")
    if folder is not None:
        os.environ[VARIABLE] = os.fspath(folder)
    benchmark = Benchmark.load()
    strategy = STRATEGIES[list(LEANDOJO_SETS).index(theorem_set)]
    theorems = leandojo(theorem_set)
    result = ImportedTactics()
    splits: Counter[str] = Counter()
    with TraceWriter(output) as writer, Progress(console=Console(stderr=True), transient=True) as bar:
        attempts = import_tactics(benchmark, theorems, strategy, result)
        for attempt in bar.track(attempts, len(theorems), description="theorems"):
            writer.write(attempt, iteration=0, policy=HUMAN)
            splits[attempt.theorem.split] += 1
        writer.compact(0)
    console = Console(markup=False, highlight=False)
    console.print(
        f"{result.attempts} of {result.theorems} theorems have tactics; {result.steps} of {result.tactics} tactics are "
        f"in {shown(output)}."
    )
    console.print(f"By split of {theorem_set}: {', '.join(f'{n} {split}' for split, n in sorted(splits.items()))}.")
    for reason, count in result.left_out.most_common():
        console.print(f"  left out {count:6d}  {shown(reason)}")
