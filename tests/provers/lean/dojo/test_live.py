"""LeanDojo on a project that it has really traced, with the Lean of elan.

Runs where `lake` is on PATH and AITP_LEANDOJO_REPOSITORY names the traced project as `PATH@COMMIT`, the path being that
of a Git repository with the files of ../live_project; .github/workflows/lean.yml shows how to get there.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest

from aitp_gym.errors import StatementError
from aitp_gym.proof import Proof, ProofStep, Subgoals

VARIABLE = "AITP_LEANDOJO_REPOSITORY"
FILE = "LiveProject.lean"


@pytest.fixture(scope="module")
def live() -> Iterator[object]:
    repository = os.environ.get(VARIABLE)
    if not repository:
        pytest.skip(f"No traced repository: {VARIABLE} is not set")
    if shutil.which("lake") is None:
        pytest.skip("No Lean: `lake` is not on PATH (install elan)")
    pytest.importorskip("lean_dojo", reason="LeanDojo is not installed: pip install 'aitp-gym[lean]'")
    from aitp_gym.provers.lean.dojo.prover import LeanDojo

    prover = LeanDojo(repository, memory_mb=8000)
    yield prover
    prover.close()


def proof(*steps: tuple[str, tuple[int, ...]]) -> Proof:
    return Proof(tuple(ProofStep(tactic, "", children) for tactic, children in steps))


def goals(session, goal, tactic):
    (outcome,) = session.apply(goal, [tactic], 10.0)
    assert isinstance(outcome, Subgoals), outcome
    return outcome.goals


def test_a_theorem_is_proved_goal_by_goal_and_checked(live):
    theorem = live.parse(f"{FILE}:Live.swap")
    session = live.start(theorem)
    left, right = goals(session, session.root, "constructor")
    assert [goal.text for goal in (left, right)] == ["p q : Prop\nh : p ∧ q\n⊢ q", "p q : Prop\nh : p ∧ q\n⊢ p"]
    assert goals(session, right, "exact h.1") == goals(session, left, "exact h.2") == ()
    session.close()
    found = proof(("constructor", (1, 2)), ("exact h.2", ()), ("exact h.1", ()))
    assert live.check(theorem, found, 120.0).accepted
    wrong = proof(("constructor", (1, 2)), ("exact h.2", ()), ("exact h.2", ()))
    assert live.check(theorem, wrong, 120.0).status == "refused"


@pytest.mark.parametrize("name", ["add_swap", "between", "by_cases_on", "first", "last"])
def test_every_kind_of_declaration_can_be_entered(live, name):
    session = live.start(live.parse(f"{FILE}:Live.{name}"))
    assert session.root.parts[0].conclusion
    session.close()


def test_goals_that_share_a_metavariable_are_one(live):
    session = live.start(live.parse(f"{FILE}:Live.between"))
    (joint,) = goals(session, session.root, "refine ⟨?n, ?_, ?_⟩")
    assert len(joint.parts) == 3
    (left, right) = goals(session, joint, "case n => exact 3")
    assert goals(session, left, "decide") == goals(session, right, "decide") == ()
    session.close()


@pytest.mark.parametrize(
    ("tactic", "kind"),
    [
        ("exact h", "rejected"),
        ("nonsense", "parse"),
        ("exact Live.last p q h", "rejected"),
        ("exact Live.swap p q h", "rejected"),
        ("skip", "no_progress"),
        ("repeat (first | exact h | skip)", "timeout"),
        ("sleep 100000", "timeout"),
    ],
)
def test_failures_have_their_kinds_and_cost_one_tactic(live, tactic, kind):
    session = live.start(live.parse(f"{FILE}:Live.swap"))
    first, second = session.apply(session.root, [tactic, "exact ⟨h.2, h.1⟩"], 2.0)
    assert first.kind == kind, first
    assert second.closed
    session.close()


def test_a_statement_of_ones_own_is_proved_in_the_project(live):
    theorem = live.parse("import LiveProject\n\ntheorem mine (a b : Nat) : a + b = b + a")
    session = live.start(theorem)
    assert goals(session, session.root, "omega") == ()
    session.close()
    assert live.check(theorem, proof(("omega", ())), 120.0).accepted
    with pytest.raises(StatementError, match=r"Nowhere\.near"):
        live.parse("theorem t : Nowhere.near = True")


def test_keys_tell_apart_what_looks_alike(live):
    session = live.start(live.parse("((0 : Nat) = 0) ∧ ((0 : Int) = 0)"))
    left, right = goals(session, session.root, "constructor")
    assert left.text == right.text
    assert None not in (left.key, right.key)
    assert left.key != right.key
    session.close()
