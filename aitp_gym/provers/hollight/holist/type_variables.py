"""Invented type variables (`?0`, `?26427`), which proof logs number anew in each goal.

HOL Light numbers them as it invents them, HOList from 0 in each sequent that it prints: the same variable has other
names in a goal, in the terms given to a tactic there, and in the subgoals.
"""

from __future__ import annotations

import re
from dataclasses import replace

from ....proof import Sequent
from .prooflogs import LoggedGoal, LoggedStep

__all__ = ["equivalent", "restate"]

_TYPE_VARIABLE = re.compile(r"(?<=[ (])\?(\d+)(?=[ )])")


def equivalent(first: Sequent, second: Sequent) -> bool:
    """Whether two sequents are the same up to the names of invented type variables and the order of hypotheses."""
    return _normal(first) == _normal(second)


def restate(step: LoggedStep, goal: Sequent) -> LoggedStep:
    """A logged step as it is to be done at a goal that is `equivalent` to the logged one.

    Args:
        step: as logged.
        goal: that it is to be applied to; its names of type variables are used, and its order of hypotheses.

    Returns:
        The step with this goal, and with its parameters in the names of this goal; its subgoals are as logged.
    """
    logged = Sequent(step.goal.hypotheses, step.goal.conclusion)
    if goal == logged:
        return step
    names = dict(zip(_names(logged), _names(goal), strict=False))

    def rename(text: str) -> str:
        return _TYPE_VARIABLE.sub(lambda match: f"?{names.get(match[1], match[1])}", text)

    def renamed(theorem: LoggedGoal) -> LoggedGoal:
        return replace(
            theorem, conclusion=rename(theorem.conclusion), hypotheses=tuple(map(rename, theorem.hypotheses))
        )

    parameters = tuple(
        replace(parameter, text=rename(parameter.text), theorems=tuple(map(renamed, parameter.theorems)))
        for parameter in step.parameters
    )
    return replace(step, goal=LoggedGoal(goal.conclusion, goal.hypotheses), parameters=parameters)


def _names(sequent: Sequent) -> list[str]:
    """The invented variables in the order in which equivalent sequents show them: of each the first place counts."""
    conclusion, hypotheses = _TYPE_VARIABLE.findall(sequent.conclusion), sequent.hypotheses
    # Hypotheses that differ in their order only are brought into one order: by their text without the names.
    ordered = sorted(hypotheses, key=lambda text: _TYPE_VARIABLE.sub("?", text))
    return list(dict.fromkeys([*conclusion, *(name for text in ordered for name in _TYPE_VARIABLE.findall(text))]))


def _normal(sequent: Sequent) -> tuple[str, list[str]]:
    names = {name: place for place, name in enumerate(_names(sequent))}

    def rename(text: str) -> str:
        return _TYPE_VARIABLE.sub(lambda match: f"?n{names[match[1]]}", text)

    return rename(sequent.conclusion), sorted(map(rename, sequent.hypotheses))
