"""The report as tables for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ...text import shown
from ..config import LEARNED
from .report import CANARY
from .search_table import search_table

__all__ = ["print_table"]


def print_table(report: Mapping[str, Any], console: Console | None = None) -> None:
    """Print, for each split, what each policy proved within how many tactic applications, and the paired tests.

    Args:
        report: as `build_report` returns it.
        console: to print to; `None` means stdout.
    """
    # Labels are data: what looks like markup in them is not.
    console = console or Console(markup=False, highlight=False)
    entries = [*report["baselines"], *report["iterations"]]
    if not entries:
        console.print("No attempts are on record yet.")
        return
    for split in dict.fromkeys(entry["split"] for entry in entries if entry["split"] != CANARY):
        console.print(_proved_table(split, [entry for entry in entries if entry["split"] == split]))
        tests = [test for test in report["comparisons"] if test["split"] == split]
        if tests:
            console.print(_test_table(split, tests))
        if report["searches"].keys() & {entry["policy"] for entry in entries if entry["split"] == split} - {LEARNED}:
            console.print(search_table(report, split))
    _print_context(report["context"], entries, console)
    if "off" in (report["sandbox"] or ()):
        console.print(Text("Sandbox off: what was proved could run code without limits.", "bold"))
    if report["known_bugs"]:
        console.print(Text(f"The prover's kernel has known bugs: {shown(report['known_bugs'])}.", "bold"))
    if reserved := sum(entry["reserved"] for entry in entries):
        console.print(f"Not counted: {reserved} accepted proofs, of statements that stand after axioms of their own.")
    canaries = sum(entry["attempted"] for entry in entries if entry["split"] == CANARY)
    if report["canaries_proved"]:
        console.print(Text(f"Canaries proved: {report['canaries_proved']}. The numbers are void.", "bold red"))
    else:
        console.print(f"Canaries proved: 0 in {canaries} attempts.")


def _print_context(context: Any, entries: list[Mapping[str, Any]], console: Console) -> None:
    """Name a context that is not the strict one, and say how many of its proofs hold in that one too."""
    if context in (None, "strict"):
        return
    console.print(
        Text(f"Context {shown(context)}: tactics know facts from later in the library than the theorem.", "bold")
    )
    known = [entry for entry in entries if entry["proved_strict"] is not None]
    for entry in known:
        label = shown(f"{entry['split']} {entry['policy']}@{entry['iteration']}")
        console.print(
            Text(f"  {label}: {entry['proved']} proved, {entry['proved_strict']} of them in the strict context too")
        )


def _proved_table(split: str, entries: list[Mapping[str, Any]]) -> Table:
    counts = list(entries[0]["proved_at"])
    table = Table(title=Text(f"{shown(split)}: theorems proved within N tactic applications"), title_justify="left")
    table.add_column("policy@iteration", no_wrap=True)
    table.add_column("of", justify="right")
    for count in counts:
        table.add_column(f"≤{count}", justify="right", no_wrap=True)
    table.add_column("proved, 95 %", justify="right", no_wrap=True)
    table.add_column("refused", justify="right")
    for entry in entries:
        low, high = entry["proved_interval"]
        table.add_row(
            Text(shown(f"{entry['policy']}@{entry['iteration']}")),
            str(entry["attempted"]),
            *(str(entry["proved_at"][count]) for count in counts),
            f"{100 * low:.0f}-{100 * high:.0f} %",
            str(entry["refused"]),
        )
    return table


def _test_table(split: str, tests: list[Mapping[str, Any]]) -> Table:
    points = list(dict.fromkeys(test["at"] for test in tests))
    pairs = dict.fromkeys((test["a"], test["b"]) for test in tests)
    by_point = {(test["a"], test["b"], test["at"]): test for test in tests}
    if all(_numbers(by_point[*pair, points[-2]]) == _numbers(by_point[*pair, None]) for pair in pairs):
        points.remove(None)  # A budget in tactic applications ends where the curve does.
    table = Table(
        title=Text(f"{shown(split)}: proved by a only / by b only, and p of the exact McNemar test (two-sided)"),
        title_justify="left",
        show_lines=True,
    )
    table.add_column("a\nb", no_wrap=True)
    table.add_column("of", justify="right")
    for at in points:
        table.add_column("all" if at is None else f"≤{at}", justify="right", no_wrap=True)
    for a, b in pairs:
        row = [by_point[a, b, at] for at in points]
        cells = (f"{test['only_a']}/{test['only_b']}\n{_p(test['p_value'])}" for test in row)
        table.add_row(Text(f"{shown(a)}\n{shown(b)}"), str(row[0]["n"]), *cells)
    return table


def _numbers(test: Mapping[str, Any]) -> tuple[int, int, int]:
    return test["only_a"], test["only_b"], test["both"]


def _p(value: float) -> str:
    return "<0.001" if value < 0.001 else f"{value:.3f}"
