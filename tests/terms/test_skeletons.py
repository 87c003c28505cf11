import pytest

from aitp_gym.errors import StatementError
from aitp_gym.terms.skeletons import formula_skeleton, sexp_skeleton


def commutes(operation: str, of: str, x: str = "x", y: str = "y") -> str:
    """`!x y. x + y = y + x` as a typed S-expression."""
    binary = f"(fun {of} (fun {of} {of}))"

    def apply(left, right):
        return f"(a (a (c {binary} {operation}) (v {of} {left})) (v {of} {right}))"

    equation = f"(a (a (c (fun {of} (fun {of} bool)) =) {apply(x, y)}) {apply(y, x)})"
    for variable in (y, x):
        equation = f"(a (c (fun (fun {of} bool) bool) !) (l (v {of} {variable}) {equation}))"
    return equation


def test_twins_up_to_types_and_names_share_a_skeleton():
    assert sexp_skeleton(commutes("real_add", "real")) == sexp_skeleton(commutes("int_add", "int", "m", "n"))
    assert sexp_skeleton(commutes("+", "num")) == sexp_skeleton(commutes("*", "num"))


def test_different_shapes_have_different_skeletons():
    reflexive = "(a (c (fun (fun A bool) bool) !) (l (v A x) (a (a (c (fun A (fun A bool)) =) (v A x)) (v A x))))"
    congruent = reflexive.replace("(v A x)) (v A x))", "(v A x)) (v A y))")
    assert sexp_skeleton(reflexive) == "a(c0,l(v0,a(a(c1,v0),v0)))"
    assert sexp_skeleton(congruent) == "a(c0,l(v0,a(a(c1,v0),v1)))"


def test_variables_of_one_name_and_different_types_are_told_apart():
    assert sexp_skeleton("(a (v (fun num num) x) (v num x))") == "a(v0,v1)"
    assert sexp_skeleton("(a (v num x) (v num x))") == "a(v0,v0)"


def test_deep_terms_do_not_recurse():
    term = "(v bool p)"
    for _ in range(20_000):
        term = f"(a (c (fun bool bool) ~) {term})"
    assert sexp_skeleton(term).endswith("v0" + ")" * 20_000)


@pytest.mark.parametrize("text", ["", "p", "(v bool)", "(v bool p", "(v bool p))", "(x bool p)", "(a (v bool p))"])
def test_what_is_not_a_term_is_refused(text):
    with pytest.raises(StatementError, match="typed S-expression"):
        sexp_skeleton(text)


def test_formulas_that_differ_in_variables_share_a_skeleton():
    assert formula_skeleton("p → (q ∨ p)") == formula_skeleton("a' →  (b1∨a')")
    assert formula_skeleton("p → q") != formula_skeleton("p → p")
    assert formula_skeleton("p → False") != formula_skeleton("p → q")
