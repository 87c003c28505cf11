"""The gRPC backend, against a server that speaks the original's protocol in front of our HOL Light."""

from __future__ import annotations

import copy
import importlib.util
import os
import pickle
import time
from pathlib import Path

import gymnasium
import pytest

import aitp_gym  # noqa: F401  # registers the ids
from aitp_gym.agents import SearchAgent
from aitp_gym.agents.policies.fixed_order import FixedOrderPolicy
from aitp_gym.errors import BadInput, ProverLost, ProverUnavailable, StatementError
from aitp_gym.proof import Failure, Proof, ProofStep, Subgoals
from aitp_gym.provers.hollight.holist.original import OriginalHolist, original_theorems
from aitp_gym.search import BestFirst

_spec = importlib.util.spec_from_file_location("original_server", Path(__file__).with_name("original_server.py"))
original_server = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(original_server)


@pytest.fixture
def served(hollight):
    servicer = original_server.Servicer()
    server, port = original_server.serve(servicer)
    yield servicer, server, port
    server.stop(None)
    servicer.close()


@pytest.fixture
def prover(served, database):
    prover = OriginalHolist(f"localhost:{served[2]}", database)
    yield prover
    prover.close()


def theorem(database, place: int):
    named = {t.position: t for corpus in ("core", "complex") for t in original_theorems(database, corpus)}
    return named[place]


def one_step(tactic: str) -> Proof:
    return Proof((ProofStep(tactic, "", ()),))


def test_a_proof_is_found_and_verified_over_the_wire(prover, served, database):
    last = theorem(database, len(database.entries) - 1)
    session = prover.start(last)
    (opened,) = session.apply(session.root, ["GEN_TAC"], 5.0)
    assert isinstance(opened, Subgoals)
    (opened,) = session.apply(opened.goals[0], ["GEN_TAC"], 5.0)
    assert session.apply(opened.goals[0], ["ARITH_TAC"], 5.0)[0].closed
    session.close()
    proof = Proof((ProofStep("GEN_TAC", "", (1,)), ProofStep("GEN_TAC", "", (2,)), ProofStep("ARITH_TAC", "", ())))
    assert prover.check(last, proof, 30.0).accepted
    assert prover.versions["hollight_context"] == "holist-grpc"


def test_everything_before_the_theorem_is_registered_once_in_order(prover, served, database):
    prover.start(theorem(database, 5)).close()
    prover.start(theorem(database, 2)).close()
    prover.start(theorem(database, 6)).close()
    assert served[0].registered == [entry.fingerprint for entry in database.entries[:6]]


def test_tactics_go_out_in_the_originals_spelling(prover, served, database):
    session = prover.start(theorem(database, 4))
    first = database.entries[0].fingerprint
    session.apply(session.root, [f"REWRITE_TAC [THM {first};THM {first}]", "MESON_TAC []"], 5.0)
    assert served[0].tactics == [f"REWRITE_TAC [ THM {first} ; THM {first} ]", "MESON_TAC [ ]"]


def test_a_premise_of_later_or_of_nowhere_never_reaches_the_server(prover, served, database):
    session = prover.start(theorem(database, 4))
    own, later = database.entries[4].fingerprint, database.entries[5].fingerprint
    outcomes = session.apply(session.root, [f"MATCH_ACCEPT_TAC THM {f}" for f in (own, later, 12345)], 5.0)
    assert [outcome.kind for outcome in outcomes] == ["forbidden"] * 3
    assert served[0].tactics == []


def test_nonsense_is_refused_here(prover, served, database):
    session = prover.start(theorem(database, 4))
    outcomes = session.apply(session.root, ["CHEAT_TAC", "REWRITE_TAC [", "MP_TAC ASSUME `(c (bool) F)`"], 5.0)
    assert [outcome.kind for outcome in outcomes] == ["parse"] * 3
    assert served[0].tactics == []


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Exception: Sys.Break", "timeout"),
        ("Timeout", "timeout"),
        ("Parse error: expected a tactic", "parse"),
        ("Failure: REFL_TAC", "rejected"),
        ("Communication ApplyTactic failed.", "crash"),
    ],
)
def test_the_servers_words_become_kinds(prover, served, database, words, kind):
    session = prover.start(theorem(database, 4))
    served[0].error = words
    (outcome,) = session.apply(session.root, ["GEN_TAC"], 5.0)
    assert (outcome.kind, outcome.message) == (kind, words)


def test_an_unchanged_goal_is_no_progress(prover, database):
    session = prover.start(theorem(database, 4))
    (outcome,) = session.apply(session.root, ["RAW_POP_ALL_TAC"], 5.0)
    assert isinstance(outcome, Failure)
    assert outcome.kind == "no_progress"


def test_a_server_that_hangs_costs_its_tactic_a_limit_and_no_more(prover, served, database, monkeypatch):
    from aitp_gym.provers.hollight.holist import original_session

    monkeypatch.setattr(original_session, "_GRACE_S", 0.3)
    session = prover.start(theorem(database, 4))
    served[0].hang.set()
    started = time.monotonic()
    (outcome,) = session.apply(session.root, ["GEN_TAC"], 0.2)
    assert outcome.kind == "timeout"
    assert time.monotonic() - started < 5.0
    served[0].hang.clear()
    served[0].release.set()
    assert isinstance(session.apply(session.root, ["GEN_TAC"], 5.0)[0], Subgoals)


