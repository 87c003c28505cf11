import ast
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import aitp_gym.provers.propositional as package
from aitp_gym.errors import BadInput
from aitp_gym.proof import Failure, Proof, ProofStep, Theorem
from aitp_gym.provers.base import Prover, ProverSession
from aitp_gym.provers.propositional.checker import IllTyped, check_definition, check_root
from aitp_gym.provers.propositional.decision import decide
from aitp_gym.provers.propositional.formula import MAX_DEPTH, parse_formula
from aitp_gym.provers.propositional.terms import (
    Absurd,
    Apply,
    Case,
    Definition,
    First,
    InLeft,
    InRight,
    Lambda,
    Let,
    Pair,
    Second,
    Use,
    Variable,
)

TACTICS = ["intro", "split", "left", "right", "exfalso", "assumption", "cut p", "cut p -> q", "cut False"]
TACTICS += [f"{name} h{i}" for name in ("exact", "apply", "specialize", "cases", "clear") for i in range(3)]


def steps(*rows):
    """A proof from rows `(tactic, child, child, …)`."""
    return Proof(tuple(ProofStep(tactic, "", tuple(children)) for tactic, *children in rows))


def refusal(prover, statement, proof, timeout_s=10.0):
    verdict = prover.check(prover.parse(statement), proof, timeout_s)
    assert verdict.status == "refused"
    return verdict


@settings(deadline=None)
@given(data=st.data())
def test_what_the_tactics_prove_the_checker_accepts(prover, formulas, exhaustive_proof, data):
    formula = data.draw(formulas)
    proof = exhaustive_proof(formula)
    if proof is not None:
        assert prover.check(prover.parse(formula.text), proof, 10.0).accepted


@settings(deadline=None)
@given(data=st.data())
def test_a_proof_of_one_formula_is_accepted_for_no_unprovable_one(prover, formulas, exhaustive_proof, data):
    proof = exhaustive_proof(data.draw(formulas))
    other = data.draw(formulas)
    if proof is not None and not decide(other).provable:
        assert refusal(prover, other.text, proof).reason


def replay(prover, statement, proof):
    """What the tactics make of a script: "proved", "no_progress" where a step gains nothing, or "failed"."""
    session = prover.start(prover.parse(statement))
    goals = {0: session.root}
    for index, step in enumerate(proof.steps):
        if index not in goals:
            continue
        (outcome,) = session.apply(goals[index], [step.tactic], 1.0)
        if isinstance(outcome, Failure):
            return "no_progress" if outcome.kind == "no_progress" else "failed"
        if len(outcome.goals) != len(step.children):
            return "failed"
        for child, goal in zip(step.children, outcome.goals, strict=True):
            if not index < child < len(proof.steps) or goals.setdefault(child, goal) != goal:
                return "failed"
    return "proved"


@settings(deadline=None)
@given(data=st.data())
def test_an_altered_proof_is_accepted_only_if_the_tactics_replay_it(prover, formulas, exhaustive_proof, data):
    formula = data.draw(formulas)
    proof = exhaustive_proof(formula)
    if proof is None:
        return
    guilty = data.draw(st.integers(0, len(proof.steps) - 1))
    step = proof.steps[guilty]
    child = st.integers(guilty, len(proof.steps))
    step = data.draw(
        st.one_of(
            st.builds(lambda tactic: replace(step, tactic=tactic), st.sampled_from(TACTICS)),
            st.builds(lambda children: replace(step, children=tuple(children)), st.lists(child, max_size=2)),
        )
    )
    altered = Proof((*proof.steps[:guilty], step, *proof.steps[guilty + 1 :]))
    verdict = prover.check(prover.parse(formula.text), altered, 10.0)
    replayed = replay(prover, formula.text, altered)
    if replayed != "no_progress":
        assert verdict.accepted == (replayed == "proved")
    if not verdict.accepted:
        # The steps before it are sound, so that the fault shows at the altered one or below.
        assert verdict.step is not None
        assert verdict.step >= guilty
        assert verdict.reason


@settings(max_examples=300, deadline=None)
@given(
    statement=st.sampled_from(
        ["p", "False", "p | ~p", "~~p -> p", "((p -> q) -> p) -> p", "p -> q", "(p -> q) | (q -> p)"]
    ),
    rows=st.lists(st.tuples(st.sampled_from(TACTICS), st.lists(st.integers(0, 9), max_size=3)), max_size=10),
)
def test_no_script_proves_what_has_no_proof(prover, statement, rows):
    assert refusal(prover, statement, steps(*((tactic, *children) for tactic, children in rows))).reason


