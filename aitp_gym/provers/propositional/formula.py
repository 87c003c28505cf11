"""Formulas of propositional logic: immutable trees that carry their own canonical text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ...errors import StatementError
from ...terms.formula import read_formula

__all__ = [
    "FALSE",
    "MAX_DEPTH",
    "MAX_NAME",
    "MAX_SIZE",
    "MAX_TEXT",
    "And",
    "Atom",
    "Falsum",
    "Formula",
    "Implies",
    "Or",
    "iff",
    "negation",
    "parse_formula",
]

MAX_SIZE = 1_000
"""Most connectives and leaves in one formula."""

MAX_TEXT = 100_000
"""Most characters of a formula's text."""

MAX_NAME = 64
"""Most characters of a variable's name."""

MAX_DEPTH = 100
"""Deepest nesting of connectives; what recurses over a formula stays far from Python's recursion limit."""

# How tightly each form binds; a part that binds less tightly than its place needs is put in parentheses.
_IMPLIES, _OR, _AND, _TIGHT = 1, 2, 3, 4


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Formula:
    """A formula. Two formulas are equal when their canonical texts are: the text can be parsed back, so it is exact.

    Attributes:
        text: canonical text, with as few parentheses as `¬ > ∧ > ∨ > →` (binary ones to the right) allow.
        binding: how tightly the outermost form of the text binds.
        size: number of connectives and leaves of the tree.
        depth: connectives on the longest path to a leaf.
    """

    text: str = field(init=False)
    binding: int = field(init=False)
    size: int = field(init=False)
    depth: int = field(init=False)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Formula) and self.text == other.text)

    def __hash__(self) -> int:
        return hash(self.text)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.text!r})"

    def __reduce__(self) -> tuple[Callable[[str], Formula], tuple[str]]:
        # As text: small, and a deeply nested formula does not recurse in pickle.
        return parse_formula, (self.text,)


def _fill(formula: Formula, text: str, binding: int, size: int, depth: int) -> None:
    # The dataclass is frozen, so its derived fields are set past it, once.
    write: Callable[[Any, str, Any], None] = object.__setattr__
    write(formula, "text", text)
    write(formula, "binding", binding)
    write(formula, "size", size)
    write(formula, "depth", depth)


def _bracket(formula: Formula, binding: int) -> str:
    return formula.text if formula.binding >= binding else f"({formula.text})"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Atom(Formula):
    """A propositional variable."""

    name: str

    def __post_init__(self) -> None:
        _fill(self, self.name, _TIGHT, 1, 0)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Falsum(Formula):
    """The false formula ⊥; use the constant `FALSE`."""

    def __post_init__(self) -> None:
        _fill(self, "⊥", _TIGHT, 1, 0)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Binary(Formula):
    left: Formula
    right: Formula

    def _join(self, symbol: str, binding: int) -> None:
        left, right = self.left, self.right
        size = left.size + right.size + 1
        depth = max(left.depth, right.depth) + 1
        # Checked before the text is built: abbreviations such as ↔ double what they are given.
        if size > MAX_SIZE or depth > MAX_DEPTH:
            raise StatementError(
                f"Expected a formula of at most {MAX_SIZE} symbols nested at most {MAX_DEPTH} deep, with ↔ written "
                f"out; got {size} symbols nested {depth} deep. State it in smaller parts."
            )
        if type(self) is Implies and type(right) is Falsum:
            _fill(self, f"¬{_bracket(left, _TIGHT)}", _TIGHT, size, depth)
        else:
            _fill(self, f"{_bracket(left, binding + 1)} {symbol} {_bracket(right, binding)}", binding, size, depth)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Implies(_Binary):
    """`left → right`; printed as `¬left` where `right` is ⊥."""

    def __post_init__(self) -> None:
        self._join("→", _IMPLIES)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class And(_Binary):
    """`left ∧ right`."""

    def __post_init__(self) -> None:
        self._join("∧", _AND)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Or(_Binary):
    """`left ∨ right`."""

    def __post_init__(self) -> None:
        self._join("∨", _OR)


FALSE = Falsum()


def negation(formula: Formula) -> Formula:
    """`¬formula`, which abbreviates `formula → ⊥`."""
    return Implies(formula, FALSE)


def iff(left: Formula, right: Formula) -> Formula:
    """`left ↔ right`, which abbreviates `(left → right) ∧ (right → left)`."""
    return And(Implies(left, right), Implies(right, left))


_CONNECTIVES: dict[str, Callable[[Formula, Formula], Formula]] = {"↔": iff, "→": Implies, "∨": Or, "∧": And}


@lru_cache(maxsize=4096)
def parse_formula(text: str) -> Formula:
    """Read a formula; `aitp_gym.terms.formula` has the grammar. `⊤` abbreviates `¬⊥`.

    Raises:
        StatementError: the text is not a formula, or a larger one than `MAX_SIZE` and `MAX_DEPTH` allow.
    """
    if len(text) > MAX_TEXT:
        raise StatementError(f"Expected a formula of at most {MAX_TEXT} characters, got {len(text)} characters.")
    return read_formula(text, _leaf, negation, lambda symbol, left, right: _CONNECTIVES[symbol](left, right))


def _leaf(name: str) -> Formula:
    if name == "⊥":
        return FALSE
    if name == "⊤":
        return negation(FALSE)
    if len(name) > MAX_NAME:
        raise StatementError(f"Expected a variable of at most {MAX_NAME} characters, got one of {len(name)}.")
    return Atom(name)
