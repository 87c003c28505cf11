"""Type-checks proof terms against a statement. Soundness rests on this file, `terms.py` and `formula.py` alone."""

from __future__ import annotations

from collections.abc import Mapping

from .formula import And, Falsum, Formula, Implies, Or
from .terms import (
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
    Term,
    Use,
    Variable,
)

__all__ = ["IllTyped", "check_definition", "check_root"]


class IllTyped(Exception):
    """Raised when a proof term is not a proof of what it is said to prove."""


def check_root(definitions: Mapping[int, Definition], statement: Formula) -> None:
    """Hold definition 0 against the statement: no assumptions, and exactly that type.

    With every definition passing `check_definition`, the statement is then a theorem of intuitionistic logic: the
    definitions are well founded, since each uses later ones only.

    Raises:
        IllTyped: it proves something else, or assumes something.
    """
    root = definitions.get(0)
    if root is None:
        raise IllTyped("there is no definition 0")
    if root.parameters:
        raise IllTyped(f"the proof assumes {', '.join(map(str, root.parameters))}")
    if root.type != statement:
        raise IllTyped(f"the proof is of {root.type}, the statement is {statement}")


def check_definition(definitions: Mapping[int, Definition], index: int) -> None:
    """Check that the body of one definition has the type it claims, given the claims of the later ones.

    Raises:
        IllTyped: it has not; the message says where the types part.
    """
    definition = definitions[index]
    _expect(_Inference(definitions, index).infer(definition.body, definition.parameters), definition.type, "the step")


def _expect(got: Formula, wanted: Formula, what: str) -> None:
    if got != wanted:
        raise IllTyped(f"{what} proves {got}, expected {wanted}")


class _Inference:
    """Types of the terms within one definition; the context holds the types of the variables by level."""

    def __init__(self, definitions: Mapping[int, Definition], index: int) -> None:
        self._definitions = definitions
        self._index = index

    def infer(self, term: Term, context: tuple[Formula, ...]) -> Formula:
        """The type of a term: every term has at most one, by the rules of natural deduction."""
        match term:
            case Variable(level):
                if not 0 <= level < len(context):
                    raise IllTyped(f"there is no variable {level}")
                return context[level]
            case Lambda(type_, body):
                _expect(self.infer(body, (*context, type_.left)), type_.right, "the body")
                return type_
            case Apply(function, argument):
                arrow = self.infer(function, context)
                if not isinstance(arrow, Implies):
                    raise IllTyped(f"{arrow} is not an implication")
                _expect(self.infer(argument, context), arrow.left, "the argument")
                return arrow.right
            case Let(value, body):
                return self.infer(body, (*context, self.infer(value, context)))
            case Use(definition, arguments):
                return self._use(definition, arguments, context)
            case First() | Second() | Pair():
                return self._conjunction(term, context)
            case InLeft() | InRight() | Case():
                return self._disjunction(term, context)
            case Absurd(type_, falsehood):
                _expect(self.infer(falsehood, context), Falsum(), "the term")
                return type_
        raise IllTyped(f"{term!r} is not a proof term")

    def _use(self, index: int, arguments: tuple[Term, ...], context: tuple[Formula, ...]) -> Formula:
        definition = self._definitions.get(index)
        if definition is None or index <= self._index:
            raise IllTyped(f"definition {self._index} may use later definitions only, not {index}")
        if len(arguments) != len(definition.parameters):
            raise IllTyped(f"definition {index} has {len(definition.parameters)} parameters, got {len(arguments)}")
        for argument, parameter in zip(arguments, definition.parameters, strict=True):
            _expect(self.infer(argument, context), parameter, "an argument")
        return definition.type

    def _conjunction(self, term: First | Second | Pair, context: tuple[Formula, ...]) -> Formula:
        if isinstance(term, Pair):
            return And(self.infer(term.first, context), self.infer(term.second, context))
        pair = self.infer(term.pair, context)
        if not isinstance(pair, And):
            raise IllTyped(f"{pair} is not a conjunction")
        return pair.left if isinstance(term, First) else pair.right

    def _disjunction(self, term: InLeft | InRight | Case, context: tuple[Formula, ...]) -> Formula:
        if isinstance(term, InLeft | InRight):
            if not isinstance(term.type, Or):
                raise IllTyped(f"{term.type} is not a disjunction")
            side = term.type.left if isinstance(term, InLeft) else term.type.right
            _expect(self.infer(term.term, context), side, "the term")
            return term.type
        union = self.infer(term.scrutinee, context)
        if not isinstance(union, Or):
            raise IllTyped(f"{union} is not a disjunction")
        on_left = self.infer(term.on_left, (*context, union.left))
        _expect(self.infer(term.on_right, (*context, union.right)), on_left, "the right case")
        return on_left
