"""Ten thousand steps in one attempt at a theorem of Lean: memory and descriptors stay as they were."""

from __future__ import annotations

import random

import psutil
import pytest

from aitp_gym.proof import Subgoals, Theorem

STEPS = 10_000
TACTICS = ("have x := hp", "constructor", "left", "right", "exact hq", "simp", "intro z", "exact foo")
GROWTH_MB = 20.0
KEPT = 20


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_ten_thousand_steps_leave_the_process_as_it_was(lean, capsys):
    rng = random.Random(0)
    session = lean.start(Theorem("t", "theorem t (p q r : Prop) (hp : p) (hq : q) : q ∧ p ∧ r ∨ p", "lean"))
    process, ours = session.server, psutil.Process()
    goals, before = [session.root], (0.0, 0)
    for number in range(0, STEPS, len(TACTICS)):
        for tactic in TACTICS:
            (outcome,) = session.apply(rng.choice(goals), [tactic], 5.0)
            if isinstance(outcome, Subgoals):
                goals.extend(outcome.goals)
        while len(goals) > KEPT:
            del goals[rng.randrange(1, len(goals))]
        if number == STEPS // 10:
            before = (process.resident_mb, ours.num_fds())
    after = (process.resident_mb, ours.num_fds())
    with capsys.disabled():
        print(f"{STEPS} steps: {before[0]:.0f} -> {after[0]:.0f} MB, {before[1]} -> {after[1]} descriptors")
    assert session.server is process
    assert after[0] < before[0] + GROWTH_MB
    assert after[1] == before[1]
    session.close()
