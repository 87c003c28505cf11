"""The tactic language: what each tactic makes of a judgement.

    intro           A → B becomes B under the new hypothesis A
    exact hN        closes the goal when hypothesis N is the conclusion
    assumption      closes the goal when any hypothesis is the conclusion
    apply hN        hN : A₁ → … → Aₖ → C proves C from the goals A₁ … Aₖ (the fewest that fit)
    specialize hN   hN : A → B leaves the goal A, and the goal with hN replaced by B
    split           A ∧ B becomes A and B
    left, right     A ∨ B becomes A, or B
    cases hN        hN : A ∧ B is replaced by A and B; A ∨ B by A in one goal and B in another; ⊥ closes the goal
    exfalso         replaces the conclusion by ⊥
    cut FORMULA     leaves FORMULA as a goal, and the goal with FORMULA as a hypothesis
    clear hN        drops a hypothesis

Hypotheses are named h0, h1, … by position. A new one goes to the end, and is left out when it is there already: without
`cut` only finitely many judgements can then be reached from a statement, all made of its subformulas. With `specialize`
as the left rule of implication the tactics without `cut` are complete for intuitionistic logic.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from ...errors import StatementError
from ...proof import FailureKind
from ...text import unsendable
from .formula import FALSE, And, Falsum, Formula, Implies, Or, parse_formula

__all__ = ["Judgement", "Rejection", "run_tactic"]


class Judgement(NamedTuple):
    """Sequent to be shown: a conclusion under hypotheses."""

    hypotheses: tuple[Formula, ...]
    conclusion: Formula


class Rejection(NamedTuple):
    """Reason why a tactic did not work."""

    kind: FailureKind
    message: str


_Result = tuple[Judgement, ...] | Rejection
_Tactic = Callable[[Judgement], _Result]


def run_tactic(judgement: Judgement, tactic: str) -> _Result:
    """Apply the tactic: the judgements that are left (none when it closes the goal), or why it does not work."""
    parsed = _parse(tactic)
    if isinstance(parsed, Rejection):
        return parsed
    return parsed(judgement)


def _add(hypotheses: tuple[Formula, ...], formula: Formula) -> tuple[Formula, ...]:
    return hypotheses if formula in hypotheses else (*hypotheses, formula)


def _without(hypotheses: tuple[Formula, ...], index: int) -> tuple[Formula, ...]:
    return hypotheses[:index] + hypotheses[index + 1 :]


def _mismatch(tactic: str, wanted: str, formula: Formula) -> Rejection:
    return Rejection("rejected", f"{tactic} needs {wanted}, got {formula.text}")


def _intro(judgement: Judgement) -> _Result:
    hypotheses, conclusion = judgement
    if not isinstance(conclusion, Implies):
        return _mismatch("intro", "a conclusion A → B", conclusion)
    return (Judgement(_add(hypotheses, conclusion.left), conclusion.right),)


def _assumption(judgement: Judgement) -> _Result:
    hypotheses, conclusion = judgement
    return () if conclusion in hypotheses else Rejection("rejected", f"no hypothesis is {conclusion.text}")


def _split(judgement: Judgement) -> _Result:
    hypotheses, conclusion = judgement
    if not isinstance(conclusion, And):
        return _mismatch("split", "a conclusion A ∧ B", conclusion)
    return (Judgement(hypotheses, conclusion.left), Judgement(hypotheses, conclusion.right))


def _left(judgement: Judgement) -> _Result:
    hypotheses, conclusion = judgement
    if not isinstance(conclusion, Or):
        return _mismatch("left", "a conclusion A ∨ B", conclusion)
    return (Judgement(hypotheses, conclusion.left),)


def _right(judgement: Judgement) -> _Result:
    hypotheses, conclusion = judgement
    if not isinstance(conclusion, Or):
        return _mismatch("right", "a conclusion A ∨ B", conclusion)
    return (Judgement(hypotheses, conclusion.right),)


def _exfalso(judgement: Judgement) -> _Result:
    hypotheses, conclusion = judgement
    if isinstance(conclusion, Falsum):
        return Rejection("no_progress", "the conclusion is ⊥ already")
    return (Judgement(hypotheses, FALSE),)


def _exact(judgement: Judgement, index: int, hypothesis: Formula) -> _Result:
    if hypothesis == judgement.conclusion:
        return ()
    return Rejection("rejected", f"h{index} is {hypothesis.text}, not {judgement.conclusion.text}")


def _apply(judgement: Judgement, index: int, hypothesis: Formula) -> _Result:
    hypotheses, conclusion = judgement
    goals: list[Judgement] = []
    rest = hypothesis
    while rest != conclusion:
        if not isinstance(rest, Implies):
            return Rejection("rejected", f"h{index} does not lead to {conclusion.text}: it is {hypothesis.text}")
        goals.append(Judgement(hypotheses, rest.left))
        rest = rest.right
    if judgement in goals:
        return Rejection("no_progress", f"h{index} asks for {conclusion.text} itself")
    return tuple(goals)


def _specialize(judgement: Judgement, index: int, hypothesis: Formula) -> _Result:
    hypotheses, conclusion = judgement
    if not isinstance(hypothesis, Implies):
        return _mismatch("specialize", "a hypothesis A → B", hypothesis)
    if hypothesis.left == conclusion:
        return Rejection("no_progress", f"h{index} asks for {conclusion.text} itself")
    replaced = _add(_without(hypotheses, index), hypothesis.right)
    return (Judgement(hypotheses, hypothesis.left), Judgement(replaced, conclusion))


def _cases(judgement: Judgement, index: int, hypothesis: Formula) -> _Result:
    hypotheses, conclusion = judgement
    rest = _without(hypotheses, index)
    match hypothesis:
        case And():
            return (Judgement(_add(_add(rest, hypothesis.left), hypothesis.right), conclusion),)
        case Or():
            return (
                Judgement(_add(rest, hypothesis.left), conclusion),
                Judgement(_add(rest, hypothesis.right), conclusion),
            )
        case Falsum():
            return ()
        case _:
            return _mismatch("cases", "a hypothesis A ∧ B, A ∨ B or ⊥", hypothesis)


def _clear(judgement: Judgement, index: int, hypothesis: Formula) -> _Result:
    return (Judgement(_without(judgement.hypotheses, index), judgement.conclusion),)


def _cut(judgement: Judgement, formula: Formula) -> _Result:
    hypotheses, conclusion = judgement
    if formula == conclusion or formula in hypotheses:
        return Rejection("no_progress", f"{formula.text} is the conclusion or a hypothesis already")
    return (Judgement(hypotheses, formula), Judgement((*hypotheses, formula), conclusion))


_PLAIN: dict[str, _Tactic] = {
    "intro": _intro,
    "assumption": _assumption,
    "split": _split,
    "left": _left,
    "right": _right,
    "exfalso": _exfalso,
}
_ON_HYPOTHESIS: dict[str, Callable[[Judgement, int, Formula], _Result]] = {
    "exact": _exact,
    "apply": _apply,
    "specialize": _specialize,
    "cases": _cases,
    "clear": _clear,
}
_HYPOTHESIS = re.compile(r"h(0|[1-9][0-9]{0,5})")


@lru_cache(maxsize=4096)
def _parse(tactic: str) -> _Tactic | Rejection:
    """The tactic as a function of the judgement, or why the text is not a tactic."""
    if reason := unsendable(tactic):
        return Rejection("parse", reason)
    name, argument = (*tactic.split(maxsplit=1), "", "")[:2]
    argument = argument.strip()
    if name in _PLAIN:
        return Rejection("parse", f"{name} takes no argument, got {argument!r}") if argument else _PLAIN[name]
    if name in _ON_HYPOTHESIS:
        match = _HYPOTHESIS.fullmatch(argument)
        if match is None:
            return Rejection("parse", f"{name} takes a hypothesis such as h0, got {argument!r}")
        return _on_hypothesis(_ON_HYPOTHESIS[name], int(match[1]))
    if name == "cut":
        try:
            formula = parse_formula(argument)
        except StatementError as error:
            return Rejection("parse", str(error))
        return lambda judgement: _cut(judgement, formula)
    names = ", ".join((*_PLAIN, *_ON_HYPOTHESIS, "cut"))
    return Rejection("parse", f"expected one of {names}; got {name!r}")


def _on_hypothesis(rule: Callable[[Judgement, int, Formula], _Result], index: int) -> _Tactic:
    def tactic(judgement: Judgement) -> _Result:
        hypotheses = judgement.hypotheses
        if index >= len(hypotheses):
            return Rejection("rejected", f"there is no h{index}: hypotheses of the goal: {len(hypotheses)}")
        return rule(judgement, index, hypotheses[index])

    return tactic
