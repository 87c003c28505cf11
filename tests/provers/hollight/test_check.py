from __future__ import annotations

import pytest

from aitp_gym.proof import Proof, ProofStep, Theorem


def script(*tactics: str) -> Proof:
    """A proof in which each step leaves one goal, and the last none."""
    last = len(tactics) - 1
    return Proof(tuple(ProofStep(t, "", () if i == last else (i + 1,)) for i, t in enumerate(tactics)))


@pytest.fixture(scope="module")
def swap(hollight) -> Theorem:
    return hollight.parse("!p q. p /\\ q ==> q /\\ p")


GOOD = script("GEN_TAC", "GEN_TAC", "DISCH_TAC", "ASM_REWRITE_TAC [ ]")


def test_a_good_proof_is_accepted(hollight, swap):
    verdict = hollight.check(swap, GOOD, 10.0)
    assert verdict.accepted
    assert verdict.elapsed_s > 0


def test_a_proof_that_branches_is_replayed_depth_first(hollight):
    theorem = hollight.parse("(p ==> p) /\\ (!n. n + 0 = n)")
    steps = (
        ProofStep("CONJ_TAC", "", (1, 2)),
        ProofStep("DISCH_TAC", "", (3,)),
        ProofStep("REWRITE_TAC [THM ADD_CLAUSES]", "", ()),
        ProofStep("ACCEPT_TAC ASSUM 0", "", ()),
    )
    assert hollight.check(theorem, Proof(steps), 10.0).accepted


def test_a_shared_step_is_replayed_for_each_use(hollight):
    theorem = hollight.parse("(p \\/ ~p) /\\ (p \\/ ~p)")
    steps = (ProofStep("CONJ_TAC", "", (1, 1)), ProofStep("MESON_TAC [ ]", "", ()))
    assert hollight.check(theorem, Proof(steps), 10.0).accepted


@pytest.mark.parametrize(
    ("proof", "reason", "step"),
    [
        (script("GEN_TAC", "DISCH_TAC", "ASM_REWRITE_TAC [ ]"), "tactic 1 (DISCH_TAC) fails: rejected", 1),
        (script("GEN_TAC", "GEN_TAC", "DISCH_TAC"), "unsolved goals", None),
        (script(), "unsolved goals", None),
        (script("GEN_TAC", "MESON_TAC [ ]", "CONJ_TAC"), "after the last goal was closed", 2),
        (script("GEN_TAC", "NOPE_TAC"), "parse: NOPE_TAC is not a tactic", 1),
        (script("CHEAT_TAC"), "parse: CHEAT_TAC is not a tactic", 0),
        (script("GEN_TAC", "CONJ_TAC\0"), "NUL", 1),
    ],
)
def test_an_altered_proof_is_refused_with_the_reason_and_the_step(hollight, swap, proof, reason, step):
    verdict = hollight.check(swap, proof, 10.0)
    assert verdict.status == "refused"
    assert reason in verdict.reason
    assert verdict.step == step


def test_the_step_named_is_that_of_the_proof_not_of_its_script(hollight):
    theorem = hollight.parse("(p ==> p) /\\ (q ==> r)")
    steps = (
        ProofStep("CONJ_TAC", "", (2, 1)),
        ProofStep("DISCH_TAC", "", (4,)),
        ProofStep("DISCH_TAC", "", (3,)),
        ProofStep("ACCEPT_TAC ASSUM 0", "", ()),
        ProofStep("ACCEPT_TAC ASSUM 0", "", ()),
    )
    verdict = hollight.check(theorem, Proof(steps), 10.0)
    assert verdict.status == "refused"
    assert verdict.step == 4


def test_a_proof_of_another_statement_is_refused(hollight):
    assert hollight.check(hollight.parse("!p q. p /\\ q ==> p /\\ r"), GOOD, 10.0).status == "refused"


@pytest.mark.parametrize(
    "tactic",
    ["ACCEPT_TAC (ASSUME `F`)", "ACCEPT_TAC ASSUME `F`", "MP_TAC ASSUME `F`", "CONTR_TAC (ASSUME `F`)"],
)
def test_assuming_the_goal_proves_nothing(hollight, tactic):
    theorem = hollight.parse("F")
    verdict = hollight.check(theorem, script(tactic), 10.0)
    assert verdict.status == "refused"
    session = hollight.start(theorem)
    (outcome,) = session.apply(session.root, [tactic], 1.0)
    session.close()
    assert outcome.kind == "parse"


def test_a_proof_that_takes_too_long_is_refused_for_that(hollight):
    theorem = hollight.parse("(!x:A. R x (f x)) /\\ (!x y z. R x y /\\ R y z ==> R x z) ==> R a (g a)")
    # A busy machine may keep the check from its time; then nothing is said of the proof, and one asks again.
    verdicts = (hollight.check(theorem, script("MESON_TAC [ ]"), 0.3) for _ in range(20))
    verdict = next(verdict for verdict in verdicts if verdict.status != "unavailable")
    assert verdict.status == "refused"
    assert "time limit" in verdict.reason


def test_a_statement_that_cannot_be_read_is_refused(hollight):
    theorem = Theorem("bad", "(a (b))", "hollight")
    verdict = hollight.check(theorem, script("CONJ_TAC"), 10.0)
    assert verdict.status == "refused"
    assert "S-expression" in verdict.reason


def test_a_proof_too_long_to_write_out_is_refused(hollight, swap):
    doubling = tuple(ProofStep("CONJ_TAC", "", (i + 1, i + 1)) for i in range(40))
    verdict = hollight.check(swap, Proof((*doubling, ProofStep("CONJ_TAC", "", ()))), 10.0)
    assert verdict.status == "refused"
    assert "written out" in verdict.reason
