"""Policies of different runs side by side, on the theorems that all of them attempted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from ...errors import BadInput
from ...traces import TraceReader
from ..config import LEARNED
from .paired_tests import Paired, application_counts, compare_paired, proved_within

__all__ = ["Comparison", "compare_runs"]

_LONGEST_CURVE = 64


@dataclass(frozen=True)
class Comparison:
    """Comparison of several runs, as `compare_runs` makes it.

    Attributes:
        theorems: attempted by all.
        counts: the points of the curves, in tactic applications.
        curves: by label, theorems proved within each of `counts`.
        tests: by pair of labels, paired tests at each of `counts` and within the full budget (`None`).
    """

    theorems: int
    counts: list[int]
    curves: dict[str, dict[int, int]]
    tests: dict[tuple[str, str], dict[int | None, Paired]]


def compare_runs(runs: Sequence[Path], split: str = "valid", policy: str = LEARNED) -> Comparison:
    """Compare the last evaluation of a policy in each run.

    The runs should have the same budget, theorem set and context: the comparison takes their counts as they are.

    Args:
        runs: run folders; their names are the labels.
        split: on which theorems.
        policy: label of the policy in the runs' traces.

    Raises:
        BadInput: two runs have one name, a run has no such attempts, or no theorem was attempted by all.
        TraceError: a run's traces cannot be read.
    """
    results: dict[str, Mapping[str, int | None]] = {}
    for run in runs:
        label = run.resolve().name
        if label in results:
            raise BadInput(f"Two of the runs are called {label!r}: give each its own name.")
        results[label] = _last(run, split, policy)
    common = set.intersection(*(set(result) for result in results.values())) if results else set()
    if not common:
        raise BadInput(f"No theorem of split {split!r} was attempted by {policy!r} in all of the runs.")
    shared = {label: {name: result[name] for name in common} for label, result in results.items()}
    longest = max((at for result in shared.values() for at in result.values() if at is not None), default=1)
    counts = application_counts(min(longest, _LONGEST_CURVE))
    return Comparison(
        len(common),
        counts,
        {label: proved_within(result.values(), counts) for label, result in shared.items()},
        {
            (a, b): {at: compare_paired(shared[a], shared[b], at) for at in (*counts, None)}
            for a, b in combinations(shared, 2)
        },
    )


def _last(run: Path, split: str, policy: str) -> dict[str, int | None]:
    """By theorem, the applications up to the accepted proof, in the last iteration that has any."""
    attempts, _ = TraceReader(run / "traces").tables(split=split, policy=policy)
    if not len(attempts):
        raise BadInput(f"{run} has no attempts of {policy!r} at split {split!r}.")
    rows = attempts.select(["iteration", "theorem", "status", "proved_at"]).to_pylist()
    last = max(row["iteration"] for row in rows)
    return {
        row["theorem"]: row["proved_at"] if row["status"] == "proved" else None
        for row in rows
        if row["iteration"] == last
    }
