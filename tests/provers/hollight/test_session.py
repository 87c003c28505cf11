from __future__ import annotations

import pickle

import pytest

from aitp_gym.errors import BadInput, StatementError
from aitp_gym.proof import Failure, Goal, Sequent, Subgoals, Theorem
from aitp_gym.provers.base import Prover, ProverSession
from aitp_gym.provers.hollight.prover import HolLight

LOOP = "MESON_TAC [ ]"
LOOPING = "(!x:A. R x (f x)) /\\ (!x y z. R x y /\\ R y z ==> R x z) ==> R a (g a)"


@pytest.fixture
def start(hollight):
    """Opens sessions on statements, and closes them in the end."""
    sessions = []

    def open_session(statement: str):
        sessions.append(hollight.start(hollight.parse(statement)))
        return sessions[-1]

    yield open_session
    for session in sessions:
        session.close()


def test_the_protocols_are_kept(hollight, start):
    assert isinstance(hollight, Prover)
    assert isinstance(start("p ==> p"), ProverSession)
    assert hollight.versions.keys() >= {"hollight", "hollight_server", "hollight_context"}
    assert pickle.loads(pickle.dumps(hollight)).versions == hollight.versions


def test_tactics_of_a_batch_are_independent_and_answered_in_order(start):
    session = start("!p q. p /\\ q ==> q /\\ p")
    outcomes = session.apply(session.root, ["GEN_TAC", "CONJ_TAC", "NOPE", "GEN_TAC"], 1.0)
    assert [getattr(outcome, "kind", "subgoals") for outcome in outcomes] == [
        "subgoals",
        "rejected",
        "parse",
        "subgoals",
    ]
    assert outcomes[0].goals == outcomes[3].goals
    assert all(outcome.elapsed_s >= 0 and outcome.cpu_s >= 0 for outcome in outcomes)
    assert sum(outcome.cpu_s for outcome in outcomes) > 0


def test_a_batch_ends_with_the_tactic_that_closes_the_goal(start):
    session = start("p ==> p")
    outcomes = session.apply(session.root, ["DISCH_TAC", "MESON_TAC [ ]", "DISCH_TAC"], 1.0)
    assert len(outcomes) == 2
    assert outcomes[1].closed


def test_no_tactics_give_no_outcomes(start):
    session = start("p ==> p")
    assert session.apply(session.root, [], 1.0) == []


def test_a_looping_tactic_ends_at_its_cpu_limit(start):
    session = start(LOOPING)
    (outcome,) = session.apply(session.root, [LOOP], 0.2)
    assert isinstance(outcome, Failure)
    assert outcome.kind == "timeout"
    assert outcome.cpu_s < 0.5
    # On a machine where it gets no CPU time, wall time ends it.
    assert outcome.cpu_s > 0.15 or outcome.elapsed_s > 1.5


def test_a_batch_ends_when_its_cpu_seconds_are_used_up(start):
    session = start(LOOPING)
    outcomes = session.apply(session.root, [LOOP] * 50, 0.1, prover_s=0.25)
    assert 2 <= len(outcomes) <= 5
    assert all(isinstance(outcome, Failure) and outcome.kind == "timeout" for outcome in outcomes)
    assert sum(outcome.cpu_s for outcome in outcomes) < 0.6


def test_a_batch_ends_when_its_wall_seconds_are_used_up_but_tries_one_tactic(start):
    session = start(LOOPING)
    outcomes = session.apply(session.root, [LOOP] * 50, 5.0, wall_s=0.2)
    assert len(outcomes) == 1
    assert outcomes[0].kind == "timeout"
    assert outcomes[0].elapsed_s < 1.0
    assert len(session.apply(session.root, ["CONJ_TAC", "CONJ_TAC"], 5.0, prover_s=1e-9)) == 1


def test_any_goal_can_go_to_any_child(start):
    one, other = start("!p q. p /\\ q ==> q /\\ p"), start("T")
    goal = one.root
    for tactic in ("GEN_TAC", "GEN_TAC", "DISCH_TAC", "CONJ_TAC"):
        (here,), (there,) = (session.apply(goal, [tactic], 1.0) for session in (one, other))
        assert isinstance(here, Subgoals)
        assert isinstance(there, Subgoals)
        assert here.goals == there.goals
        goal = here.goals[0]
    assert goal.parts[0].hypotheses == ("(a (a (c (fun (bool) (fun (bool) (bool))) /\\) (v (bool) p)) (v (bool) q))",)


