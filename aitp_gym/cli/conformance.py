"""`aitp conformance`: how faithfully a prover at hand does what is published about it."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, TaskID
from rich.table import Table

from ..errors import BadInput

__all__ = ["hol4", "holist", "lean"]


def holist(database: Path | None, prooflogs: list[Path], as_json: bool, list_missing: Path | None) -> None:
    """Measure the running HOL Light against HOList's data, and print the figures."""
    from ..provers.hollight.holist.conformance import conformance
    from ..provers.hollight.holist.database import CORPORA, Database
    from ..provers.hollight.holist.prooflogs import read_logs

    if list_missing is not None and not list_missing.parent.is_dir():
        raise BadInput(f"--list-missing: expected a file in a folder that is there, got {list_missing}.")
    logs = [log for file in prooflogs for log in read_logs(file)]
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading the database", total=1.0)
        found = conformance(
            Database.load(database), logs, lambda text, part: bar.update(task, description=text, completed=part)
        )
    if list_missing is not None:
        lines = [f"{fingerprint}\t{file}\t{' '.join(pretty.split())}\n" for fingerprint, file, pretty in found.missing]
        list_missing.write_text("".join(lines), encoding="utf-8")
    if as_json:
        print(json.dumps(found.figures()))
        return
    replayed = found.replayed
    table = Table("", "here", "published", title="HOList and the running HOL Light")
    table.add_row("fingerprints", str(found.fingerprints), str(found.fingerprints_total))
    for name in CORPORA:
        table.add_row(f"entries of {name}, bit for bit", str(found.present[name]), str(found.totals[name]))
    table.add_row("logged steps, exactly", str(replayed.exact), str(replayed.total))
    table.add_row("… up to type variables' names, order of hypotheses", str(replayed.equivalent), "")
    table.add_row("logged proofs, as a whole", str(replayed.proofs_verified), str(replayed.proofs_total))
    console = Console()
    console.print(table)
    for reason, count in replayed.reasons.most_common():
        console.print(f"  {count:4d} steps not replayed: {reason}")


def hol4(goals: Path, as_json: bool, tactic_timeout_s: float, num_workers: int, limit: int | None) -> None:
    """Match TacticZero's goals with the running HOL4, open them, and try single tactics on them."""
    from aitp_gym.evaluation.one_step import Timeouts, one_step

    from ..provers.hol4 import Hol4
    from ..provers.hol4.tacticzero import match_goals, read_goals
    from ..theorems.hol4 import as_theorem

    listed = read_goals(goals)
    matched = match_goals(listed)
    theorems = [as_theorem(row, "tacticzero") for row in matched.found[:limit]]
    prover = Hol4()
    for theorem in theorems:
        prover.start(theorem).close()
    prover.close()
    results = {}
    with Progress(console=Console(stderr=True), transient=True) as bar:
        for premises, menu in (("nearest", "hol4-one-step"), ("recorded", "hol4-recorded")):
            task = bar.add_task(f"one step, premises {premises}", total=len(theorems))
            results[premises] = one_step(
                "aitp/HOL4-v0",
                {},
                menu,
                theorems,
                timeouts=Timeouts(tactic_timeout_s),
                premises=premises,
                num_workers=num_workers,
                on_done=partial(_done, bar, task),
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
        console.print(f"  not in this HOL4: {goal}", markup=False)


def lean(as_json: bool, tactic_timeout_s: float, max_tactics: int, limit: int | None) -> None:
    """Prove the embedded Lean's theorems by best-first search, and put cheats and honest proofs to its check."""
    from aitp_gym.evaluation.evaluator import EvaluationTask, WorkerConfig, evaluate

    from ..proof import Attempt, Budget
    from ..provers import sandbox
    from ..provers.lean.check.conformance import examination
    from ..provers.lean.embedded.engine import toolchain
    from ..theorems import load

    engine = toolchain()
    theorem_set = load("lean-embedded")
    theorems = [theorem for split in theorem_set.splits for theorem in theorem_set.split(split)][:limit]
    budget = Budget(max_tactics=max_tactics)
    tasks = [
        EvaluationTask.of(theorem, run_seed=0, iteration=0, policy="fixed-order", budget=budget) for theorem in theorems
    ]
    policy = {"_target_": "aitp_gym.agents.policies.fixed_order.FixedOrderPolicy", "menu": "lean-embedded"}
    proved: list[str] = []
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("cheats and honest proofs", total=1.0)
        examined = examination(engine, partial(_done, bar, task))
        task = bar.add_task("theorems", total=len(tasks))

        def on_attempt(done: EvaluationTask, attempt: Attempt) -> None:
            if attempt.proved:
                proved.append(done.theorem.name)
            bar.advance(task)

        config = WorkerConfig("aitp/Lean-v0", {"tactic_timeout_s": tactic_timeout_s, "max_tactics": max_tactics})
        evaluate(tasks, config, policy, on_attempt=on_attempt)
    figures = {
        "theorems_proved": len(proved),
        "theorems_total": len(theorems),
        "honest_accepted": examined.honest_accepted,
        "cheats_refused": examined.cheats_refused,
        "cheats_total": examined.cheats_total,
        "sandbox": sandbox.kind(),
    }
    if as_json:
        print(json.dumps(figures))
        return
    table = Table("", "here", "of", title="The embedded Lean and its check")
    table.add_row("theorems proved by best-first search", str(len(proved)), str(len(theorems)))
    table.add_row("cheats refused for a fitting reason", str(examined.cheats_refused), str(examined.cheats_total))
    table.add_row("honest proofs accepted", str(examined.honest_accepted), str(examined.cheats_total))
    console = Console()
    console.print(table)
    for fault in examined.faults:
        console.print(f"  {fault}", markup=False)


def _done(bar: Progress, task: TaskID, done: int, total: int) -> None:
    bar.update(task, completed=done, total=total)