@pytest.mark.parametrize(
    ("statement", "rows", "step", "reason"),
    [
        ("p -> p", [], None, "no definition 0"),
        ("p -> p", [("intro", 1), ("exact h1",)], 1, "no hypothesis `h1` among 1"),
        ("p -> q", [("intro", 1), ("assumption",)], 1, "does not fit the conclusion q"),
        ("p -> q", [("intro", 1), ("exact h0",)], 1, "does not fit the hypothesis p and the conclusion q"),
        ("p -> p", [("intro", 1), ("magic",)], 1, "`magic` is not a tactic"),
        ("p -> p", [("intro", 1), ("",)], 1, "`` is not a tactic"),
        ("p -> p", [("intro",), ("assumption",)], 0, "0 children, but its tactic leaves more goals"),
        ("p -> p", [("intro", 1), ("assumption", 2), ("assumption",)], 1, "leaves 0 goals, the step has 1 children"),
        ("p -> p", [("intro", 0)], 0, "child 0, expected one after itself"),
        ("p -> p", [("intro", 1), ("clear h0", 0)], 1, "child 0, expected one after itself"),
        ("p -> p", [("intro", 7)], 0, "child 7"),
        ("p -> p", [("intro", -1), ("assumption",)], 0, "child -1"),
        ("p -> q -> p & q", [("intro", 1), ("intro", 2), ("split", 3, 3), ("assumption",)], 2, "two different goals"),
        ("p | ~p", [("cut ~~", 1, 2), ("left",), ("left",)], 0, "Expected a formula"),
        ("p -> q", [("intro", 1), ("apply h0",)], 1, "p does not lead to q"),
        ("p & q -> r", [("intro", 1), ("specialize h0", 2, 2), ("assumption",)], 1, "does not fit the hypothesis"),
    ],
)
def test_a_refusal_names_the_guilty_step_and_the_reason(prover, statement, rows, step, reason):
    verdict = refusal(prover, statement, steps(*rows))
    assert verdict.step == step
    assert reason in verdict.reason


@pytest.mark.parametrize(
    ("statement", "rows"),
    [
        ("p -> p", [("intro", 1), ("assumption",)]),
        ("p & p -> p & p", [("intro", 1), ("split", 2, 2), ("cases h0", 3), ("exact h0",)]),
        (
            "(p -> q) -> p -> q",
            [("intro", 1), ("intro", 2), ("apply h0", 3), ("assumption",)],
        ),
        (
            "(p -> q | r) -> p -> r | q",
            [
                ("intro", 1),
                ("intro", 2),
                ("specialize h0", 3, 4),
                ("assumption",),
                ("cases h1", 5, 6),
                ("right", 7),
                ("left", 8),
                ("assumption",),
                ("assumption",),
            ],
        ),
        ("False -> p", [("intro", 1), ("cases h0",)]),
        ("~p -> p -> q", [("intro", 1), ("intro", 2), ("exfalso", 3), ("apply h0", 4), ("exact h1",)]),
        ("p -> p", [("cut q -> q", 1, 3), ("intro", 2), ("assumption",), ("clear h0", 4), ("intro", 5), ("exact h0",)]),
        ("p -> p -> p", [("intro", 1), ("intro", 2), ("exact h0",)]),
        ("(p -> p -> q) -> p -> q", [("intro", 1), ("intro", 2), ("apply h0", 3, 3), ("assumption",)]),
        ("p -> p", [("intro", 1), ("assumption",), ("nonsense that nothing needs", 1)]),
    ],
)
def test_every_tactic_elaborates(prover, statement, rows):
    verdict = prover.check(prover.parse(statement), steps(*rows), 10.0)
    assert verdict.accepted, verdict.reason
    assert verdict.elapsed_s > 0


def test_the_goals_written_in_a_proof_are_not_believed(prover):
    proof = Proof((ProofStep("intro", "p\n⊢ p", (1,)), ProofStep("assumption", "q\n⊢ q", ())))
    assert refusal(prover, "p -> q", proof).step == 1


