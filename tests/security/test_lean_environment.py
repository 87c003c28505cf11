"""Cheats sent as tactics: what the session makes of them, what the check does, and what they do to their neighbours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import gymnasium
import pytest

from aitp_gym.proof import Proof, ProofStep, Subgoals, Theorem
from aitp_gym.provers import sandbox
from aitp_gym.provers.lean.check.cheats import cheats

THEOREM = Theorem("cheat", "theorem cheat : 1 = 2", "lean")
KERNEL_OFF = "set_option debug.skipKernelTC true in decide +kernel"
# Those that need nothing before the theorem, as tactics: further lines lose the indentation of a block.
TACTICS = [
    cheat.body[2:].replace("\n  ", "\n")
    for cheat in cheats()
    if not cheat.source.preamble and cheat.source.signature == THEOREM.statement
]


@pytest.fixture(params=["stepper", "server"])
def lean(request, lean_by):
    return lean_by(request.param)


@pytest.fixture
def session(lean) -> Iterator[object]:
    opened = lean.start(THEOREM)
    yield opened
    opened.close()


def test_there_are_many_that_work_as_tactics():
    assert len(TACTICS) > 40


def test_no_cheat_becomes_a_proof(lean, session):
    closing = []
    for tactic in TACTICS:
        (outcome,) = session.apply(session.root, [tactic], 5.0)
        if isinstance(outcome, Subgoals) and not outcome.goals:
            closing.append(tactic)
    # Lean itself believes these: only the check knows better.
    assert KERNEL_OFF in closing
    for tactic in closing:
        verdict = lean.check(THEOREM, Proof((ProofStep(tactic, session.root.text, ()),)), 30.0)
        assert verdict.status == "refused", tactic
        assert verdict.reason


def test_no_cheat_changes_what_its_neighbours_give(session):
    (expected,) = session.apply(session.root, ["exfalso"], 5.0)
    assert isinstance(expected, Subgoals)
    for start in range(0, len(TACTICS), 8):
        chunk = TACTICS[start : start + 8]
        while chunk:
            sent = [tactic for cheat in chunk for tactic in ("exfalso", cheat)]
            outcomes = session.apply(session.root, [*sent, "exfalso"], 5.0)
            for outcome in outcomes[::2]:
                assert isinstance(outcome, Subgoals)
                assert [goal.text for goal in outcome.goals] == [goal.text for goal in expected.goals]
            # A cheat that closes the goal ends the batch: go on behind it.
            chunk = chunk[len(outcomes) // 2 :] if len(outcomes) < len(sent) + 1 else []


def test_an_attempt_goes_on_after_a_refused_cheat(lean):
    env = gymnasium.make("aitp/Lean-v0", max_tactics=8, tactic_timeout_s=5.0).unwrapped
    try:
        env.reset(options={"theorem": THEOREM.statement})
        _, reward, terminated, truncated, info = env.step({"goal": 0, "tactic": KERNEL_OFF})
        assert (reward, terminated, truncated) == (0.0, False, False)
        assert "the kernel does not accept" in info["message"]
        _, reward, terminated, truncated, info = env.step({"goal": 0, "tactic": "exfalso"})
        assert (info["outcome"], terminated, truncated) == ("subgoals", False, False)
        env.give_up()
        attempt = env.attempt()
        assert (attempt.proved, attempt.found, attempt.refused) == (False, 1, 1)
    finally:
        env.close()


def test_the_processes_that_read_tactics_are_in_the_sandbox(session):
    if sandbox.choose() != "landlock":
        pytest.skip("this machine has no Landlock")
    session.apply(session.root, ["exfalso"], 5.0)
    for pid in session.server.pids:
        facts = dict(
            line.split(":\t", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":\t" in line
        )
        # A filter of system calls, and no way to more rights.
        assert (facts["Seccomp"], facts["NoNewPrivs"]) == ("2", "1")
