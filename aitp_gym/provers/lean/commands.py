"""Lean's own commands."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from ...text import shown
from ..commands import Evaluation, Json, progress

__all__ = ["conformance"]


def conformance(
    context: typer.Context,
    tactic_timeout_s: Annotated[float, typer.Option(help="CPU seconds per tactic.")] = 2.0,
    max_tactics: Annotated[int, typer.Option(help="Tactic applications per theorem.")] = 128,
    limit: Annotated[int | None, typer.Option(help="Only so many theorems.")] = None,
    as_json: Json = False,
) -> None:
    """How many theorems of the embedded Lean a search proves, and whether its check refuses every cheat."""
    from ..sandbox import choose
    from .check.conformance import examination
    from .embedded.engine import toolchain
    from .embedded.theorem_sets import lean_embedded

    evaluation: Evaluation = context.obj
    engine = toolchain()
    theorem_set = lean_embedded()
    theorems = [theorem for split in theorem_set.splits for theorem in theorem_set.split(split)][:limit]
    settings = {"tactic_timeout_s": tactic_timeout_s, "max_tactics": max_tactics}
    proved = 0
    with progress() as bar:
        examined = examination(engine, bar("cheats and honest proofs"))
        advance = bar("theorems")
        attempts = evaluation.attempts("aitp/Lean-v0", settings, "lean-embedded", theorems, max_tactics)
        for done, attempt in enumerate(attempts, 1):
            proved += attempt.proved
            advance(done, len(theorems))
    figures = {
        "theorems_proved": proved,
        "theorems_total": len(theorems),
        "honest_accepted": examined.honest_accepted,
        "cheats_refused": examined.cheats_refused,
        "cheats_total": examined.cheats_total,
        "sandbox": choose(),
    }
    if as_json:
        print(json.dumps(figures))
        return
    table = Table("", "here", "of", title="The embedded Lean and its check")
    table.add_row("theorems proved by best-first search", str(proved), str(len(theorems)))
    table.add_row("cheats refused for a fitting reason", str(examined.cheats_refused), str(examined.cheats_total))
    table.add_row("honest proofs accepted", str(examined.honest_accepted), str(examined.cheats_total))
    console = Console()
    console.print(table)
    for fault in examined.faults:
        console.print(f"  {shown(fault)}", markup=False)
