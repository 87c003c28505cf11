"""No answer of a Dojo belongs to somebody else: interrupts, forks, threads and copies."""

from __future__ import annotations

import copy
import multiprocessing
import pickle
import threading

import psutil
import pytest

from aitp_gym.errors import ConcurrentUse
from aitp_gym.proof import Failure, Outcome

ANSWERS = {"split": 2, "unexpected": "parse", "nonsense": "rejected", "grow x": 1}
WORK = [*ANSWERS] * 3


def told(outcome: Outcome) -> str | int:
    return outcome.kind if isinstance(outcome, Failure) else len(outcome.goals)


@pytest.fixture
def session(enter):
    return enter("both")


def ask(session, tactic):
    [outcome] = session.apply(session.root, [tactic], 5.0)
    return told(outcome)


def test_after_an_interrupt_every_tactic_gets_its_own_answer(session, interrupted):
    assert [ask(session, tactic) for tactic in WORK] == [ANSWERS[tactic] for tactic in WORK]
    lost = psutil.Process(session._held.pid)
    with interrupted(0.1):
        session.apply(session.root, ["spin"], 30.0)
        pytest.fail("the tactic was to be interrupted")
    assert not psutil.wait_procs([lost], timeout=10)[1]
    assert [ask(session, tactic) for tactic in WORK] == [ANSWERS[tactic] for tactic in WORK]


def test_a_goal_from_before_an_interrupt_is_still_what_it_was(session, interrupted):
    [split] = session.apply(session.root, ["split"], 5.0)
    with interrupted(0.1):
        session.apply(split.goals[0], ["spin"], 30.0)
    [outcome] = session.apply(split.goals[0], ["grow x"], 5.0)
    assert [goal.parts[0].conclusion for goal in outcome.goals] == ["grown x"]


_shared = None


def ask_shared(tactic):
    return tactic, session_answer(_shared, tactic)


def session_answer(session, tactic):
    [outcome] = session.apply(session.root, [tactic], 5.0)
    return outcome


def test_forks_of_a_live_session_get_their_own_answers(session, monkeypatch):
    monkeypatch.setitem(globals(), "_shared", session)
    pid = session._held.pid
    with multiprocessing.get_context("fork").Pool(2) as pool:
        answers = pool.map(ask_shared, WORK, chunksize=1)
    assert [(tactic, told(outcome)) for tactic, outcome in answers] == [(t, ANSWERS[t]) for t in WORK]
    assert (session._held.pid, psutil.pid_exists(pid)) == (pid, True)
    # Goals that came from the forks are what they say.
    for tactic, outcome in answers:
        if tactic == "grow x":
            [again] = session.apply(outcome.goals[0], ["grow y"], 5.0)
            assert [goal.parts[0].conclusion for goal in again.goals] == ["grown y"]
    assert [ask(session, tactic) for tactic in WORK] == [ANSWERS[tactic] for tactic in WORK]


def test_a_second_thread_is_refused(session):
    refusals = []

    def use() -> None:
        try:
            ask(session, "split")
        except ConcurrentUse as error:
            refusals.append(str(error))

    worker = threading.Thread(target=use)
    with session._exclusive:
        worker.start()
        worker.join()
    assert refusals == ["This session with LeanDojo is in use by another thread: give each thread one of its own."]
    assert ask(session, "split") == 2


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, pickle.dumps])
def test_a_session_is_not_copied(session, duplicate):
    with pytest.raises(TypeError, match="copy the prover or the environment"):
        duplicate(session)
    assert ask(session, "split") == 2
