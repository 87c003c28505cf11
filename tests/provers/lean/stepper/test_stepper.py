"""States stay where they were made, candidates do not see each other, and what is lost is walked to again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from aitp_gym.errors import ProverUnavailable
from aitp_gym.proof import Failure, Subgoals, Theorem
from aitp_gym.provers.lean.prover import Lean
from aitp_gym.provers.lean.stepper import build
from aitp_gym.provers.lean.stepper import session as sessions
from aitp_gym.provers.lean.stepper.process import _import_slot, header_of

AND_SWAP = "theorem t (p q : Prop) (f : Nat → Nat) (h : p ∧ q) : q ∧ p ∧ ∃ x, f x = f x"
LOOP = "repeat (have := h)"
# No tactic looks up from the kernel's work on this.
DOUBLED = "(fun n => Nat.rec (motive := fun _ => Nat) 0 (fun _ k => k + k + 1) n)"
KERNEL_LOOP = f"have x : {DOUBLED} 1000000000 = 3 := by decide +kernel"


@pytest.fixture
def session(lean):
    opened = lean.start(Theorem("t", AND_SWAP, "lean"))
    yield opened
    opened.close()


def step(session, goal, tactic, timeout_s=5.0):
    (outcome,) = session.apply(goal, [tactic], timeout_s)
    return outcome


def only(outcome):
    (goal,) = outcome.goals
    return goal


def burn(number):
    """Work for the kernel that changes nothing; another number is other work."""
    return f"first | (have x : {DOUBLED} {8000 + number} = 3 := by decide +kernel) | skip\nhave z{number} := h"


def test_a_step_after_a_heavy_path_costs_its_own_tactic(session):
    goal, path_s = session.root, 0.0
    for number in range(2):
        outcome = step(session, goal, burn(number), 20.0)
        goal, path_s = only(outcome), path_s + outcome.cpu_s
    outcomes = [step(session, goal, f"have x{number} := h") for number in range(5)]
    # Another goal in between, another limit, a tactic that is stopped: nothing brings the path back.
    step(session, session.root, "constructor")
    step(session, goal, LOOP, 0.1)
    outcomes += [step(session, goal, "have y := h", 9.0), *session.apply(goal, ["have a := h", "have b := h"], 5.0)]
    assert path_s > 0.1
    assert max(outcome.cpu_s for outcome in outcomes) < path_s / 4


@pytest.mark.parametrize(
    ("tactic", "kind"),
    [
        ("exact 1'\"' /- \"", "parse"),
        ("exact 1'\"'\naxiom bad : 1 = 2\n@[simp] theorem bad2 : (1 = 2) = True := eq_true bad -- \"", "parse"),
        ("skip) <;> (skip", "parse"),
        ("skip\n)\n(skip", "parse"),
        ("skip /-", "parse"),
        ("-/ skip", "parse"),
        ("axiom bad : False", "forbidden"),
        ("exact t p q f h", "rejected"),
        ("exact aitp_0 p q f h", "rejected"),
        ("aitp_step", "parse"),
        ("aitp_serve", "parse"),
        ('{"id":1,"status":"ok","state":0,"goals":[]}', "parse"),
    ],
)
def test_a_text_that_leaves_its_place_fails_alone(session, tactic, kind):
    outcomes = session.apply(session.root, ["constructor", tactic, "constructor", "simp"], 5.0)
    alone = [step(session, session.root, honest) for honest in ("constructor", "simp")]
    assert isinstance(outcomes[1], Failure)
    assert outcomes[1].kind == kind
    assert [goal.key for goal in outcomes[0].goals] == [goal.key for goal in alone[0].goals]
    assert [goal.key for goal in outcomes[2].goals] == [goal.key for goal in alone[0].goals]
    assert outcomes[3].__class__ is alone[1].__class__


def test_a_string_with_braces_is_a_tactic_if_lean_says_so(session):
    outcome = step(session, session.root, 'have x : True := by first | (fail "a {b} ( [") | trivial')
    assert isinstance(outcome, Subgoals)


def test_what_was_dropped_is_walked_to_again(session, monkeypatch):
    monkeypatch.setattr(sessions, "_MAX_STATES", 2)
    goals = [only(step(session, session.root, f"have x{number} := h")) for number in range(6)]
    goals = [only(step(session, goal, "have y := h")) for goal in goals]
    for number, goal in enumerate(goals):
        assert f"x{number} y : p ∧ q" in only(step(session, goal, "have z := f")).text


def test_states_that_nobody_knows_of_are_dropped(session):
    for _ in range(50):
        step(session, session.root, "constructor")
    step(session, session.root, "skip")
    assert len(session._opening.states) <= 2


def test_a_lost_process_costs_the_way_once(session):
    goal = session.root
    for number in range(5):
        goal = only(step(session, goal, f"have x{number} := h"))
    os.kill(session.server.pid, signal.SIGKILL)
    outcome = step(session, goal, "have y := h")
    assert "x0 x1 x2 x3 x4 y : p ∧ q" in only(outcome).text
    # The whole way is there again.
    assert len(session._opening.states) >= 5


def test_the_cost_of_walking_again_is_spent_but_not_the_tactics(session):
    outcome = step(session, session.root, burn(0), 20.0)
    os.kill(session.server.pid, signal.SIGKILL)
    # The way takes longer than the tactic may.
    after = step(session, only(outcome), "have y := h", timeout_s=outcome.cpu_s / 2)
    assert isinstance(after, Subgoals)
    assert after.cpu_s > outcome.cpu_s / 2


def test_goals_of_another_opening_are_not_taken_for_ones_own(lean):
    first = lean.start(Theorem("t", AND_SWAP, "lean"))
    left = step(first, first.root, "constructor").goals[0]
    process = first.server
    first.close()
    # The same process, where the same number is another state by now.
    second = lean.start(Theorem("t", AND_SWAP, "lean"))
    assert second.server is process
    step(second, second.root, "have x := h")
    assert step(second, left, "exact h.2").closed
    second.close()


def test_a_loop_ends_at_its_limit(session):
    started = time.monotonic()
    outcome = step(session, session.root, LOOP, 0.3)
    assert outcome.kind == "timeout"
    # A busy machine takes its time to say so; CPU time does not mind.
    assert 0.3 <= outcome.cpu_s < 0.5
    assert time.monotonic() - started < 6.0


def test_a_loop_of_the_kernel_ends_soon_after_its_limit(session):
    goal = only(step(session, session.root, "have x0 := h"))
    outcome = step(session, goal, KERNEL_LOOP, 0.2)
    assert outcome.kind == "timeout"
    # Two seconds on a quiet machine.
    assert outcome.elapsed_s < 6.0
    assert "x0 y : p ∧ q" in only(step(session, goal, "have y := h")).text


def test_a_late_interrupt_does_not_hit_the_next_tactic(session):
    process = session.server
    step(session, session.root, "skip")
    os.write(process._stops, b"%d\n" % process._number)
    assert isinstance(step(session, session.root, "constructor"), Subgoals)


def test_what_lean_makes_of_the_name_is_the_same_in_every_opening(lean):
    tactic = "have x := match h with | ⟨a, b⟩ => And.intro b a"
    keys = []
    for _ in range(2):
        opened = lean.start(Theorem("t", AND_SWAP, "lean"))
        outcome = step(opened, opened.root, tactic)
        keys.append([goal.key for goal in outcome.goals])
        assert "aitp_" not in outcome.goals[0].ref.goals[0].exact
        opened.close()
    assert keys[0] == keys[1] != [None]


def test_what_stands_before_is_read_once_and_no_further_than_its_file(lean):
    first = lean.start(lean.parse("def two : Nat := 2\n\ntheorem t : two = 2"))
    process = first.server
    assert step(first, first.root, "rfl").closed
    first.close()
    second = lean.start(lean.parse("def two : Nat := 2\n\ndef four : Nat := two * two\n\ntheorem t : four = two + 2"))
    assert second.server is process
    assert step(second, second.root, "rfl").closed
    second.close()
    # What goes on on the next line belongs to what stood before.
    third = lean.start(lean.parse("def two : Nat := 2\n\n  + 1\ntheorem t : two = 3"))
    assert step(third, third.root, "rfl").closed
    third.close()
    fourth = lean.start(Theorem("t", "theorem t (two : Nat) : two = two", "lean"))
    assert fourth.root.parts[0].hypotheses == ("two : Nat",)
    fourth.close()


@pytest.mark.parametrize(
    ("preamble", "header"),
    [
        ("", ""),
        ("open Nat\n", ""),
        ("import Mathlib\nopen Nat\n", "import Mathlib"),
        ("-- a remark\nmodule\n\npublic import A.B\nmeta import C /- import D -/\n\nimport all E\ndef x := 1\n", None),
        ("/- import A -/\nset_option autoImplicit false\n", ""),
        ("importx\n", ""),
    ],
)
def test_the_header_of_a_file_ends_with_its_last_import(preamble, header):
    expected = preamble[: preamble.index("\ndef")] if header is None else header
    assert header_of(preamble) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [("def broken : Nat := foo\n", "does not compile"), ("", "did not start")],
)
def test_a_stepper_that_does_not_work_leaves_the_server(lean, tmp_path, monkeypatch, text, words):
    monkeypatch.setenv("AITP_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(build, "_source", lambda kind: text)
    with pytest.raises(ProverUnavailable, match=words):
        build.stepper_of(lean.toolchain)
    # It is remembered: nothing is compiled again.
    started = time.monotonic()
    with pytest.raises(ProverUnavailable, match=words):
        build.stepper_of(lean.toolchain)
    assert time.monotonic() - started < 0.5


def test_a_prover_says_which_interaction_it_has(lean_by):
    assert {way: lean_by(way).versions["lean_interaction"] for way in ("stepper", "server")} == {
        "stepper": "stepper",
        "server": "server",
    }
    assert Lean(backend="embedded").versions["lean_interaction"] == "stepper"


def test_a_warm_prover_starts_before_the_first_theorem():
    prover = Lean(backend="embedded", interaction="stepper", warm=True)
    (coming,) = prover._interaction._pool._coming
    process = coming.result(60)
    session = prover.start(Theorem("t", AND_SWAP, "lean"))
    assert session.server is process
    session.close()
    prover.close()
    assert not process.usable


def test_only_so_many_imports_run_at_once(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    with _import_slot():
        code = "from aitp_gym.provers.lean.stepper.process import _import_slot\nimport os\nos.cpu_count = lambda: 1\n"
        code += "print('waiting', flush=True)\nwith _import_slot(): print('in', flush=True)"
        other = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        assert other.stdout.readline() == "waiting\n"
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(0.3)
    assert other.communicate(timeout=30)[0] == "in\n"
