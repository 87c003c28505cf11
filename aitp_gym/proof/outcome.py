"""Outcomes of a tactic: a bad tactic is data, not an exception."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from .goal import Goal

__all__ = ["FAILURE_KINDS", "Failure", "FailureKind", "Outcome", "Subgoals"]

FailureKind = Literal["rejected", "parse", "timeout", "no_progress", "crash", "out_of_memory", "forbidden"]
FAILURE_KINDS: tuple[FailureKind, ...] = get_args(FailureKind)


@dataclass(frozen=True, slots=True)
class Subgoals:
    """The tactic worked and left these goals; none means that it closed the goal.

    Attributes:
        goals: what is left, in the prover's order.
        elapsed_s: wall seconds the tactic took inside the prover.
        cpu_s: CPU seconds it took.
    """

    goals: tuple[Goal, ...]
    elapsed_s: float = 0.0
    cpu_s: float = 0.0

    @property
    def closed(self) -> bool:
        """Whether nothing is left."""
        return not self.goals


@dataclass(frozen=True, slots=True)
class Failure:
    """The tactic did not work.

    Attributes:
        kind: `rejected` (the prover says no), `parse` (not a tactic of its language), `timeout`, `no_progress` (the
            goal came back unchanged), `crash` (the prover died), `out_of_memory`, or `forbidden` (understood, but not
            allowed here: a later theorem, say).
        message: the prover's words.
        elapsed_s: wall seconds; `cpu_s`: CPU seconds.
    """

    kind: FailureKind
    message: str = ""
    elapsed_s: float = 0.0
    cpu_s: float = 0.0


Outcome = Subgoals | Failure
