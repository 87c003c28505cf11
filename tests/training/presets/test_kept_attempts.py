"""Traces of trainings: what is kept, and that it is what was played."""

from __future__ import annotations

import gymnasium
import pytest

pytest.importorskip("torch", reason="torch is not installed: pip install 'aitp-gym[torch]'")

from aitp_gym.traces import TraceReader
from aitp_gym.training.presets.kept_attempts import LEARNER, KeptAttempts, TellAttempts
from aitp_gym.training.presets.proof_rates import by_chance, held_out, play


def test_measured_episodes_and_the_first_of_each_theorem_to_learn_from_are_kept(tmp_path):
    with (
        KeptAttempts(tmp_path / "traces", {"policy.name": "chance"}) as kept,
        gymnasium.make("aitp/Propositional-Menu-v0", max_tactics=8) as env,
    ):
        theorems = held_out(env, "valid", 3)
        listening = TellAttempts(env, kept.learned)
        for iteration in (0, 1):
            kept.begin(iteration)
            played = play(env, theorems, by_chance(iteration), kept.measured(iteration, "sampled"))
            again = play(listening, theorems[:2], by_chance(7))
            play(listening, theorems[:2], by_chance(8))
    records = list(TraceReader(tmp_path / "traces").records())
    assert {(key.iteration, key.policy, key.theorem) for key, _ in records} == {
        *((iteration, "sampled", theorem.name) for iteration in (0, 1) for theorem in theorems),
        *((iteration, LEARNER, theorem.name) for iteration in (0, 1) for theorem in theorems[:2]),
    }
    by_key = {(key.iteration, key.policy, key.theorem): attempt for key, attempt in records}
    assert [by_key[1, "sampled", theorem.name].proved for theorem in theorems] == list(played.proved)
    assert [len(by_key[1, LEARNER, theorem.name].steps) for theorem in theorems[:2]] == list(again.steps)
    assert all(attempt.versions["policy.name"] == "chance" for attempt in by_key.values())


def test_a_trace_that_was_cut_short_is_gone_on_with(tmp_path):
    with gymnasium.make("aitp/Propositional-Menu-v0", max_tactics=8) as env:
        theorems = held_out(env, "valid", 2)
        for _ in range(2):
            with KeptAttempts(tmp_path / "traces", {}) as kept:
                play(env, theorems, by_chance(0), kept.measured(0, "greedy"))
    assert [key.theorem for key, _ in TraceReader(tmp_path / "traces").records()] == [each.name for each in theorems]