def test_a_proof_that_is_exponential_when_written_out_is_checked_as_shared(prover):
    levels = 40
    statement = " -> ".join([f"(a{i} -> a{i} -> a{i + 1})" for i in range(levels)] + ["a0", f"a{levels}"])
    rows = [("intro", i + 1) for i in range(levels + 1)]
    rows += [(f"apply h{levels - 1 - i}", levels + 2 + i, levels + 2 + i) for i in range(levels)]
    proof = steps(*rows, ("assumption",))
    with pytest.raises(BadInput):
        proof.order()
    assert prover.check(prover.parse(statement), proof, 10.0).accepted


def test_a_cut_may_be_as_large_as_a_formula_can_be(prover):
    proof = steps((f"cut {'~' * (MAX_DEPTH - 1)}q -> p", 1, 2), ("left",), ("left",))
    assert refusal(prover, "p", proof).step == 1  # read and elaborated; only its use is wrong


def test_a_check_out_of_time_is_unavailable_and_not_a_refusal(prover):
    proof = steps(("intro", 1), ("assumption",))
    verdict = prover.check(prover.parse("p -> p"), proof, 0.0)
    assert verdict.status == "unavailable"
    assert "step 0 of 2" in verdict.reason


def test_a_statement_that_cannot_be_read_has_no_proof(prover):
    verdict = prover.check(Theorem("t", "p ->", "propositional"), steps(("intro", 1), ("assumption",)), 1.0)
    assert verdict.status == "refused"
    assert "statement cannot be read" in verdict.reason


def test_the_protocols_are_kept(prover):
    theorem = prover.parse("p /\\ q -> p")
    assert isinstance(prover, Prover)
    assert isinstance(prover.start(theorem), ProverSession)
    assert theorem == prover.parse(theorem.statement)
    assert theorem.statement == "p ∧ q → p"
    assert len(prover.premises(theorem)) == 0
    assert not prover.nondeterministic
    assert prover.versions


P, Q = parse_formula("p"), parse_formula("q")
P_OR_Q, P_AND_Q, P_TO_Q = parse_formula("p | q"), parse_formula("p & q"), parse_formula("p -> q")


@pytest.mark.parametrize(
    ("parameters", "type_", "body"),
    [
        ([P], Q, Variable(0)),
        ([P], P, Variable(1)),
        ([P], P, Variable(-1)),
        ([], P_TO_Q, Lambda(P_TO_Q, Variable(0))),
        ([P, Q], Q, Apply(Variable(0), Variable(1))),
        ([P_TO_Q, Q], Q, Apply(Variable(0), Variable(1))),
        ([P, Q], P_AND_Q, Pair(Variable(1), Variable(0))),
        ([P_OR_Q], P, First(Variable(0))),
        ([P_AND_Q], P, Second(Variable(0))),
        ([Q], P_OR_Q, InLeft(P_OR_Q, Variable(0))),
        ([P], P_OR_Q, InRight(P_OR_Q, Variable(0))),
        ([P], P_AND_Q, InLeft(P_AND_Q, Variable(0))),
        ([P_OR_Q], P, Case(Variable(0), Variable(1), Variable(1))),
        ([P_AND_Q], P, Case(Variable(0), Variable(1), Variable(1))),
        ([P], Q, Absurd(Q, Variable(0))),
        ([P], P, Let(Variable(0), Variable(2))),
        ([], P, Use(0, ())),
        ([], P, Use(1, ())),
        ([], P, Use(2, ())),
        ([Q], P, Use(2, (Variable(0),))),
        ([], P, "not a term"),
    ],
)
def test_ill_typed_terms_are_refused(parameters, type_, body):
    definitions = {
        0: Definition((), P, Use(1, ())),
        1: Definition(tuple(parameters), type_, body),
        2: Definition((P,), P, Variable(0)),
    }
    with pytest.raises(IllTyped):
        check_definition(definitions, 1)


def test_a_proof_must_be_of_the_statement_and_assume_nothing():
    identity = parse_formula("p -> p")
    good = Definition((), identity, Lambda(identity, Variable(0)))
    check_definition({0: good}, 0)
    check_root({0: good}, identity)
    for definitions, statement in [({}, identity), ({0: good}, P), ({0: Definition((P,), P, Variable(0))}, P)]:
        with pytest.raises(IllTyped):
            check_root(definitions, statement)


@pytest.mark.parametrize("module", ["formula", "terms", "checker", "elaborate"])
def test_the_checker_shares_only_formulas_with_the_search(module):
    allowed = {"formula", "terms"}
    tree = ast.parse(Path(package.__file__).with_name(f"{module}.py").read_text(encoding="utf-8"))
    siblings = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level == 1}
    assert siblings <= allowed
