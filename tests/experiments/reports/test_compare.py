"""Runs side by side, on the theorems they share."""

from __future__ import annotations

import pytest

from aitp_gym.errors import BadInput
from aitp_gym.experiments.reports.compare import compare_runs
from aitp_gym.proof import Attempt, Budget, Spent, Theorem
from aitp_gym.traces import TraceWriter


def write(folder, rounds: dict[int, dict[str, int | None]]):
    with TraceWriter(folder / "traces") as writer:
        for iteration, results in rounds.items():
            for name, at in results.items():
                theorem = Theorem(name, name, "hollight", split="valid")
                status = "budget" if at is None else "proved"
                attempt = Attempt(theorem, status, (), Budget(max_tactics=8), Spent(), proved_at=at)
                writer.write(attempt, iteration=iteration, policy="learned")
    return folder


def test_the_last_evaluations_are_compared_on_what_both_attempted(tmp_path):
    a = write(tmp_path / "a", {0: {"x": 1, "y": 1, "z": 1}, 1: {"x": 1, "y": None, "z": 4, "only a": 1}})
    b = write(tmp_path / "b", {0: {"x": 2, "y": 1, "z": None}})
    found = compare_runs([a, b])
    assert found.theorems == 3
    assert found.counts == [1, 2, 4]
    assert found.curves == {"a": {1: 1, 2: 1, 4: 2}, "b": {1: 1, 2: 2, 4: 2}}
    at_one, all_of_it = found.tests["a", "b"][1], found.tests["a", "b"][None]
    assert (at_one.only_a, at_one.only_b, at_one.both) == (1, 1, 0)
    assert (all_of_it.only_a, all_of_it.only_b, all_of_it.both, all_of_it.n) == (1, 1, 1, 3)
    assert all_of_it.p_value == 1.0


def test_runs_that_cannot_be_compared_are_refused(tmp_path):
    a, b = write(tmp_path / "a", {0: {"x": 1}}), write(tmp_path / "b", {0: {"y": 1}})
    with pytest.raises(BadInput, match="No theorem of split 'valid' was attempted by 'learned' in all"):
        compare_runs([a, b])
    with pytest.raises(BadInput, match="has no attempts of 'learned' at split 'train'"):
        compare_runs([a], split="train")
    with pytest.raises(BadInput, match="Two of the runs are called 'a'"):
        compare_runs([a, write(tmp_path / "other" / "a", {0: {"x": 1}})])
