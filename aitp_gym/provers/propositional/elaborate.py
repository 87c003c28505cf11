"""Turns the script of a proof into proof terms, from the statement down.

This is a second implementation of the tactic language: it shares formulas and their parser with `tactics.py`, and
nothing else. A mistake here cannot let a wrong proof pass: what it writes is type-checked against the statement.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...errors import StatementError
from ...proof import Proof
from .formula import And, Falsum, Formula, Implies, Or, parse_formula
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

__all__ = ["NotAProof", "TermElaboration"]


class NotAProof(Exception):
    """Raised when a script does not prove the statement.

    Attributes:
        step: index of the guilty step, where there is one.
    """

    def __init__(self, reason: str, step: int | None = None) -> None:
        super().__init__(reason)
        self.step = step


class TermElaboration:
    """A script on its way to proof terms: call `advance` once for each step, in order.

    Attributes:
        definitions: the terms so far, by index of their step; steps that the root does not need have none.
    """

    def __init__(self, statement: Formula, proof: Proof) -> None:
        self.definitions: dict[int, Definition] = {}
        self._steps = proof.steps
        # What each step has to prove: known when the steps before it have been read, since children come later.
        self._claims: dict[int, tuple[tuple[Formula, ...], Formula]] = {0: ((), statement)}

    def advance(self, index: int) -> bool:
        """Elaborate one step; whether the root needs it at all.

        Raises:
            NotAProof: the step does not prove what it has to.
        """
        claim = self._claims.pop(index, None)
        if claim is None:
            return False
        step = self._steps[index]
        hypotheses, conclusion = claim
        scribe = _Scribe(index, hypotheses, conclusion, step.children)
        body = scribe.write(step.tactic)
        if scribe.children_used != len(step.children):
            raise NotAProof(
                f"`{step.tactic}` leaves {scribe.children_used} goals, the step has {len(step.children)} children",
                index,
            )
        for child, goal in scribe.claims:
            if not index < child < len(self._steps):
                raise NotAProof(f"the step has the child {child}, expected one after itself", index)
            if self._claims.setdefault(child, goal) != goal:
                raise NotAProof(f"step {child} is shared by two different goals", index)
        self.definitions[index] = Definition(hypotheses, conclusion, body)
        return True


class _Context:
    """The hypotheses of a goal, each with the term that proves it."""

    def __init__(self, entries: Sequence[tuple[Formula, Term]]) -> None:
        self.entries = list(entries)

    def plus(self, formula: Formula, term: Term) -> _Context:
        known = any(formula == other for other, _ in self.entries)
        return self if known else _Context([*self.entries, (formula, term)])

    def minus(self, position: int) -> _Context:
        return _Context([entry for at, entry in enumerate(self.entries) if at != position])


class _Scribe:
    """Writes the term of one step."""

    def __init__(
        self, index: int, hypotheses: tuple[Formula, ...], conclusion: Formula, children: tuple[int, ...]
    ) -> None:
        self.claims: list[tuple[int, tuple[tuple[Formula, ...], Formula]]] = []
        self.children_used = 0
        self._index = index
        self._goal = conclusion
        self._context = _Context([(formula, Variable(level)) for level, formula in enumerate(hypotheses)])
        self._fresh = Variable(len(hypotheses))
        self._children = children

    def write(self, tactic: str) -> Term:
        words = tactic.split(maxsplit=1)
        match words:
            case ["intro" | "split" | "left" | "right" | "exfalso" | "assumption" as name]:
                return self._on_conclusion(name)
            case ["exact" | "apply" | "specialize" | "cases" | "clear" as name, argument]:
                return self._on_hypothesis(name, self._position(argument.strip()))
            case ["cut", argument]:
                return self._cut(argument)
        raise self._wrong(f"`{tactic}` is not a tactic")

    def _on_conclusion(self, name: str) -> Term:
        goal, context = self._goal, self._context
        match name, goal:
            case "intro", Implies():
                return Lambda(goal, self._child(context.plus(goal.left, self._fresh), goal.right))
            case "split", And():
                return Pair(self._child(context, goal.left), self._child(context, goal.right))
            case "left", Or():
                return InLeft(goal, self._child(context, goal.left))
            case "right", Or():
                return InRight(goal, self._child(context, goal.right))
            case "exfalso", _:
                return Absurd(goal, self._child(context, Falsum()))
            case "assumption", _:
                for formula, term in context.entries:
                    if formula == goal:
                        return term
        raise self._wrong(f"`{name}` does not fit the conclusion {goal}")

    def _on_hypothesis(self, name: str, position: int) -> Term:
        formula, term = self._context.entries[position]
        rest = self._context.minus(position)
        match name, formula:
            case "exact", _ if formula == self._goal:
                return term
            case "clear", _:
                return self._child(rest, self._goal)
            case "apply", _:
                return self._apply(term, formula)
            case "specialize", Implies():
                result = Apply(term, self._child(self._context, formula.left))
                return self._child(rest.plus(formula.right, result), self._goal)
            case "cases", And():
                return self._child(rest.plus(formula.left, First(term)).plus(formula.right, Second(term)), self._goal)
            case "cases", Or():
                on_left = self._child(rest.plus(formula.left, self._fresh), self._goal)
                return Case(term, on_left, self._child(rest.plus(formula.right, self._fresh), self._goal))
            case "cases", Falsum():
                return Absurd(self._goal, term)
        raise self._wrong(f"`{name} h{position}` does not fit the hypothesis {formula} and the conclusion {self._goal}")

    def _apply(self, term: Term, formula: Formula) -> Term:
        result = formula
        while result != self._goal:
            if not isinstance(result, Implies):
                raise self._wrong(f"{formula} does not lead to {self._goal}")
            term = Apply(term, self._child(self._context, result.left))
            result = result.right
        return term

    def _cut(self, argument: str) -> Term:
        try:
            lemma = parse_formula(argument)
        except StatementError as error:
            raise self._wrong(str(error)) from error
        proof = self._child(self._context, lemma)
        return Let(proof, self._child(self._context.plus(lemma, self._fresh), self._goal))

    def _child(self, context: _Context, conclusion: Formula) -> Term:
        """The next child, used in that context for that conclusion."""
        if self.children_used == len(self._children):
            raise self._wrong(f"the step has {len(self._children)} children, but its tactic leaves more goals")
        child = self._children[self.children_used]
        self.children_used += 1
        self.claims.append((child, (tuple(formula for formula, _ in context.entries), conclusion)))
        return Use(child, tuple(term for _, term in context.entries))

    def _position(self, argument: str) -> int:
        count = len(self._context.entries)
        for position in range(count):
            if argument == f"h{position}":
                return position
        raise self._wrong(f"there is no hypothesis `{argument}` among {count}")

    def _wrong(self, reason: str) -> NotAProof:
        return NotAProof(reason, self._index)
