"""The report of a run as tables."""

from __future__ import annotations

import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

from ..text import shown

__all__ = ["compare", "print_report", "recompute"]

_WIDTH = 160


def print_report(folder: Path) -> None:
    """Print the report of a run folder and where it is."""
    from aitp_gym.experiments.reports.report_table import print_table

    from ..errors import TraceError
    from ..files import read_json

    # A table that is cut to the width of a pipe would lose its numbers.
    console = Console(width=None if sys.stdout.isatty() else _WIDTH, markup=False, highlight=False)
    try:
        print_table(read_json(folder / "report.json"), console)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise TraceError(
            f"{folder / 'report.json'} is not a report of a run; `aitp report` computes it anew from the traces."
        ) from error
    print(f"Report: {shown(folder / 'report.json')}")


def recompute(folder: Path) -> None:
    """Compute the report of a run folder anew from its traces, write it, and print it."""
    from aitp_gym.experiments.reports.report import write_report

    write_report(folder)
    print_report(folder)


def compare(folders: list[Path], split: str, policy: str) -> None:
    """Print how the last evaluations of several runs compare, theorem by theorem."""
    from rich.table import Table

    from aitp_gym.experiments.reports.compare import compare_runs

    found = compare_runs(folders, split, policy)
    curves = Table(
        "run", title=Text(f"{shown(split)}: of {found.theorems} theorems, proved within N tactic applications")
    )
    tests = Table("a / b", title="proved by a only / by b only, and p of the exact McNemar test (two-sided)")
    for count in found.counts:
        curves.add_column(f"≤{count}", justify="right")
    for label, curve in found.curves.items():
        curves.add_row(Text(shown(label)), *(str(curve[count]) for count in found.counts))
    for at in (*found.counts, None):
        tests.add_column("all" if at is None else f"≤{at}", justify="right")
    for (a, b), by_count in found.tests.items():
        cells = (f"{test.only_a}/{test.only_b} p={test.p_value:.3f}" for test in by_count.values())
        tests.add_row(Text(shown(f"{a} / {b}")), *cells)
    console = Console(width=None if sys.stdout.isatty() else _WIDTH)
    console.print(curves)
    console.print(tests)
