"""What goes to the kernel, and what the kernel makes of it."""

from __future__ import annotations

import pytest

from aitp_gym.errors import BadInput
from aitp_gym.provers.lean.check.audit import Refused
from aitp_gym.provers.lean.check.closure import collect
from aitp_gym.provers.lean.check.constants import Constant
from aitp_gym.provers.lean.check.declarations import write
from aitp_gym.provers.lean.check.replay import replay
from aitp_gym.provers.lean.check.terms import Terms

from .conftest import ENOUGH, module


class Made:
    """Constants made by hand, over the engine's library."""

    def __init__(self) -> None:
        self.terms = Terms()
        self.constants: dict[int, Constant] = {}

    def const(self, name: str, *levels: int) -> int:
        return self.terms.expr(("const", self.terms.read_name(name), levels))

    def apply(self, function: int, *arguments: int) -> int:
        for argument in arguments:
            function = self.terms.expr(("app", function, argument))
        return function

    def declare(self, kind, name: str, type_: int, value: int | None = None, **more) -> int:
        number = self.terms.read_name(name)
        self.constants[number] = Constant(kind, number, more.pop("level_params", ()), type_, value, **more)
        return number

    def equation(self, left: int, right: int) -> int:
        one = self.terms.level(("succ", 0))
        return self.apply(self.const("Eq", one), self.const("Nat"), left, right)

    def reflexivity(self, term: int) -> int:
        return self.apply(self.const("Eq.refl", self.terms.level(("succ", 0))), self.const("Nat"), term)

    def number(self, value: int) -> int:
        return self.terms.expr(("nat", value))


@pytest.fixture
def made() -> Made:
    return Made()


@pytest.fixture
def ask(engine, made, tmp_path):
    def check(*roots: int):
        imports = (made.terms.read_name("Init"),)
        return replay(engine, made.terms, roots, made.constants.get, imports, tmp_path, ENOUGH)

    return check


def test_the_kernel_takes_the_whole_library_from_nothing(engine, library, tmp_path):
    safe = [found.name for found in library.constants() if found.safety == "safe"]
    find = {found.name: found for found in library.constants()}.get
    done = replay(engine, library.terms, safe, find, (), tmp_path, ENOUGH)
    assert (done.finished, done.reason) == (True, "")
    assert {"propext", "Classical.choice", "Quot.sound", "sorryAx"} <= {
        library.terms.show(axiom.name) for axiom in done.axioms
    }


def test_a_proof_made_by_hand_is_taken_and_rests_on_no_axiom(made, ask):
    two = made.number(2)
    theorem = made.declare("theorem", "two", made.equation(two, two), made.reflexivity(two))
    done = ask(theorem)
    assert (done.finished, done.reason, done.axioms) == (True, "", frozenset())


def test_numbers_larger_than_a_word_are_compared_exactly(made, ask):
    large = 2**200
    right = made.apply(made.const("Nat.succ"), made.number(large))
    true = made.declare("theorem", "t", made.equation(made.number(large + 1), right), made.reflexivity(right))
    assert ask(true).reason == ""
    false = made.declare("theorem", "f", made.equation(made.number(large), right), made.reflexivity(right))
    assert "does not accept f" in ask(false).reason


@pytest.mark.parametrize("kind", ["theorem", "definition", "opaque"])
def test_a_value_of_another_type_is_refused(made, ask, kind):
    one, two = made.number(1), made.number(2)
    wrong = made.declare(kind, "wrong", made.equation(one, two), made.reflexivity(two))
    assert "does not accept wrong" in ask(wrong).reason


def test_a_theorem_about_data_is_refused(made, ask):
    assert "not a proposition" in ask(made.declare("theorem", "t", made.const("Nat"), made.number(1))).reason


def test_an_undeclared_universe_is_refused(made, ask):
    sort = made.terms.expr(("sort", made.terms.level(("param", made.terms.read_name("u")))))
    above = made.terms.level(("succ", made.terms.level(("param", made.terms.read_name("u")))))
    root = made.declare("definition", "d", made.terms.expr(("sort", above)), sort)
    assert "does not accept d" in ask(root).reason


def test_a_loose_variable_is_refused(made, ask):
    root = made.declare("definition", "d", made.const("Nat"), made.terms.expr(("bvar", 0)))
    done = ask(root)
    assert not done.finished or "does not accept d" in done.reason


