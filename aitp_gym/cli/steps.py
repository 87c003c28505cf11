"""`aitp steps`: simple predictions on the steps of known proofs, and what menus can write of them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..provers.commands import progress
from ..text import shown

if TYPE_CHECKING:
    from aitp_gym.evaluation.steps.report import StepsReport

__all__ = ["steps"]

_WIDTH = 160


def steps(folders: list[Path], menus: list[str], split: str, learn_from: str, as_json: bool) -> None:
    """Measure and print; see `evaluation.steps.report`."""
    from aitp_gym.evaluation.steps.report import measure_steps

    from ..menus import Menu

    loaded = [Menu.load(menu) for menu in menus]
    with progress() as bar:
        report = measure_steps(folders, menus=loaded, split=split, learn_from=learn_from, advance=bar("steps"))
    if as_json:
        print(json.dumps(report.as_json()))
        return
    # A table that is cut to the width of a pipe would lose its numbers.
    console = Console(width=None if sys.stdout.isatty() else _WIDTH, markup=False, highlight=False)
    for table in _tables(report):
        console.print(table)


def _tables(report: StepsReport) -> list[Table]:
    held_out, learned = (f"{report.steps[name]} steps of {shown(name)}" for name in (report.split, report.learn_from))
    tops = list(next(iter(report.tactics.values())))
    tactics = Table("tactic by", *(f"top-{k}" for k in tops), title=Text(f"{held_out}, learned from {learned}"))
    for name, accuracy in report.tactics.items():
        tactics.add_row(name, *(f"{accuracy[k]:.3f}" for k in tops))
    tables = [tactics]
    if report.premises:
        figures = list(next(iter(report.premises.values())))
        count = report.with_premises[report.split]
        premises = Table("premises by", *figures, title=Text(f"{count} of them name premises"))
        for name, found in report.premises.items():
            premises.add_row(name, *(f"{found[figure]:.3f}" for figure in figures))
        tables.append(premises)
    if report.menus:
        menus = Table(
            *("menu", "split", "steps", "template", "exactly", "whole proofs", "templates", "exactly"),
            title=Text("What menus can write"),
        )
        for menu, by_split in report.menus.items():
            for split, each in by_split.items():
                counts = (
                    each.steps,
                    each.template,
                    each.exactly,
                    each.proofs,
                    each.proofs_template,
                    each.proofs_exactly,
                )
                menus.add_row(Text(shown(menu)), Text(shown(split)), *map(str, counts))
        tables.append(menus)
    return tables
