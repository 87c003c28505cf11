"""The replay grammar: for repeating logs, and out of reach of the environment."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aitp_gym.errors import BadInput, ProverLost
from aitp_gym.proof import Failure, Proof, ProofStep, Subgoals
from aitp_gym.provers.hollight.build import locate
from aitp_gym.provers.hollight.library import theorem_rows
from aitp_gym.provers.hollight.prover import HolLight
from aitp_gym.provers.hollight.replay import Replay
from aitp_gym.provers.hollight.server import Server
from aitp_gym.provers.hollight.session import HolLightSession
from aitp_gym.provers.hollight.setting import HolLightSetting

P, Q = "(v (bool) p)", "(v (bool) q)"
P_IMPLIES_P = f"(a (a (c (fun (bool) (fun (bool) (bool))) ==>) {P}) {P})"
FALSE = "(c (bool) F)"


@pytest.fixture(scope="module")
def replay(hollight):
    with Replay() as opened:
        yield opened


def test_fingerprints_are_those_of_the_library(replay):
    rows = [row for row in theorem_rows() if row.hypotheses == 0 and "?" not in row.statement]
    for row in rows[::25]:
        assert replay.fingerprint(row.statement) == row.fingerprint, row.name


def test_a_fingerprint_needs_no_known_constants_and_depends_on_all_of_the_text(replay):
    texts = ["(c (bool) no_such_constant)", "(c (no_such_type) no_such_constant)", "nonsense", "", "ζ" * 100]
    assert len({replay.fingerprint(text) for text in texts}) == len(texts)
    both = {replay.fingerprint(P, [P, Q]), replay.fingerprint(P, [Q, P]), replay.fingerprint(P), replay.fingerprint(Q)}
    assert len(both) == 4


@given(st.text(st.characters(min_codepoint=1, exclude_categories=["Cs"]), max_size=300))
def test_a_fingerprint_has_62_bits(replay, text):
    assert 0 <= replay.fingerprint(text) < 2**62


def test_a_step_may_assume_what_is_no_hypothesis(replay):
    outcome = replay.apply(Q, [P], f"ACCEPT_TAC ASSUME `{Q}`")
    assert isinstance(outcome, Subgoals)
    assert outcome.closed
    outcome = replay.apply(Q, [P], f"REWRITE_TAC [ ASSUM 0 ; ASSUME `{Q}` ]")
    assert isinstance(outcome, Subgoals)
    assert outcome.closed


@pytest.mark.parametrize(
    "argument", ["ASSUME", "ASSUME p", "ASSUME `p ==>`", "ASSUME `(c (bool) no_such)`", "ASSUME 0"]
)
def test_what_is_assumed_must_be_a_term(replay, argument):
    outcome = replay.apply(Q, [], f"ACCEPT_TAC {argument}")
    assert isinstance(outcome, Failure)
    assert outcome.kind == "parse"


def test_only_a_proposition_can_be_assumed(replay):
    outcome = replay.apply(Q, [], "ACCEPT_TAC ASSUME `(v (num) n)`")
    assert isinstance(outcome, Failure)
    assert outcome.kind == "rejected"


def test_a_proof_is_accepted_with_the_fingerprint_of_its_theorem(hollight, replay):
    verdict, fingerprint = replay.check(P_IMPLIES_P, ["DISCH_TAC", f"ACCEPT_TAC ASSUME `{P}`"])
    assert verdict.accepted
    assert fingerprint == replay.fingerprint(P_IMPLIES_P)
    assert f"statement-{fingerprint}" == hollight.parse("p ==> p").name


@pytest.mark.parametrize(
    ("conclusion", "tactics", "reason", "step"),
    [
        (FALSE, [f"ACCEPT_TAC ASSUME `{FALSE}`"], "extra hypotheses", None),
        (FALSE, [f"MP_TAC ASSUME `{FALSE}`", "DISCH_TAC", "ACCEPT_TAC ASSUM 0"], "extra hypotheses", None),
        (P_IMPLIES_P, ["DISCH_TAC", f"CONTR_TAC ASSUME `{FALSE}`"], "extra hypotheses", None),
        (P_IMPLIES_P, ["DISCH_TAC"], "unsolved goals", None),
        (P_IMPLIES_P, [], "unsolved goals", None),
        (P_IMPLIES_P, ["DISCH_TAC", "CONJ_TAC"], "tactic 1 (CONJ_TAC) fails", 1),
        (P_IMPLIES_P, ["CHEAT_TAC"], "not a tactic", 0),
        (P_IMPLIES_P, ["MESON_TAC [ ]", "CONJ_TAC"], "after the last goal was closed", 1),
        ("(v (num) n)", ["CONJ_TAC"], "not a proposition", None),
        (P_IMPLIES_P, ["DISCH_TAC\0"], "NUL", 0),
    ],
)
def test_a_replay_proves_nothing_that_does_not_hold(replay, conclusion, tactics, reason, step):
    verdict, fingerprint = replay.check(conclusion, tactics)
    assert verdict.status == "refused"
    assert reason in verdict.reason
    assert verdict.step == step
    assert fingerprint is None


def test_nothing_is_gated_by_position(replay):
    for row in [row for row in theorem_rows() if row.hypotheses == 0][::150]:
        verdict, fingerprint = replay.check(row.statement, [f"ACCEPT_TAC THM {row.fingerprint}"])
        assert verdict.accepted, row.name
        assert fingerprint == row.fingerprint
    first = theorem_rows()[0]
    assert replay.check(first.statement, ["REWRITE_TAC [ ]"])[0].accepted, "facts are as of the end of the load"


@pytest.mark.parametrize("context", ["strict", "holist"])
def test_the_environment_cannot_assume(hollight, context):
    prover = HolLight(context=context)
    theorem = prover.parse("F")
    session = prover.start(theorem)
    calls = ["ACCEPT_TAC ASSUME `F`", "MP_TAC ASSUME `F`", "MESON_TAC [ ASSUME `F` ]", "LABEL_TAC l ASSUME `F`"]
    outcomes = session.apply(session.root, calls, 1.0)
    session.close()
    assert [(type(outcome), outcome.kind) for outcome in outcomes] == [(Failure, "parse")] * len(calls)
    verdict = prover.check(theorem, Proof((ProofStep(calls[0], "", ()),)), 5.0)
    assert verdict.status == "refused"
    assert "expected THM, ASSUM or a rule, found ASSUME" in verdict.reason


def test_the_environment_cannot_ask_for_a_replay(hollight):
    with pytest.raises(BadInput, match="strict, holist"):
        HolLight(context="replay")
    theorem = hollight.parse("p ==> p")
    with pytest.raises(BadInput, match="strict, holist"):
        HolLightSession(Server.of(locate()), theorem, HolLightSetting(None, "replay", 512))


def test_a_replay_has_no_position(hollight):
    child = Server.of(locate()).open()
    reply = child.request(["CHECK", "100", "replay", "512", "1000000", "1000000", "0", P_IMPLIES_P, "MESON_TAC [ ]"])
    child.close()
    assert reply == ["error", "a replay has no position"]


def test_a_lost_child_is_replaced(replay):
    def kill() -> None:
        replay._worker.child._handle.kill()

    kill()
    outcome = replay.apply(P_IMPLIES_P, [], "DISCH_TAC")
    assert isinstance(outcome, Failure)
    assert outcome.kind == "crash"
    assert isinstance(replay.apply(P_IMPLIES_P, [], "DISCH_TAC"), Subgoals)
    kill()
    with pytest.raises(ProverLost):
        replay.fingerprint(P)
    assert replay.fingerprint(P) != replay.fingerprint(Q)


def test_a_step_that_takes_too_long_is_a_timeout(hollight, replay):
    looping = hollight.parse("(!x:A. R x (f x)) /\\ (!x y z. R x y /\\ R y z ==> R x z) ==> R a (g a)").statement
    outcome = replay.apply(looping, [], "MESON_TAC [ ]", timeout_s=0.2)
    assert isinstance(outcome, Failure)
    assert outcome.kind == "timeout"


def test_a_closed_replay_is_closed(hollight):
    with Replay() as opened:
        pass
    opened.close()
    with pytest.raises(BadInput, match="closed"):
        opened.fingerprint(P)
