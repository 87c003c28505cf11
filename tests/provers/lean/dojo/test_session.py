"""The real `lean_dojo` client against a stand-in for Lean that speaks its REPL's protocol; see lake.py."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from aitp_gym.errors import BadInput, ProverUnavailable
from aitp_gym.proof import Failure, Goal, Subgoals
from aitp_gym.provers.lean.dojo import session as session_module
from aitp_gym.provers.lean.dojo import worker as worker_module


def only(session, goal, tactic, timeout_s=1.0):
    (outcome,) = session.apply(goal, [tactic], timeout_s)
    return outcome


def goals(session, goal, tactic) -> tuple[Goal, ...]:
    outcome = only(session, goal, tactic)
    assert isinstance(outcome, Subgoals), outcome
    return outcome.goals


def texts(found: tuple[Goal, ...]) -> list[str]:
    return [goal.text for goal in found]


@pytest.mark.parametrize(
    ("tactic", "kind", "words"),
    [
        ("nonsense", "rejected", "unknown: nonsense"),
        ("unexpected", "parse", "<stdin>:1:1: unexpected token"),
        ("(split", "parse", "not closed"),
        ("sorry", "forbidden", "`sorry`"),
        ("give_up", "rejected", "LeanDojo takes it as given up"),
        ("skip", "no_progress", "unchanged"),
        ("turnstiles", "rejected", "cannot read the state"),
        ("die 3", "crash", "EOF"),
        ("die 137", "out_of_memory", "EOF"),
        ("shot", "out_of_memory", ""),
        ("garble", "crash", "Invalid JSON: {not JSON"),
        ("eat 700", "out_of_memory", "the limit is 512"),
    ],
)
def test_every_answer_has_its_outcome_and_the_session_goes_on(enter, tactic, kind, words):
    session = enter("True")
    outcome = only(session, session.root, tactic, 5.0)
    assert (outcome.kind, words in outcome.message) == (kind, True), outcome
    assert texts(goals(session, session.root, "chat")) == ["⊢ True chat"]
    assert only(session, session.root, "trivial").closed


def test_a_tactic_that_takes_too_much_cpu_time_is_stopped_and_costs_no_other(enter):
    session = enter("both")
    left, right = goals(session, session.root, "split")
    stopped, after = session.apply(left, ["spin", "trivial"], 0.2)
    assert (stopped.kind, "CPU time" in stopped.message) == ("timeout", True)
    assert stopped.cpu_s >= 0.2
    assert after.closed
    assert only(session, right, "trivial").closed


def test_a_tactic_that_hangs_is_stopped_by_the_dojo_itself(enter):
    session = enter("True")
    outcomes = session.apply(session.root, ["hang", "trivial"], 0.2, wall_s=0.5)
    assert [type(outcome) for outcome in outcomes] == [Failure]
    assert (outcomes[0].kind, "the Dojo's time limit" in outcomes[0].message) == ("timeout", True)
    assert only(session, session.root, "trivial").closed


def test_subgoals_are_goals_of_their_own(enter):
    session = enter("deep")
    first, rest = goals(session, session.root, "split")
    assert texts((first, rest)) == ["⊢ True", "⊢ True ∧ True"]
    # With the other goals in sight it would bring another to the front.
    assert only(session, rest, "rotate_left").kind == "no_progress"
    second, third = goals(session, rest, "split")
    for goal in (first, second, third):
        assert only(session, goal, "trivial").closed
    assert session.pretty(third) == "case right\n⊢ True"


def test_goals_that_share_a_metavariable_are_one(enter):
    session = enter("mixed")
    _, right = goals(session, session.root, "split")
    (joint,) = goals(session, right, "exists")
    assert joint.text == "⊢ True ?w\n\n⊢ Nat"
    assert joint.key is None
    assert texts(goals(session, joint, "give 3")) == ["⊢ True 3"]


def test_goals_that_cannot_be_told_apart_are_one(enter, monkeypatch):
    session = enter("both")
    # A Lean that cannot admit a goal.
    monkeypatch.setattr(session_module, "selection", lambda *_: ["nonsense"])
    (both,) = goals(session, session.root, "split")
    assert both.text == "⊢ True\n\n⊢ True"
    assert both.key is None
    monkeypatch.undo()
    assert texts(goals(session, both, "trivial")) == ["⊢ True"]


def test_equal_goals_have_equal_keys_and_metavariables_none(enter):
    session = enter("both")
    left, right = goals(session, session.root, "split")
    assert left.key == right.key is not None
    assert left.key != session.root.key


def test_what_is_admitted_by_us_is_told_from_what_gives_up(enter):
    session = enter("both")
    left, _ = goals(session, session.root, "split")
    # The Dojo says the same of both: the check of the whole proof is what tells them apart.
    assert only(session, left, "trivial").closed
    assert only(session, left, "give_up").closed
    (grown,) = goals(session, session.root, "grow")
    assert only(session, grown, "give_up").kind == "rejected"


def test_after_a_crash_the_way_to_a_goal_is_walked_anew(enter):
    session = enter("deep")
    _, rest = goals(session, session.root, "split")
    second, _ = goals(session, rest, "split")
    assert only(session, second, "die 1").kind == "crash"
    outcome = only(session, second, "trivial")
    assert outcome.closed
    # Entering and walking are counted.
    assert outcome.cpu_s > 0


def test_a_way_that_leads_elsewhere_makes_the_goal_unreachable_and_no_other(enter):
    session = enter("both")
    (odd,) = goals(session, session.root, "once")
    assert only(session, session.root, "die 1").kind == "crash"
    first, second = session.apply(odd, ["trivial", "trivial"], 1.0)
    assert first.kind == second.kind == "crash"
    assert "does not lead there" in first.message
    assert len(goals(session, session.root, "split")) == 2


@pytest.mark.parametrize("signum", [signal.SIGKILL, signal.SIGSTOP])
def test_a_lost_process_costs_one_tactic(enter, monkeypatch, signum):
    monkeypatch.setattr(worker_module, "_GRACE_S", 0.3)
    session = enter("both")
    left, _ = goals(session, session.root, "split")
    os.kill(session._held.pid, signum)
    assert session.apply(left, ["trivial"], 0.1, wall_s=0.2)[0].kind == "crash"
    assert only(session, left, "trivial").closed


def test_lean_ends_with_the_process_that_holds_it(prover, enter):
    session = enter("both")
    worker = session._held
    (lean,) = worker.lean_pids
    session.close()
    assert not Path(f"/proc/{lean}").exists()
    assert enter("some")._held is worker
    host = worker.pid
    prover.close()
    worker.close()
    assert not Path(f"/proc/{host}").exists()


def test_a_dojo_with_many_states_is_replaced(enter, monkeypatch):
    session = enter("both")
    left, _ = goals(session, session.root, "split")
    opening = session._opening
    monkeypatch.setattr(session_module, "MAX_STATES", 3)
    for number in range(4):
        assert isinstance(only(session, left, f"grow {number}"), Subgoals)
    assert session._opening != opening
    assert session._held.states <= 5


@pytest.mark.parametrize("length", [4_090, 50_000])
def test_a_tactic_longer_than_a_line_of_a_terminal_arrives_whole(enter, length):
    session = enter("both")
    assert texts(goals(session, session.root, "size " + "x" * length)) == [f"⊢ {length}"]


def test_messages_and_symbols_survive(enter):
    session = enter("both")
    assert texts(goals(session, session.root, "grow ∀ 𝔸 “é”")) == ["⊢ grown ∀ 𝔸 “é”"]


def test_the_batch_ends_with_the_goal_closed(enter):
    session = enter("True")
    assert [type(o).__name__ for o in session.apply(session.root, ["nonsense", "trivial", "skip"], 1.0)] == [
        "Failure",
        "Subgoals",
    ]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("missing", "Failed to locate the theorem"),
        ("Nested.unreadable", "unknown identifier 'unreadable'"),
        ("strange", "JSONDecodeError"),
    ],
)
def test_a_theorem_that_cannot_be_entered_is_refused_with_the_reason(enter, traced, name, words):
    with pytest.raises(ProverUnavailable, match=words):
        enter(name)
    assert sorted(path.name for path in traced.glob("*.lean")) == ["Lean4Example.lean", "Lean4Repl.lean"]
    assert enter("both").root.text == "⊢ True ∧ True"


def test_a_theorem_that_takes_too_long_to_enter_is_refused(prover, enter, monkeypatch):
    monkeypatch.setattr(prover, "_open_timeout_s", 0.5)
    with pytest.raises(ProverUnavailable, match=r"(?i)timeout"):
        enter("slow")


def test_a_session_that_is_closed_or_of_another_prover_says_so(enter):
    session = enter("both")
    session.close()
    session.close()
    with pytest.raises(BadInput, match="closed"):
        session.apply(session.root, ["trivial"], 1.0)
    with pytest.raises(BadInput, match="as a session gave it"):
        enter("both").apply(Goal.single("True"), ["trivial"], 1.0)


def test_nobody_on_the_network_is_asked(prover, enter, monkeypatch):
    prover.close()
    monkeypatch.setenv("GITHUB_ACCESS_TOKEN", "a token of the user's")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    assert enter("both").root.text == "⊢ True ∧ True"


def test_a_tactic_reaches_neither_sources_nor_home_nor_network(enter, tmp_path):
    session = enter("both")
    outcome = only(session, session.root, f"reach {tmp_path}")
    assert outcome.message == "source trace home network"
