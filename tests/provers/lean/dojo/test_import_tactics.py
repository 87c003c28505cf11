"""Traced tactics as attempts, and as traces."""

from __future__ import annotations

import math
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from aitp_gym.provers.lean.dojo.benchmark import VARIABLE, Benchmark
from aitp_gym.provers.lean.dojo.import_tactics import ImportedTactics, import_tactics
from aitp_gym.theorems import load
from aitp_gym.traces import TraceReader

SMALL = Path(__file__).with_name("benchmark")


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    copy = tmp_path / "benchmark"
    shutil.copytree(SMALL, copy)
    monkeypatch.setenv(VARIABLE, str(copy))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return copy


@pytest.fixture
def imported(folder):
    result = ImportedTactics()
    attempts = list(import_tactics(Benchmark.load(), load("leandojo-random"), "random", result))
    return {attempt.theorem.name: attempt for attempt in attempts}, result


def test_theorems_with_tactics_are_attempts_in_their_split(imported):
    attempts, result = imported
    assert {name: attempt.theorem.split for name, attempt in attempts.items()} == {
        "foo@Use.lean": "train",
        "hello_world": "train",
        "foo@Lean4Example.lean:16": "valid",
        "bar": "test",
    }
    assert (result.theorems, result.attempts, result.tactics, result.steps) == (6, 4, 10, 8)
    assert result.left_out == {"nothing changes": 1, "its states cannot be read": 1}
    assert all(attempt.imported and not attempt.proved for attempt in attempts.values())


def test_a_step_goes_from_the_first_goal_to_what_took_its_place(imported):
    split, left, right = imported[0]["bar"].steps
    context = "p q : Prop\nhp : p\nhq : q\n"
    assert (split.node, split.goal, split.children) == (0, f"{context}⊢ p ∧ q", (1, 2))
    assert (left.node, left.goal, left.tactic, left.children) == (1, f"{context}⊢ p", "exact hp", ())
    assert (right.node, right.goal, right.tactic, right.children) == (2, f"{context}⊢ q", "exact hq", ())
    assert all(step.on_proof and math.isnan(step.logprob) for step in (split, left, right))


def test_goals_that_share_metavariables_or_change_together_are_one_node(imported):
    first, second = imported[0]["foo@Lean4Example.lean:16"].steps
    assert (first.children, second.node, second.goal) == ((1,), 1, "⊢ ?w = ?w\n\n⊢ Nat")
    (both,) = imported[0]["foo@Use.lean"].steps
    assert (both.goal, both.tactic, both.children) == ("⊢ True\n\n⊢ True", "all_goals trivial", ())


def test_the_command_writes_traces_that_can_be_read(folder, tmp_path):
    from aitp_gym.cli.app import app

    output = tmp_path / "human"
    done = CliRunner().invoke(app, ["import", "leandojo", str(folder), "--output", str(output)], catch_exceptions=False)
    assert done.exit_code == 0
    assert "4 of 6 theorems have tactics; 8 of 10 tactics" in " ".join(done.output.split())
    reader = TraceReader(output)
    assert sorted(reader.attempts(split="train", policy="human")["theorem"].to_pylist()) == [
        "foo@Use.lean",
        "hello_world",
    ]
    assert reader.steps(split="test")["tactic"].to_pylist() == ["constructor", "exact hp", "exact hq"]