def test_an_unsound_inductive_type_is_refused(made, ask):
    """One with a constructor that takes a function from the type to a falsehood."""
    terms = made.terms
    name, constructor = terms.read_name("Bad"), terms.read_name("Bad.make")
    itself = terms.expr(("const", name, ()))
    function = terms.expr(("pi", itself, made.const("False")))
    type_ = terms.expr(("sort", terms.level(("succ", 0))))
    made.declare("inductive", "Bad", type_, together=(name,), counts=(0, 0, 0), constructors=(constructor,))
    made.declare(
        "constructor", "Bad.make", terms.expr(("pi", function, itself)), counts=(0, 0, 1), constructors=(name,)
    )
    assert "does not accept Bad" in ask(name).reason


def test_an_axiom_is_found_through_lemmas(made, ask):
    one, two = made.number(1), made.number(2)
    made.declare("axiom", "assumed", made.equation(one, two))
    made.declare("theorem", "lemma", made.equation(one, two), made.const("assumed"))
    root = made.declare("theorem", "t", made.equation(one, two), made.const("lemma"))
    (axiom,) = ask(root).axioms
    assert (made.terms.show(axiom.name), axiom.own) == ("assumed", False)


def test_a_proof_by_itself_is_refused_before_it_reaches_the_kernel(made, ask):
    one, two = made.number(1), made.number(2)
    made.declare("theorem", "a", made.equation(one, two), made.const("b"))
    root = made.declare("theorem", "b", made.equation(one, two), made.const("a"))
    with pytest.raises(Refused, match="rests on itself"):
        ask(root)


def test_what_is_declared_nowhere_is_named(made, ask):
    root = made.declare("theorem", "t", made.equation(made.number(1), made.number(2)), made.const("no.such.lemma"))
    with pytest.raises(Refused, match=r"no\.such\.lemma"):
        ask(root)


@pytest.mark.parametrize("safety", ["unsafe", "partial"])
def test_what_is_not_safe_goes_to_no_kernel(made, ask, safety):
    root = made.declare("definition", "loop", made.const("Nat"), made.number(1), safety=safety)
    with pytest.raises(Refused, match=f"loop is {safety}"):
        ask(root)


def test_what_comes_from_elsewhere_is_asked_for(made):
    root = made.declare("theorem", "t", made.equation(made.number(1), made.number(1)), made.const("Lib.lemma"))
    lines = write(made.terms, collect(made.terms, [root], made.constants.get)).splitlines()
    asked = [line for line in lines if line.startswith("x ")]
    assert len(asked) == 3  # Eq, Nat and Lib.lemma.
    assert lines.index(asked[0]) > next(place for place, line in enumerate(lines) if line.startswith("dt"))


def test_a_deep_term_needs_no_recursion(made):
    term = made.number(0)
    for _ in range(50_000):
        term = made.apply(made.const("Nat.succ"), term)
    root = made.declare("definition", "deep", made.const("Nat"), term)
    closure = collect(made.terms, [root], made.constants.get)
    assert write(made.terms, closure).count("\nea ") > 49_000


def test_a_block_that_is_not_whole_is_an_error(made):
    terms = made.terms
    name = terms.read_name("Half")
    made.declare(
        "inductive", "Half", terms.expr(("sort", 0)), together=(name,), constructors=(terms.read_name("Half.mk"),)
    )
    with pytest.raises(BadInput, match=r"Half\.mk"):
        collect(terms, [name], made.constants.get)


def test_constants_of_a_compiled_file_are_taken(engine, compiled, tmp_path):
    found = module(
        compiled(
            "inductive Even : Nat → Prop where\n  | zero : Even 0\n  | step (n : Nat) (h : Even n) : Even (n + 2)\n"
            "theorem four : Even 4 := .step 2 (.step 0 .zero)\n"
            "mutual\ninductive A where\n  | mk : B → A\n  | nil\ninductive B where\n  | mk : A → B\nend\n"
        )
    )
    names = list(found.names)
    done = replay(
        engine,
        found.terms,
        names,
        lambda name: found.constant(name) if name in found else None,
        (found.terms.read_name("Init"),),
        tmp_path,
        ENOUGH,
    )
    assert (done.finished, done.reason) == (True, "")