def test_a_server_that_comes_back_is_told_the_premises_again(prover, served, database):
    servicer, server, port = served
    session = prover.start(theorem(database, 6))
    before = list(servicer.registered)
    server.stop(None).wait()
    again, bound = original_server.serve(servicer, port)
    try:
        assert bound == port
        outcomes = [session.apply(session.root, ["GEN_TAC"], 5.0)[0] for _ in range(2)]
        assert isinstance(outcomes[-1], Subgoals)
        assert all(isinstance(o, Subgoals) or o.kind == "crash" for o in outcomes)
        crashed = any(isinstance(outcome, Failure) for outcome in outcomes)
        assert servicer.registered == before * (2 if crashed else 1)
    finally:
        again.stop(None)


def test_a_server_that_stays_away_ends_the_attempt(prover, served, database):
    session = prover.start(theorem(database, 6))
    served[1].stop(None).wait()
    with pytest.raises(ProverLost, match="does not come back"):
        session.apply(session.root, ["GEN_TAC"], 5.0)


def test_another_fingerprint_for_a_premise_is_an_error(prover, served, database):
    served[0].wrong_fingerprint = True
    with pytest.raises(ProverUnavailable, match="fingerprint"):
        prover.start(theorem(database, 4))


def test_an_unsound_proof_is_refused_whoever_says_so(prover, served, database):
    provable = theorem(database, 4)
    assert prover.check(provable, one_step("ARITH_TAC"), 30.0).accepted
    served[0].say_sound = False
    assert "as told" in prover.check(provable, one_step("ARITH_TAC"), 30.0).reason
    served[0].say_sound = True
    verdict = prover.check(provable, one_step("GEN_TAC"), 30.0)
    assert verdict.status == "refused"
    assert "HOL Light refuses" in verdict.reason


def test_nothing_at_the_address_is_said_at_once(database, monkeypatch):
    from aitp_gym.provers.hollight.holist import original_server as connection

    monkeypatch.setattr(connection.OriginalServer.reachable, "__defaults__", (0.3,))
    with pytest.raises(ProverUnavailable, match="No HOList server answers at localhost:1"):
        OriginalHolist("localhost:1", database)


def test_statements_are_s_expressions(prover):
    assert prover.parse("(c (bool) T)").statement == "(c (bool) T)"
    with pytest.raises(StatementError, match="S-expressions"):
        prover.parse("p ==> p")


def test_an_attempt_through_gymnasium(served, database_file, cache, monkeypatch):
    monkeypatch.setenv("AITP_HOLIST_DATABASE", str(database_file))
    settings = {"backend": "grpc", "address": f"localhost:{served[2]}", "theorem_set": "holist-db-core"}
    env = gymnasium.make("aitp/HOList-v0", split="valid", max_tactics=64, **settings).unwrapped
    try:
        env.reset(seed=0, options={"theorem": env.theorems.split("valid")[-1]})
        attempt = SearchAgent(FixedOrderPolicy("hollight-full"), BestFirst()).prove(env)
        assert attempt.proved
        assert attempt.versions["prover.hollight_context"] == "holist-grpc"
        assert attempt.theorem.theorem_set == "holist-original-core"
    finally:
        env.close()
    with pytest.raises(BadInput, match="holist-db-core, holist-db-complex, holist-db-flyspeck"):
        gymnasium.make("aitp/HOList-v0", **{**settings, "theorem_set": "holist-core"})


def test_an_interrupted_call_costs_the_connection_and_no_answer(prover, served, database, interrupted):
    servicer = served[0]
    session = prover.start(theorem(database, 4))
    before = list(servicer.registered)
    servicer.hang.set()
    with interrupted(0.1):
        session.apply(session.root, ["CONJ_TAC"], 30.0)
        pytest.fail("the call was to be interrupted")
    servicer.hang.clear()
    servicer.release.set()
    outcomes = [session.apply(session.root, [tactic], 5.0)[0] for tactic in ("FOO", "GEN_TAC", "FOO")]
    assert [getattr(outcome, "kind", "subgoals") for outcome in outcomes] == ["parse", "subgoals", "parse"]
    # What answers now may know nothing: it has been told everything again.
    assert servicer.registered == before * 2


def test_a_fork_is_refused_in_one_sentence(prover, database):
    session = prover.start(theorem(database, 4))
    child = os.fork()
    if child == 0:
        refused = 0
        for use in (
            lambda: session.apply(session.root, ["GEN_TAC"], 5.0),
            lambda: prover.check(theorem(database, 4), one_step("GEN_TAC"), 5.0),
        ):
            try:
                use()
            except ProverLost as error:
                refused += "does not survive a fork" in str(error)
        prover.close()
        os._exit(0 if refused == 2 else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert isinstance(session.apply(session.root, ["GEN_TAC"], 5.0)[0], Subgoals)


def test_a_prover_is_copied_without_its_connection_and_a_session_is_not_copied(prover, database):
    session = prover.start(theorem(database, 4))
    for duplicate in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match="copy the prover or the environment"):
            duplicate(session)
    twin = pickle.loads(pickle.dumps(prover))
    other = twin.start(theorem(database, 4))
    for opened in (other, session):
        assert isinstance(opened.apply(opened.root, ["GEN_TAC"], 5.0)[0], Subgoals)
    twin.close()
