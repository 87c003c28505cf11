"""A real HOL4: what a theorem may use, what ends in time, what a check refuses, what a lost process costs."""

from __future__ import annotations

import os
import signal
import time

import gymnasium
import pytest

import aitp_gym  # noqa: F401  # registers the ids
from aitp_gym.errors import StatementError
from aitp_gym.proof import Failure, Proof, ProofStep, Subgoals
from aitp_gym.provers.hol4.library import theorem_rows
from aitp_gym.provers.hol4.prover import Hol4
from aitp_gym.provers.hol4.session import MAX_TACTIC_BYTES
from aitp_gym.theorems import canaries, load

LOOPING = "(!x. f x = f (x + 1n) + g (f (x + 1))) ==> f 0 = 3n"


@pytest.fixture(scope="module")
def core(hol4):
    return load("hol4-core")


def one(tactic: str) -> Proof:
    return Proof((ProofStep(tactic, "", ()),))


def apply(prover, theorem, *tactics: str, timeout_s: float = 1.0):
    session = prover.start(theorem)
    try:
        return [session.apply(session.root, [tactic], timeout_s)[0] for tactic in tactics]
    finally:
        session.close()


def test_the_library_is_in_an_order_of_proof(hol4):
    rows = theorem_rows()
    place = {row.name: row.position for row in rows}
    assert [row.position for row in rows] == list(range(len(rows)))
    assert len(place) == len(rows) > 4000
    backwards = [(row.name, name) for row in rows for name in row.dependencies if place[name] >= row.position]
    assert backwards == []


def test_every_statement_opens_as_it_was_written(hol4, core):
    for theorem in core.theorems[::200]:
        session = hol4.start(theorem)
        assert session.root.parts[0].conclusion == theorem.statement
        session.close()


def test_a_theorem_sees_what_comes_before_it(hol4, core):
    theorem = core["list.MAP_ID"]
    names = [premise.name for premise in hol4.premises(theorem)]
    assert "list.MAP" in names
    assert "arithmetic.ADD_COMM" in names
    assert theorem.name not in names
    for name in (names[0], names[-1]):
        (outcome,) = apply(hol4, theorem, f"mp_tac {name}")
        assert isinstance(outcome, Subgoals), (name, outcome)
    own, later = apply(hol4, theorem, f"metis_tac [{theorem.name}]", "simp [list.MAP_EQ_f, rich_list.MAP_REVERSE]")
    assert (own.kind, later.kind) == ("forbidden", "forbidden")


def test_the_simplifier_knows_rules_from_before_and_none_from_later(hol4, core):
    rule = core["list.LENGTH_NIL"]
    after = core["list.LENGTH_NIL_SYM"]
    assert after.position > rule.position
    strict = apply(hol4, rule, "simp []")[0]
    ungated = Hol4(context="ungated")
    full = apply(ungated, rule, "simp []")[0]
    ungated.close()
    assert isinstance(strict, Failure)
    assert isinstance(full, Subgoals)
    assert full.closed
    verdict = hol4.check(rule, one("simp []"), 10.0)
    assert verdict.status == "refused"


def test_a_proof_from_the_theorem_itself_is_refused_even_where_the_simplifier_has_it(hol4, core):
    rule = core["list.LENGTH_NIL"]
    ungated = Hol4(context="ungated")
    verdict = ungated.check(rule, one("simp []"), 10.0)
    ungated.close()
    assert verdict.status == "refused"
    assert "does not come before the theorem" in verdict.reason
    assert "list.LENGTH_NIL" in verdict.reason


@pytest.mark.parametrize(
    "tactic",
    [
        "cheat",
        "ACCEPT_TAC (mk_thm ([], ``F``))",
        "simp [] >> cheat",
        "qexists_tac ‘0 ^(mk_thm ([], concl TRUTH))’",
        "qexists_tac `0` ; OS.Process.exit OS.Process.success",
        "Induct_on ‘(* unclosed’",
        "metis_tac [bool.NO_SUCH_THEOREM]",
        "simp [scratch.x]",
        "simp [-.x]",
        "rpt rpt strip_tac",
        "first_x_assum cheat",
        "qexists_tac ‘\0’",
        "‘T’ by cheat",
    ],
)
def test_attempts_to_cheat_are_no_tactics(hol4, tactic):
    (outcome,) = apply(hol4, hol4.parse("?n. n = 0n /\\ F"), tactic)
    assert isinstance(outcome, Failure)
    assert outcome.kind in ("parse", "rejected")