def test_names_of_unicode_survive(start):
    session = start("T")
    goal = Goal.single("(a (a (c (fun A (fun A (bool))) =) (v A ξ₁)) (v A ξ₁))")
    (outcome,) = session.apply(goal, ["SPEC_TAC `(v A ξ₁)` `(v A ζ)`"], 1.0)
    assert isinstance(outcome, Subgoals)
    assert "(l (v A ζ)" in outcome.goals[0].text


def test_invented_names_do_not_depend_on_what_the_child_did_before(start):
    session = start("x IN {n:num | n < 3} ==> x IN {n | n < 4}")
    (first,) = session.apply(session.root, ["DISCH_TAC"], 1.0)
    session.apply(session.root, ["MP_TAC THM IN_ELIM_THM"] * 20, 1.0)
    (again,) = session.apply(session.root, ["DISCH_TAC"], 1.0)
    assert first.goals == again.goals
    assert "GEN%PVAR%0" in first.goals[0].text


def test_a_free_invented_variable_is_not_captured_by_a_renumbered_one(start):
    session = start("T")
    body = "(a (a (c (fun (num) (fun (num) (bool))) <) (v (num) GEN%PVAR%0)) (v (num) GEN%PVAR%7))"
    goal = Goal.single(f"(a (c (fun (fun (num) (bool)) (bool)) ?) (l (v (num) GEN%PVAR%7) {body}))", [body])
    (outcome,) = session.apply(goal, ["RAW_POP_TAC 0"], 1.0)
    expected = body.replace("GEN%PVAR%7", "GEN%PVAR%1")
    assert isinstance(outcome, Subgoals)
    assert outcome.goals[0].parts[0].conclusion == (
        f"(a (c (fun (fun (num) (bool)) (bool)) ?) (l (v (num) GEN%PVAR%1) {expected}))"
    )


def test_goals_are_shown_as_people_write_them(start):
    session = start("!p q. p /\\ q ==> q /\\ p")
    assert session.pretty(session.root) == "⊢ !p q. p /\\ q ==> q /\\ p"
    goal = Goal.single("(v (bool) p)", ["(v (bool) q)", "(c (bool) T)"])
    assert session.pretty(goal) == "(q:bool)\nT\n⊢ (p:bool)"


def test_what_is_no_goal_of_hol_light_is_refused(start):
    session = start("T")
    sequent = Sequent((), "(v (bool) p)")
    with pytest.raises(BadInput, match="one part"):
        session.apply(Goal((sequent, sequent), None), ["CONJ_TAC"], 1.0)
    with pytest.raises(BadInput, match="NUL"):
        session.apply(Goal.single("(v (bool) p)\0"), ["CONJ_TAC"], 1.0)
    with pytest.raises(BadInput, match="timeout_s"):
        session.apply(session.root, ["CONJ_TAC"], 0.0)
    for text in ("", "p", "(v (num) x)", "(v (bool) p", "(v (bool) p) ", "(a (v (bool) p) (v (bool) p))"):
        (outcome,) = session.apply(Goal.single(text), ["CONJ_TAC"], 1.0)
        assert isinstance(outcome, Failure), text
        assert outcome.kind == "parse", text
    assert session.apply(session.root, ["ACCEPT_TAC THM TRUTH"], 1.0)[0].closed


def test_a_closed_session_is_closed(start):
    session = start("T")
    session.close()
    session.close()
    with pytest.raises(BadInput, match="closed"):
        session.apply(session.root, ["CONJ_TAC"], 1.0)


@pytest.mark.parametrize("statement", ["", "p ==>", "2 + 2", "p ==> q)", "\0", "`p`", "p\udc80"])
def test_a_statement_that_cannot_be_parsed_is_refused(hollight, statement):
    with pytest.raises(StatementError, match="HOL Light cannot"):
        hollight.parse(statement)


@pytest.mark.parametrize("statement", ["", "p ==> p", "(v (num) x)", "(v (bool) p"])
def test_a_session_needs_a_typed_statement(hollight, statement):
    with pytest.raises(StatementError, match="bad"):
        hollight.start(Theorem("bad", statement, "hollight"))


def test_a_statement_too_long_is_refused(hollight):
    with pytest.raises(StatementError, match="characters"):
        hollight.parse("p /\\ " * 1_000_000 + "p")


def test_a_theorem_of_another_prover_is_refused(hollight):
    with pytest.raises(BadInput, match="propositional"):
        hollight.start(Theorem("p", "p -> p", "propositional"))


def test_a_typed_statement_parses_to_itself(hollight):
    theorem = hollight.parse("!x. x + 0 = x")
    assert hollight.parse(theorem.statement) == theorem
    assert theorem.pretty == "!x. x + 0 = x"


def test_memory_must_be_enough_to_work(hollight):
    with pytest.raises(BadInput, match="memory_mb"):
        HolLight(memory_mb=1)
