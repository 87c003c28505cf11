import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aitp_gym.errors import BadInput
from aitp_gym.provers.propositional.decision import MAX_ATOMS, atoms, classically_valid, decide
from aitp_gym.provers.propositional.formula import negation, parse_formula

THEOREMS = [
    "p -> p",
    "~~(p | ~p)",
    "~~(((p -> q) -> p) -> p)",
    "((((p -> q) -> p) -> p) -> q) -> q",
    "~~~p -> ~p",
    "~(p <-> ~p)",
    "(p | q -> r) <-> (p -> r) & (q -> r)",
    "((p -> q -> r) -> s) -> (p & q -> r) -> s",
    "~(p | q) <-> ~p & ~q",
    "(p -> q) -> ~q -> ~p",
    "((p | (p -> q)) -> q) -> q",
    "(((p <-> q) -> p & q & r) & ((q <-> r) -> p & q & r) & ((r <-> p) -> p & q & r)) -> p & q & r",  # de Bruijn, n = 1
]
INDEPENDENT = [
    "p | ~p",
    "~~p -> p",
    "((p -> q) -> p) -> p",
    "~p | ~~p",
    "(~q -> ~p) -> p -> q",
    "~(p & q) -> ~p | ~q",
    "(p -> q) -> ~p | q",
    "(p -> q) | (q -> p)",
    "(~p -> q | r) -> (~p -> q) | (~p -> r)",
    "((~~p -> p) -> p | ~p) -> ~p | ~~p",
    "(p -> q | r) -> (p -> q) | (p -> r)",
]
FALSE = ["False", "p", "p -> q", "(p -> q) -> q -> p", "p | q -> p & q", "~p -> p"]


@pytest.mark.parametrize("text", THEOREMS)
def test_theorems_are_provable(text):
    assert decide(parse_formula(text)).provable
    assert classically_valid(parse_formula(text))


@pytest.mark.parametrize("text", INDEPENDENT)
def test_classical_laws_are_not_provable_and_have_countermodels(text, countermodel):
    formula = parse_formula(text)
    assert decide(formula).provable is False
    assert classically_valid(formula)
    assert countermodel(formula) is not None


@pytest.mark.parametrize("text", FALSE)
def test_what_is_not_even_classically_valid_is_not_provable(text):
    assert decide(parse_formula(text)).provable is False
    assert not classically_valid(parse_formula(text))


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_provable_means_that_a_proof_exists_and_unprovable_that_a_countermodel_does(
    prover, formulas, exhaustive_proof, countermodel, data
):
    formula = data.draw(formulas)
    provable = decide(formula).provable
    proof = exhaustive_proof(formula)
    assert provable == (proof is not None)
    # A theorem holds in every model; that the small ones bear this out is enough beside its checked proof.
    assert provable == (countermodel(formula, 3 if provable else 5) is None)
    if proof is not None:
        assert prover.check(prover.parse(formula.text), proof, 10.0).accepted


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_double_negation_makes_classical_validity_provable(formulas, data):
    # Glivenko's theorem (1929): a formula is classically valid exactly when its double negation is provable.
    formula = data.draw(formulas)
    assert decide(negation(negation(formula))).provable == classically_valid(formula)


def test_a_limit_that_is_too_low_gives_no_answer():
    hard = parse_formula(THEOREMS[-1])
    effort = decide(hard).sequents
    assert decide(hard, effort).provable is True
    assert decide(hard, effort - 1) == (None, effort - 1)


def test_a_proof_too_deep_to_follow_gives_no_answer_and_no_recursion_error():
    parts = " & ".join(f"(~~a{i} -> a{i})" for i in range(90))
    assert decide(parse_formula(f"({parts}) -> b"), 2_000).provable is None


def test_atoms_are_listed_from_the_left():
    assert atoms(parse_formula("r -> (p & q) | r -> False")) == ("r", "p", "q")


def test_a_truth_table_has_a_limit():
    with pytest.raises(BadInput, match=str(MAX_ATOMS)):
        classically_valid(parse_formula(" | ".join(f"a{i}" for i in range(MAX_ATOMS + 1))))
