import pytest
from hypothesis import given
from hypothesis import strategies as st

from aitp_gym.errors import StatementError
from aitp_gym.terms.hol_term import constants, parse_hol, subterms

EQUATION = "(a (a (c (fun A (fun A (bool))) =) (v (num) x)) (c (num) _0))"
FORALL = f"(a (c (fun (fun (num) (bool)) (bool)) !) (l (v (num) x) {EQUATION}))"
NO_TERMS = [
    *("", "p → q", "(", ")", "(a (c (bool) T)", "(c (bool) T))", "(num)", "c (bool) T", "()", "(v (bool))"),
    *("(a (v bool p) (v bool q) (v bool r))", "(l (a (v A f) (v A x)) (v A x))", "(c ) (bool) T)", "(c bool ()"),
]


def test_a_term_is_read_in_spine_form():
    term = parse_hol(FORALL)
    assert (term.head, term.kind, term.operator) == ("!", "constant", "fun")
    assert term.type == "(fun (fun (num) (bool)) (bool))"
    (abstraction,) = term.args
    assert (abstraction.kind, abstraction.variable.name, abstraction.height) == ("abstraction", "x", 1)
    (equation,) = abstraction.children
    assert [argument.head for argument in equation.args] == ["_", "_0"]
    assert [argument.name for argument in equation.args] == ["x", "_0"]
    assert [argument.operator for argument in equation.args] == ["num", "num"]


def test_an_abstraction_that_is_applied_has_body_and_arguments():
    term = parse_hol("(a (l (v (num) x) (v (num) x)) (c (num) _0))")
    assert (term.kind, term.body.name, term.args[0].name) == ("abstraction", "x", "_0")
    assert term.children == [term.body, *term.args]


def test_spacing_does_not_matter():
    assert parse_hol(" ( v\n( fun (num)  A ) x )").type == parse_hol("(v (fun (num) A) x)").type


def test_constants_are_counted():
    assert constants(f"(a (c (fun (bool) (bool)) ~) {FORALL})") == {"~": 1, "!": 1, "=": 1, "_0": 1}


@pytest.mark.parametrize("text", NO_TERMS)
def test_what_is_no_term_is_refused(text):
    with pytest.raises(StatementError, match="typed S-expression"):
        parse_hol(text)
    assert constants(text) == {}


def test_an_error_says_what_was_expected_and_where():
    with pytest.raises(StatementError, match=r"expected one of `v`, `c`, `a`, `l`, got `x` at character 16"):
        parse_hol("(a (v bool p) (x bool q))")
    with pytest.raises(StatementError, match=r"expected more, got the end of the text"):
        parse_hol("(a (v bool p) ")
    with pytest.raises(StatementError, match=r"expected a variable to bind"):
        parse_hol("(l (c bool T) (c bool T))")


def test_deep_terms_need_no_recursion():
    depth = 20_000
    text = "(a (c (fun (num) (num)) SUC) " * depth + "(c (num) _0)" + ")" * depth
    assert constants(text) == {"SUC": depth, "_0": 1}


def test_a_head_with_many_arguments_takes_linear_time():
    count = 50_000
    text = "(a " * count + "(v (num) f)" + " (c (num) _0))" * count
    assert len(parse_hol(text).args) == count


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
    nodes = subterms(parse_hol(text))
    assert sum(node.kind == "constant" for node in nodes) == text.count("(c ")
    assert sum(node.kind == "abstraction" for node in nodes) == text.count("(l ")
    assert constants(text).get("zero", 0) == text.count("zero")
