import copy
import pickle
from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aitp_gym.errors import StatementError
from aitp_gym.provers.propositional.formula import (
    FALSE,
    MAX_DEPTH,
    MAX_TEXT,
    And,
    Atom,
    Implies,
    Or,
    iff,
    negation,
    parse_formula,
)

P, Q, R = Atom("p"), Atom("q"), Atom("r")


@settings(deadline=None)
@given(data=st.data())
def test_the_text_of_a_formula_parses_back_to_it(formulas, data):
    formula = data.draw(formulas)
    assert parse_formula(formula.text) == formula


@settings(deadline=None)
@given(data=st.data())
def test_ascii_reads_like_unicode(formulas, data):
    formula = data.draw(formulas)
    ascii_text = formula.text
    for symbol, spelling in {"→": "->", "∧": "/\\", "∨": "\\/", "¬": "~", "⊥": "False"}.items():
        ascii_text = ascii_text.replace(symbol, spelling)
    assert ascii_text.isascii()
    assert parse_formula(ascii_text) == formula


@settings(deadline=None)
@given(data=st.data())
def test_equal_texts_are_equal_formulas_and_only_they(formulas, data):
    first, second = data.draw(formulas), data.draw(formulas)
    assert (first == second) == (first.text == second.text) == (repr(first) == repr(second))


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("p -> q -> r", Implies(P, Implies(Q, R))),
        ("(p -> q) -> r", Implies(Implies(P, Q), R)),
        ("p /\\ q \\/ r -> p", Implies(Or(And(P, Q), R), P)),
        ("p & q & r", And(P, And(Q, R))),
        ("p | q || r", Or(P, Or(Q, R))),
        ("~p -> ~~q", Implies(negation(P), negation(negation(Q)))),
        ("~(p && q)", negation(And(P, Q))),
        ("p <-> q", And(Implies(P, Q), Implies(Q, P))),
        ("p => q <=> r", iff(Implies(P, Q), R)),
        ("False -> ⊥", Implies(FALSE, FALSE)),
        ("True", negation(FALSE)),
        ("  ((p))\n", P),
        ("x' → ψ_1", Implies(Atom("x'"), Atom("ψ_1"))),
    ],
)
def test_connectives_bind_as_in_the_books(text, formula):
    assert parse_formula(text) == formula


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (Implies(Implies(P, Q), R), "(p → q) → r"),
        (And(And(P, Q), R), "(p ∧ q) ∧ r"),
        (Or(And(P, Q), R), "p ∧ q ∨ r"),
        (And(Or(P, Q), R), "(p ∨ q) ∧ r"),
        (negation(And(P, Q)), "¬(p ∧ q)"),
        (And(negation(P), Q), "¬p ∧ q"),
        (Implies(P, negation(negation(Q))), "p → ¬¬q"),
    ],
)
def test_printing_uses_no_parentheses_beyond_need(formula, text):
    assert formula.text == str(formula) == text


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "Expected a formula at character 1, got the end of the text"),
        ("p ->", "Expected a formula at character 5"),
        ("-> p", "Expected a formula at character 1, got `→`"),
        ("p q", "Expected a connective or the end at character 3, got `q`"),
        ("p ~ q", "got `¬`"),
        ("(p -> q", "Expected `)`"),
        ("p)", "got `)`"),
        ("()", "got `)`"),
        ("p $ q", "got `$`"),
        ("7 -> p", "got `7`"),
        ("p <- q", "got `<`"),
        ("x" * 100, "at most 64 characters, got one of 100"),
        (" " * (MAX_TEXT + 1), f"at most {MAX_TEXT} characters"),
    ],
)
def test_what_is_not_a_formula_is_refused_in_words(text, complaint):
    with pytest.raises(StatementError) as caught:
        parse_formula(text)
    assert complaint in str(caught.value)


def test_a_long_text_is_quoted_around_the_mistake_only():
    with pytest.raises(StatementError) as caught:
        parse_formula("p -> " * 1000 + "$" + " -> p" * 1000)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("text", ["~" * 50_000 + "p", "p -> " * 15_000 + "p", "(" * 40_000 + "p -> " * 101 + "p"])
def test_deep_nesting_is_refused_and_not_a_recursion_error(text):
    with pytest.raises(StatementError):
        parse_formula(text)


def test_parentheses_alone_are_not_depth():
    assert parse_formula("(" * 40_000 + "p" + ")" * 40_000) == P


def test_abbreviations_that_double_are_stopped_at_the_size_limit():
    with pytest.raises(StatementError, match="↔ written out"):
        parse_formula("p <-> " * 60 + "p")


def test_the_deepest_formula_allowed_prints_parses_pickles_and_copies():
    formula = parse_formula("~" * MAX_DEPTH + "p")
    assert formula.depth == MAX_DEPTH
    assert parse_formula(formula.text) == formula
    assert pickle.loads(pickle.dumps(formula)) == formula
    assert copy.deepcopy(formula) == formula


def test_size_and_depth_count_the_tree():
    formula = parse_formula("p /\\ (q -> p) -> p")
    assert (formula.size, formula.depth) == (7, 3)


def test_formulas_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        parse_formula("p -> q").left = Q
