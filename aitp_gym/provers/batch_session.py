"""What sessions over a prover's process share: a batch of tactics, its limits, and what is left of them."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence

from ..errors import BadInput
from ..proof import Failure, Goal, Outcome, Subgoals
from ..text import unsendable

__all__ = ["UNLIMITED_S", "BatchSession", "wall_backstop_s"]

UNLIMITED_S = 1e9
# Servers read requests of 16 MB at least; a character may take 4 bytes.
_MAX_REQUEST_CHARACTERS = 2 * 2**20
# Wall time is a backstop for CPU time, wide enough for a busy machine.
_WALL_FACTOR = 5.0
_WALL_EXTRA_S = 1.0


def wall_backstop_s(timeout_s: float) -> float:
    """Wall seconds after which a tactic is stopped that may have `timeout_s` of CPU time."""
    return _WALL_FACTOR * timeout_s + _WALL_EXTRA_S


class BatchSession(ABC):
    """Applies tactics where the prover takes several in one request and answers them one by one.

    Attributes:
        prover_name: for messages.
        joint_goals: whether a goal may have several parts.
    """

    prover_name: str
    joint_goals: bool = False

    def apply(
        self,
        goal: Goal,
        tactics: Sequence[str],
        timeout_s: float,
        *,
        prover_s: float | None = None,
        wall_s: float | None = None,
    ) -> list[Outcome]:
        """Apply each tactic to the goal; see `ProverSession.apply`.

        A tactic that cannot be sent as it is (`text.unsendable`) is a parse failure.

        Raises:
            BadInput: what is given cannot be sent as a goal with tactics.
            ProverLost: a process was lost and no other can be had.
        """
        if len(goal.parts) != 1 and not self.joint_goals:
            raise BadInput(f"A goal of {self.prover_name} has one part, this has {len(goal.parts)}.")
        if timeout_s <= 0:
            raise BadInput(f"timeout_s must be positive, got {timeout_s}.")
        for text in (text for part in goal.parts for text in (part.conclusion, *part.hypotheses)):
            if reason := unsendable(text):
                raise BadInput(f"{self.prover_name} cannot be given this goal: {reason}.")
        cpu_left = UNLIMITED_S if prover_s is None else max(prover_s, 1e-6)
        wall_end = time.monotonic() + (UNLIMITED_S if wall_s is None else max(wall_s, 1e-6))
        outcomes: list[Outcome] = []
        while len(outcomes) < len(tactics):
            wall_left = wall_end - time.monotonic()
            if outcomes and (cpu_left <= 0 or wall_left <= 0):
                break
            if reason := unsendable(tactics[len(outcomes)]):
                outcomes.append(Failure("parse", f"{reason}; nothing is replaced on the way to a prover"))
                continue
            chunk = _chunk(tactics, len(outcomes))
            end = len(outcomes) + len(chunk)
            ended = False
            for outcome, last in self._batch(goal, chunk, timeout_s, cpu_left, max(wall_left, 1e-6)):
                outcomes.append(outcome)
                cpu_left -= outcome.cpu_s
                ended = last
            if ended and (len(outcomes) < end or _closed(outcomes[-1])):
                break
        return outcomes

    @abstractmethod
    def _batch(
        self, goal: Goal, tactics: Sequence[str], timeout_s: float, cpu_left: float, wall_left: float
    ) -> Iterator[tuple[Outcome, bool]]:
        """Send a batch; yields outcomes as they come, and with each whether the batch ends there by rights.

        Ends early, without such an end, where the process was lost or is worn out: the rest must be sent again.
        """


def _closed(outcome: Outcome) -> bool:
    return isinstance(outcome, Subgoals) and outcome.closed


def _chunk(tactics: Sequence[str], start: int) -> Sequence[str]:
    """As many tactics from `start` as one request may carry, and at least one; none that cannot be sent."""
    size = 0
    for i in range(start, len(tactics)):
        size += len(tactics[i])
        if i > start and (size > _MAX_REQUEST_CHARACTERS or unsendable(tactics[i])):
            return tactics[start:i]
    return tactics[start:]
