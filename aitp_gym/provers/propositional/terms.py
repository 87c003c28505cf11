"""Proof terms: simply typed λ-terms with products, sums and an empty type (Curry–Howard).

A proof is a list of definitions. Definition i is a term with one parameter for each hypothesis of its goal, and may use
definitions that come after it. So a subproof that several places share is one definition, and the proof stays as small
as the DAG of the script.

Variables are de Bruijn levels: parameters count from 0, and a binder's variable is the number of those around it. Terms
of a definition never leave it, so nothing is ever substituted or shifted.
"""

from __future__ import annotations

from dataclasses import dataclass

from .formula import Formula, Implies, Or

__all__ = [
    "Absurd",
    "Apply",
    "Case",
    "Definition",
    "First",
    "InLeft",
    "InRight",
    "Lambda",
    "Let",
    "Pair",
    "Second",
    "Term",
    "Use",
    "Variable",
]


@dataclass(frozen=True, slots=True)
class Variable:
    """The variable at that level of the context."""

    level: int


@dataclass(frozen=True, slots=True)
class Lambda:
    """`λx. body` of type `type`, with x at the next level."""

    type: Implies
    body: Term


@dataclass(frozen=True, slots=True)
class Apply:
    """`function argument`."""

    function: Term
    argument: Term


@dataclass(frozen=True, slots=True)
class Let:
    """`let x = value in body`, with x at the next level."""

    value: Term
    body: Term


@dataclass(frozen=True, slots=True)
class Pair:
    """`(first, second)`, of a conjunction."""

    first: Term
    second: Term


@dataclass(frozen=True, slots=True)
class First:
    """The first half of a pair."""

    pair: Term


@dataclass(frozen=True, slots=True)
class Second:
    """The second half of a pair."""

    pair: Term


@dataclass(frozen=True, slots=True)
class InLeft:
    """A proof of the left side, as a proof of the disjunction `type`."""

    type: Or
    term: Term


@dataclass(frozen=True, slots=True)
class InRight:
    """A proof of the right side, as a proof of the disjunction `type`."""

    type: Or
    term: Term


@dataclass(frozen=True, slots=True)
class Case:
    """`case scrutinee of left x. on_left | right x. on_right`, with x at the next level in either branch."""

    scrutinee: Term
    on_left: Term
    on_right: Term


@dataclass(frozen=True, slots=True)
class Absurd:
    """Anything at all, from a proof of ⊥."""

    type: Formula
    falsehood: Term


@dataclass(frozen=True, slots=True)
class Use:
    """A later definition, applied to a term for each of its parameters."""

    definition: int
    arguments: tuple[Term, ...]


Term = Variable | Lambda | Apply | Let | Pair | First | Second | InLeft | InRight | Case | Absurd | Use


@dataclass(frozen=True, slots=True)
class Definition:
    """A term, closed but for its parameters, and the type that it claims to have.

    Attributes:
        parameters: types of the parameters.
        type: what the body is said to prove.
        body: the term.
    """

    parameters: tuple[Formula, ...]
    type: Formula
    body: Term
