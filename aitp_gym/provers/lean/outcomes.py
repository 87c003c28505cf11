"""Outcomes of tactics in Lean: what is left to prove, and how a session finds it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...proof import Failure, Goal, Outcome, Sequent, Subgoals
from .goals import LeanGoal, group, identity
from .script import Place

__all__ = ["LeanGoalRef", "outcome_of", "root_of"]


@dataclass(frozen=True, slots=True)
class LeanGoalRef:
    """Handle by which a session finds a goal again.

    Attributes:
        place: the way to it; `None` for the theorem's own goal.
        goals: what it is made of.
        path_s: CPU seconds that the tactics on the way took.
    """

    place: Place | None
    goals: tuple[LeanGoal, ...]
    path_s: float = 0.0


def root_of(goals: tuple[LeanGoal, ...]) -> Goal:
    """A theorem as a goal."""
    return Goal(tuple(goal.sequent for goal in goals), identity(goals), LeanGoalRef(None, goals))


def outcome_of(
    ref: LeanGoalRef,
    tactic: str,
    goals: Sequence[LeanGoal],
    *,
    path_s: float,
    elapsed_s: float,
    cpu_s: float,
    kept: object = None,
) -> Outcome:
    """What a tactic that did not fail has made of a goal.

    Args:
        ref: the goal.
        tactic: its text.
        goals: what is left.
        path_s: CPU seconds of the way to what is left.
        elapsed_s: wall seconds that the tactic took.
        cpu_s: CPU seconds, likewise.
        kept: by what the session finds the state that the tactic left, if it keeps states.
    """
    if _told(goals) == _told(ref.goals):
        return Failure("no_progress", "the goal came back unchanged", elapsed_s, cpu_s)
    return Subgoals(_subgoals(ref, tactic, goals, path_s, kept), elapsed_s, cpu_s)


def _subgoals(
    ref: LeanGoalRef, tactic: str, goals: Sequence[LeanGoal], path_s: float, kept: object
) -> tuple[Goal, ...]:
    """The goals that a tactic left, those that depend on each other as one."""
    made = []
    for chosen in group(goals):
        members = tuple(goals[place] for place in chosen)
        place = Place(ref.place, tactic, chosen, len(goals), kept)
        parts = tuple(member.sequent for member in members)
        made.append(Goal(parts, identity(members), LeanGoalRef(place, members, path_s)))
    return tuple(made)


def _told(goals: Sequence[LeanGoal]) -> list[tuple[Sequent, str]]:
    """All that is known of goals but their case names."""
    return [(goal.sequent, goal.exact) for goal in goals]
