"""Table of searches side by side: their cost, and the kind of proofs they find."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.table import Table
from rich.text import Text

from ...text import shown
from ..config import LEARNED

__all__ = ["search_table"]


def search_table(report: Mapping[str, Any], split: str) -> Table:
    """The searches that a run compares, one row each.

    Args:
        report: as `build_report` returns it, with `searches`.
        split: of the theorems.

    Returns:
        For each search, in its last iteration: theorems proved, and how many of the proofs have more than one step;
        different goals expanded and tactics applied; then seconds summed over the attempts: of the search itself with
        its goal scorer, the same in milliseconds for each goal, of the policy, and of the prover (CPU).
    """
    table = Table(title=Text(f"{shown(split)}: searches with the same policy, seeds and budget"), title_justify="left")
    table.add_column("search", no_wrap=True)
    for column in ("of", "proved", "> 1 step", "goals", "tactics", "search s", "ms/goal", "policy s", "prover s"):
        table.add_column(column, justify="right", no_wrap=True)
    for label, name in report["searches"].items():
        entries = [*report["iterations"], *report["baselines"]]
        own = [entry for entry in entries if (entry["policy"], entry["split"]) == (label, split)]
        if not own:
            continue
        entry = max(own, key=lambda each: int(each["iteration"]))
        table.add_row(
            Text(shown(f"{label} ({name})" if label == LEARNED else label)),
            *(str(entry[key]) for key in ("attempted", "proved", "multi_step_proofs", "nodes", "tactics")),
            f"{entry['search_s']:.1f}",
            f"{1000 * entry['search_s'] / max(1, entry['nodes']):.2f}",
            f"{entry['policy_s']:.1f}",
            f"{entry['prover_s']:.1f}",
        )
    return table