def test_huge_broken_and_deep_input_is_refused_in_time(hol4):
    theorem = hol4.parse("?n:num. n = n")
    started = time.monotonic()
    outcomes = apply(
        hol4,
        theorem,
        "x" * 1_000_000,
        f"qexists_tac ‘{'(' * 10_000}’",
        f"qexists_tac ‘{'a ' * 5_000}’",
        "qexists_tac ‘\udcff\udcfe’",
        "simp [" + "bool.TRUTH, " * 30_000 + "bool.TRUTH]",
    )
    assert time.monotonic() - started < 20.0
    assert {getattr(outcome, "kind", "") for outcome in outcomes} <= {"parse", "rejected", "timeout"}
    for statement in ("p /\\ " * 200_000 + "p", "(" * 5000, "1n", "\udcff"):
        with pytest.raises(StatementError):
            hol4.parse(statement)
    assert MAX_TACTIC_BYTES == 256 * 1024


@pytest.mark.parametrize("timeout_s", [0.05, 0.3])
def test_a_looping_tactic_ends_at_its_limit(hol4, timeout_s):
    session = hol4.start(hol4.parse(LOOPING))
    (opened,) = session.apply(session.root, ["strip_tac"], 1.0)
    for tactic in ("fs []", "simp []", "rw []", "asm_rewrite_tac []"):
        started = time.monotonic()
        (outcome,) = session.apply(opened.goals[0], [tactic], timeout_s)
        assert outcome.kind == "timeout"
        assert time.monotonic() - started < timeout_s + 1.5
    assert isinstance(session.apply(session.root, ["strip_tac"], 1.0)[0], Subgoals)
    session.close()


def test_a_killed_worker_costs_one_tactic_and_is_replaced_within_the_attempt(hol4):
    session = hol4.start(hol4.parse("!l:num list. LENGTH (REVERSE l) = LENGTH l"))
    (opened,) = session.apply(session.root, ["Induct"], 1.0)
    os.kill(session._held.pid, signal.SIGKILL)
    started = time.monotonic()
    outcomes = session.apply(opened.goals[1], ["gen_tac", "strip_tac"], 1.0)
    assert time.monotonic() - started < 5.0
    assert outcomes[0].kind == "crash"
    assert isinstance(outcomes[1], Subgoals)
    session.close()


def test_a_stopped_worker_is_given_up_at_the_deadline(hol4):
    session = hol4.start(hol4.parse("p ==> p"))
    pid = session._held.pid
    os.kill(pid, signal.SIGSTOP)
    os.waitid(os.P_PID, pid, os.WSTOPPED | os.WNOWAIT)
    (outcome,) = session.apply(session.root, ["strip_tac"], 0.05)
    assert outcome.kind == "timeout"
    assert isinstance(session.apply(session.root, ["strip_tac"], 1.0)[0], Subgoals)
    session.close()


def test_no_canary_falls_to_what_users_reach_for(hol4):
    tactics = ["simp []", "rw []", "gvs []", "metis_tac []", "decide_tac", "Induct", "prove_tac []"]
    for canary in canaries(hol4):
        for outcome, tactic in zip(apply(hol4, canary, *tactics, timeout_s=0.3), tactics, strict=True):
            closed = isinstance(outcome, Subgoals) and outcome.closed
            assert not closed or not hol4.check(canary, one(tactic), 10.0).accepted, (canary.name, tactic)


def test_an_episode_through_gymnasium(hol4):
    env = gymnasium.make("aitp/HOL4-v0").unwrapped
    try:
        env.reset(seed=0, options={"theorem": "!l m. LENGTH (l ++ m) = LENGTH m + LENGTH l"})
        _, reward, terminated, _, info = env.step({"goal": 0, "tactic": "simp []"})
        assert (reward, terminated, info["verdict"].status) == (1.0, True, "accepted")
    finally:
        env.close()
