"""`aitp one-step`: what single tactics prove, in one context or in several side by side."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import Progress, TaskID
from rich.table import Table
from rich.text import Text

from ..errors import UnknownName
from ..text import shown

if TYPE_CHECKING:
    from aitp_gym.evaluation.one_step import OneStep

__all__ = ["one_step"]


def one_step(
    env: str,
    theorem_set: str | None,
    split: str,
    menu: str | None,
    contexts: list[str],
    tactic_timeout_s: float,
    num_workers: int,
    limit: int | None,
    as_json: bool,
) -> None:
    """Measure and print; see `evaluation.one_step`."""
    from aitp_gym.evaluation.one_step import Timeouts
    from aitp_gym.evaluation.one_step import one_step as measure

    from ..envs.registration import make_env

    results = {}
    with Progress(console=Console(stderr=True), transient=True) as bar:
        for context in contexts or [""]:
            kwargs: dict[str, Any] = {"context": context} if context else {}
            if theorem_set is not None:
                kwargs["theorem_set"] = theorem_set
            made = make_env(env, kwargs)
            theorems = made.theorems.split(split)[:limit]
            menu = menu or _menu_of(made.prover.name)
            made.close()
            task = bar.add_task(f"{env} {context}", total=len(theorems))
            results[context or "default"] = measure(
                env,
                kwargs,
                menu,
                theorems,
                timeouts=Timeouts(tactic_timeout_s),
                num_workers=num_workers,
                on_done=_advance(bar, task),
            )
    if as_json:
        print(json.dumps({context: result.figures() for context, result in results.items()}))
        return
    _print(results, split)


def _menu_of(prover: str) -> str:
    from ..provers.registry import specs, with_prover

    menu = next((spec.one_step_menu for spec in with_prover(prover) if spec.one_step_menu is not None), None)
    if menu is None:
        known = ", ".join(spec.name for spec in specs() if spec.one_step_menu is not None)
        raise UnknownName(f"The prover {prover!r} has no menu for single tactics ({known} have one): give --menu.")
    return menu


def _advance(bar: Progress, task: TaskID) -> Callable[[int, int], None]:
    return lambda done, total: bar.update(task, completed=done)


def _print(results: Mapping[str, OneStep], split: str) -> None:
    first = next(iter(results.values()))
    table = Table(
        "tactic", title=Text(f"{shown(split)}: of {first.theorems} theorems, proved by one tactic and checked")
    )
    for context in results:
        table.add_column(Text(shown(context)), justify="right")
        table.add_column("timeouts", justify="right")
    for number, slot in enumerate(first.slots):
        cells = []
        for result in results.values():
            cells += [str(result.slots[number].proved), str(result.slots[number].outcomes["timeout"])]
        table.add_row(Text(shown(slot.label)), *cells)
    table.add_row("any of them", *(cell for result in results.values() for cell in (str(result.union), "")))
    Console().print(table)
