"""LeanDojo's client with a real Lean behind it: what our tactics and theirs do there, and the check of whole proofs."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from aitp_gym.errors import ProverUnavailable, StatementError
from aitp_gym.proof import Proof, ProofStep, Subgoals, Theorem
from aitp_gym.provers.lean.prover import Lean
from aitp_gym.provers.lean.statement import read_statement
from aitp_gym.provers.process import ProcessHandle

AND = "theorem swap (p q : Prop) (h : p ∧ q) : q ∧ p"
SOME = "theorem some : ∃ n : Nat, n = n ∧ True"


@pytest.fixture(scope="module")
def prover(traced, tmp_path_factory) -> Iterator[object]:
    """LeanDojo at the traced repository, whose Lean is the embedded one."""
    pytest.importorskip("lean_dojo", reason="LeanDojo is not installed: pip install 'aitp-gym[lean]'")
    from aitp_gym.provers.lean.dojo.prover import LeanDojo
    from aitp_gym.provers.lean.embedded.engine import toolchain

    from .conftest import REPOSITORY, stand_in

    try:
        engine = toolchain()
    except ProverUnavailable as error:
        pytest.skip(f"The embedded Lean cannot be used here: {error}")
    tools = stand_in(tmp_path_factory.mktemp("real") / "bin", "real_lake.py")
    (tools / "lean").symlink_to(engine.lean[0])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
        patch.setenv("STAND_IN_LEAN", engine.lean[0])
        for name, value in engine.env.items():
            if name.startswith("LEAN"):
                patch.setenv(name, value)
        prover = LeanDojo(REPOSITORY, memory_mb=2000)
        yield prover
        prover.close()


def theorem(statement):
    return Theorem("t", statement, "lean", payload=read_statement(statement))


@pytest.fixture(scope="module")
def session(prover) -> Iterator[object]:
    """At `AND`."""
    session = prover.start(theorem(AND))
    yield session
    session.close()


def goals(session, goal, tactic):
    (outcome,) = session.apply(goal, [tactic], 2.0)
    assert isinstance(outcome, Subgoals), outcome
    return outcome.goals


def test_subgoals_are_separate_in_a_real_lean(session):
    assert session.root.text == "p q : Prop\nh : p ∧ q\n⊢ q ∧ p"
    left, right = goals(session, session.root, "constructor")
    assert [goal.text for goal in (left, right)] == ["p q : Prop\nh : p ∧ q\n⊢ q", "p q : Prop\nh : p ∧ q\n⊢ p"]
    assert session.apply(left, ["rotate_left"], 2.0)[0].kind == "no_progress"
    assert session.apply(right, ["exact h.1"], 2.0)[0].closed
    assert session.apply(left, ["exact h.2"], 2.0)[0].closed


def test_goals_that_share_a_metavariable_are_proved_together(prover):
    session = prover.start(theorem(SOME))
    (joint,) = goals(session, session.root, "constructor")
    assert len(joint.parts) == 2
    assert joint.key is None
    (rest,) = goals(session, joint, "case w => exact 3")
    assert rest.text == "⊢ 3 = 3 ∧ True"
    left, right = goals(session, rest, "constructor")
    assert session.apply(left, ["rfl"], 2.0)[0].closed
    assert session.apply(right, ["trivial"], 2.0)[0].closed
    session.close()


@pytest.mark.parametrize(
    ("tactic", "kind"),
    [
        ("exact h", "rejected"),
        ("exact ⟨h.2, h.3⟩", "rejected"),
        ("nonsense", "parse"),
        ("exact (", "parse"),
        ("exact sorry", "forbidden"),
        ("skip", "no_progress"),
        ("repeat first | exact h | skip", "timeout"),
    ],
)
def test_failures_have_their_kinds(session, tactic, kind):
    first, second = session.apply(session.root, [tactic, "exact ⟨h.2, h.1⟩"], 0.5)
    assert first.kind == kind, first
    assert second.closed


def test_a_key_tells_what_the_print_leaves_out(prover):
    session = prover.start(theorem("theorem two (p q : Prop) (f : Prop → {_ : Prop} → Prop) : @f p p ∧ @f p q"))
    left, right = goals(session, session.root, "constructor")
    assert left.text == right.text
    assert left.key != right.key
    assert None not in (left.key, right.key)
    session.close()


def test_a_statement_that_lean_cannot_read_is_refused_in_its_words(prover):
    with pytest.raises(StatementError, match="logged an error"):
        prover.parse("theorem t : Nowhere.near = True")


def proof(*steps: tuple[str, tuple[int, ...]]) -> Proof:
    return Proof(tuple(ProofStep(tactic, "", children) for tactic, children in steps))


@pytest.mark.parametrize(
    ("steps", "status"),
    [
        ((("constructor", (1, 2)), ("exact h.2", ()), ("exact h.1", ())), "accepted"),
        ((("constructor", (1, 2)), ("exact h.2", ()), ("exact h.2", ())), "refused"),
        ((("constructor", (1, 2)), ("exact h.2", ()), ("sorry", ())), "refused"),
    ],
)
def test_a_proof_is_checked_by_the_repository_s_own_lean(prover, steps, status, monkeypatch):
    # As a project's Lean the embedded one would lack what it is started with: it is not in one folder, as elan's are.
    monkeypatch.setitem(vars(prover), "_checker", Lean("embedded"))
    verdict = prover.check(theorem(AND), proof(*steps), 60.0)
    assert verdict.status == status, verdict


def test_a_session_leaves_no_process_behind(prover):
    session = prover.start(theorem(AND))
    handles = [ProcessHandle(pid) for pid in session._held.lean_pids]
    assert handles
    session.close()
    assert all(handle.wait(5.0) for handle in handles)
