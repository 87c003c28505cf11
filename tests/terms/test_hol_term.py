import pytest
from hypothesis import given
from hypothesis import strategies as st

from aitp_gym.terms.hol_term import constants, parse_term, subterms

EQUATION = "(a (a (c (fun A (fun A (bool))) =) (v (num) x)) (c (num) _0))"
FORALL = f"(a (c (fun (fun (num) (bool)) (bool)) !) (l (v (num) x) {EQUATION}))"
NO_TERMS = ["", "p → q", "(", ")", "(a (c (bool) T)", "(c (bool) T))", "(num)", "c (bool) T", "()"]


def test_a_term_is_read_in_spine_form():
    term = parse_term(FORALL)
    assert (term.head, term.kind, term.type) == ("!", "constant", "fun")
    (abstraction,) = term.args
    assert abstraction.kind == "abstraction"
    (equation,) = abstraction.args
    assert [argument.head for argument in equation.args] == ["_", "_0"]
    assert [argument.type for argument in equation.args] == ["num", "num"]


def test_constants_are_counted():
    assert constants(f"(a (c (fun (bool) (bool)) ~) {FORALL})") == {"~": 1, "!": 1, "=": 1, "_0": 1}


@pytest.mark.parametrize(
    "text", ["", "p → q", "(", ")", "(a (c (bool) T)", "(c (bool) T))", "(num)", "c (bool) T", "()"]
)
def test_what_is_no_term_is_none(text):
    assert parse_term(text) is None
    assert constants(text) == {}


def test_deep_terms_need_no_recursion():
    depth = 20_000
    text = "(a (c (fun (num) (num)) SUC) " * depth + "(c (num) _0)" + ")" * depth
    assert constants(text) == {"SUC": depth, "_0": 1}


terms = st.recursive(
    st.sampled_from(["(c (num) zero)", "(v A x)", "(c (bool) T)"]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda pair: f"(a {pair[0]} {pair[1]})"),
        inner.map(lambda body: f"(l (v (num) x) {body})"),
    ),
    max_leaves=30,
)


@given(terms)
def test_every_leaf_is_found_once(text):
    nodes = subterms(parse_term(text))
    assert sum(node.kind == "constant" for node in nodes) == text.count("(c ")
    assert sum(node.kind == "abstraction" for node in nodes) == text.count("(l ")
    assert constants(text).get("zero", 0) == text.count("zero")
