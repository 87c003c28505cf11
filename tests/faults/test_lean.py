"""What goes wrong with Lean's processes costs little time and no outcome, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from dataclasses import replace

import psutil
import pytest

from aitp_gym.errors import ProverUnavailable
from aitp_gym.proof import Failure, Subgoals, Theorem
from aitp_gym.provers.lean import server
from aitp_gym.provers.lean.prover import Lean
from aitp_gym.provers.lean.server import LeanServer
from aitp_gym.provers.prover_process import ProcessDied

STATEMENT = "theorem t (p q r : Prop) (h : p ∧ q ∧ r) : (r ∧ q) ∧ p"
LOOP = "repeat (have := h)"
RESTART_S = 1.0


@pytest.fixture(params=["stepper", "server"])
def lean(request, lean_by):
    return lean_by(request.param)


@pytest.fixture
def session(lean):
    opened = lean.start(Theorem("t", STATEMENT, "lean"))
    yield opened
    opened.close()


def tree(session):
    """What a fixed set of tactics makes of the theorem."""
    rows = []
    goals = [session.root]
    for goal in goals:
        for outcome in session.apply(goal, ["constructor", "exact h.1", "cases h", "simp_all"], 2.0):
            rows.append(outcome.kind if isinstance(outcome, Failure) else [child.text for child in outcome.goals])
            if isinstance(outcome, Subgoals) and len(goals) < 6:
                goals.extend(outcome.goals[: 6 - len(goals)])
    return rows


def victims(session, whom):
    pids = session.server.pids
    return {"the first": pids[:1], "the last": pids[-1:], "all": pids}[whom]


def end(pids, signum):
    for pid in pids:
        # The last ends with the first, and may have done so already.
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signum)


@pytest.mark.parametrize("whom", ["the first", "the last", "all"])
@pytest.mark.parametrize("signum", [signal.SIGKILL, signal.SIGSEGV])
def test_a_death_between_requests_changes_nothing(session, whom, signum):
    before = tree(session)
    end(victims(session, whom), signum)
    started = time.monotonic()
    (outcome,) = session.apply(session.root, ["constructor"], 2.0)
    assert time.monotonic() - started < RESTART_S
    assert isinstance(outcome, Subgoals)
    assert tree(session) == before


@pytest.mark.parametrize("whom", ["the first", "the last", "all"])
def test_a_death_during_a_request_changes_nothing(session, whom):
    expected = tree(session)
    pids = victims(session, whom)

    def kill_when_busy():
        # The looping tactic is under way once the process that elaborates has worked for a while.
        worker = psutil.Process(session.server.pids[-1])
        begun = sum(worker.cpu_times()[:2])
        while worker.is_running() and sum(worker.cpu_times()[:2]) < begun + 0.1:
            pass
        end(pids, signal.SIGKILL)

    killer = threading.Thread(target=kill_when_busy)
    killer.start()
    outcomes = session.apply(session.root, ["constructor", LOOP, "cases h"], 0.5)
    killer.join()
    assert isinstance(outcomes[0], Subgoals)
    assert isinstance(outcomes[1], Failure)
    assert outcomes[1].kind == "timeout"
    assert isinstance(outcomes[2], Subgoals)
    assert tree(session) == expected


def test_a_stopped_worker_is_given_up_and_replaced(session):
    os.kill(session.server.pids[-1], signal.SIGSTOP)
    started = time.monotonic()
    (outcome,) = session.apply(session.root, ["constructor"], 0.2)
    # A stopped process uses no CPU time: the wall clock ends it.
    assert time.monotonic() - started < 10.0
    assert isinstance(outcome, Failure)
    assert outcome.kind == "timeout"
    assert isinstance(session.apply(session.root, ["constructor"], 2.0)[0], Subgoals)


def test_too_much_memory_is_its_own_kind_of_failure(lean):
    prover = Lean(backend="embedded", memory_mb=256, interaction=lean.versions["lean_interaction"])
    session = prover.start(Theorem("t", STATEMENT, "lean"))
    outcomes = session.apply(session.root, ["constructor", LOOP], 60.0)
    assert isinstance(outcomes[0], Subgoals)
    assert isinstance(outcomes[1], Failure)
    assert outcomes[1].kind == "out_of_memory"
    assert "MB of memory" in outcomes[1].message
    assert isinstance(session.apply(session.root, ["cases h"], 2.0)[0], Subgoals)
    session.close()
    prover.close()


def test_closing_leaves_no_process_behind(lean):
    prover = Lean(backend="embedded", interaction=lean.versions["lean_interaction"])
    session = prover.start(Theorem("t", STATEMENT, "lean"))
    session.apply(session.root, [LOOP], 0.1)
    handles = [psutil.Process(pid) for pid in session.server.pids]
    session.close()
    prover.close()
    gone, alive = psutil.wait_procs(handles, timeout=5)
    assert len(gone) == len(handles)
    assert not alive


def test_a_server_that_died_says_so(lean):
    started = LeanServer(lean.toolchain, 1024)
    started.elaborate("", 10.0, 10.0)
    os.kill(started.pid, signal.SIGKILL)
    with pytest.raises(ProcessDied):
        started.elaborate("theorem t : True := trivial\n", 10.0, 10.0)
    assert started.worn_out


@pytest.mark.parametrize(
    "says", ["exit 3", "echo nonsense; cat > /dev/null", "printf 'Content-Length: 2\\r\\n\\r\\n[]'"]
)
def test_what_is_no_language_server_is_unavailable(lean, tmp_path, monkeypatch, says):
    monkeypatch.setattr(server, "_START_TIMEOUT_S", 1.0)
    fake = tmp_path / "lean"
    fake.write_text(f"#!/bin/sh\n{says}\n")
    fake.chmod(0o755)
    toolchain = replace(lean.toolchain, lean=(str(fake),), readable=(*lean.toolchain.readable, tmp_path))
    with pytest.raises(ProverUnavailable, match="did not start"):
        LeanServer(toolchain, 1024)
