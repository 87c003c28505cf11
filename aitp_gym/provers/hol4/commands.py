"""HOL4's own commands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from ...text import shown
from ..commands import Evaluation, Json, progress

__all__ = ["conformance"]


def conformance(
    context: typer.Context,
    goals: Annotated[Path, typer.Option(help="TacticZero's goals: a JSON list of pairs (prefix, usual notation).")],
    tactic_timeout_s: Annotated[float, typer.Option(help="CPU seconds per tactic.")] = 0.5,
    num_workers: Annotated[int, typer.Option(help="Processes; 0: this one.")] = 2,
    limit: Annotated[int | None, typer.Option(help="Only so many goals.")] = None,
    as_json: Json = False,
) -> None:
    """How many of TacticZero's goals the running HOL4 has, and what single tactics prove of them."""
    from .prover import Hol4
    from .tacticzero import match_goals, read_goals
    from .theorem_sets import as_theorem

    evaluation: Evaluation = context.obj
    listed = read_goals(goals)
    matched = match_goals(listed)
    theorems = [as_theorem(row, "tacticzero") for row in matched.found[:limit]]
    prover = Hol4()
    for theorem in theorems:
        prover.start(theorem).close()
    prover.close()
    results = {}
    with progress() as bar:
        for premises, menu in (("nearest", "hol4-one-step"), ("recorded", "hol4-recorded")):
            results[premises] = evaluation.one_step(
                "aitp/HOL4-v0",
                menu,
                theorems,
                tactic_timeout_s=tactic_timeout_s,
                premises=premises,
                num_workers=num_workers,
                on_done=bar(f"one step, premises {premises}"),
            )
    without = {name for name, by in results["nearest"].proved_by.items() if any(label.endswith(" 0") for label in by)}
    slots = [(premises, slot) for premises, found in results.items() for slot in found.slots]
    figures = {
        "goals_found": len(matched.found),
        "goals_total": len(listed),
        "goals_tried": len(theorems),
        "one_step": {f"{slot.label}, {premises}": slot.proved for premises, slot in slots},
        "refused": {f"{slot.label}, {premises}": slot.refused for premises, slot in slots},
        "union": {"without premises": len(without), **{premises: found.union for premises, found in results.items()}},
    }
    if as_json:
        print(json.dumps(figures))
        return
    table = Table("tactic", "accepted", "closed, but refused", title=f"{len(theorems)} goals, one tactic each")
    for premises, slot in slots:
        table.add_row(f"{slot.label}, {premises}", str(slot.proved), str(slot.refused))
    console = Console()
    console.print(f"{len(matched.found)} of {len(listed)} goals are theorems of this HOL4; all {len(theorems)} open.")
    console.print(table)
    console.print(f"By any of them: {figures['union']}")
    for goal in matched.missing:
        console.print(f"  not in this HOL4: {shown(goal)}", markup=False)
