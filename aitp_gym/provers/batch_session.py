"""Sessions over a prover's process: a batch of tactics, its limits, and a process that is replaced when it is lost."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any, Generic, NoReturn, TypeVar

from ..errors import BadInput, ProverLost, ProverUnavailable
from ..exclusive_use import ExclusiveUse
from ..proof import Failure, FailureKind, Goal, Outcome, Subgoals
from ..text import unsendable
from .prover_process import ProcessDied, ProcessFault, ProcessSilent, ProverProcess

__all__ = ["UNLIMITED_S", "BatchSession", "failure_of", "wall_backstop_s"]

UNLIMITED_S = 1e9
# Servers read requests of 16 MB at least; a character may take 4 bytes.
_MAX_REQUEST_CHARACTERS = 2 * 2**20
# Wall time is a backstop for CPU time, wide enough for a busy machine.
_WALL_FACTOR = 5.0
_WALL_EXTRA_S = 1.0

P = TypeVar("P", bound=ProverProcess[Any])


def wall_backstop_s(timeout_s: float) -> float:
    """Wall seconds after which a tactic is stopped that may have `timeout_s` of CPU time."""
    return _WALL_FACTOR * timeout_s + _WALL_EXTRA_S


def failure_of(error: Exception, elapsed_s: float, cpu_limit_s: float) -> Failure:
    """What became of a tactic whose process was lost with it.

    Args:
        error: how it was lost.
        elapsed_s: wall seconds that the tactic had.
        cpu_limit_s: CPU seconds that it could have used. Nobody can ask a dead process for its CPU time; it had this
            much at most, and usually spent it.
    """
    kind: FailureKind = "timeout" if isinstance(error, ProcessSilent) else "crash"
    if isinstance(error, ProcessDied) and error.out_of_memory:
        kind = "out_of_memory"
    return Failure(kind, str(error), elapsed_s, min(elapsed_s, cpu_limit_s))


class BatchSession(ABC, Generic[P]):
    """Applies tactics where the prover takes several in one request and answers them one by one.

    It asks one process at a time, and another one in its place when that was lost, when an exchange with it did not end
    normally, or when it belongs to the process that this one was forked from. It serves one thread at a time.

    Attributes:
        prover_name: for messages.
        joint_goals: whether a goal may have several parts.
    """

    prover_name: str
    joint_goals: bool = False

    def __init__(self) -> None:
        self._held: P | None = None
        self._closed = False
        self._exclusive = ExclusiveUse(f"This session with {self.prover_name}")

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
            ConcurrentUse: another thread is using the session.
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
        with self._exclusive:
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
        """Send a batch; yields outcomes as they come, and with each whether the batch is complete with it.

        Where the process was lost or is worn out the outcomes end before the batch is complete: the rest must be sent
        again. The exchange with the process has ended when the last outcome is yielded.
        """

    @abstractmethod
    def _obtain(self) -> P:
        """A process for this session, ready to be asked.

        Raises:
            ProcessFault: it was lost at once.
            ProverUnavailable: the prover is not installed or does not start.
        """

    def _process(self) -> P:
        """The process in use, or another one in place of one that is not usable any more.

        Raises:
            BadInput: the session is closed.
            ProverLost: none can be had.
        """
        if self._closed:
            raise BadInput("This session is closed.")
        if self._held is not None and self._held.usable:
            return self._held
        self._drop()
        try:
            self._held = self._obtain()
        except (ProcessFault, ProverUnavailable) as error:
            raise ProverLost(f"{self.prover_name} died and could not be started again: {error}") from error
        return self._held

    def _drop(self) -> None:
        """End the process in use; the next one to ask gets another."""
        held, self._held = self._held, None
        if held is not None:
            held.close()

    def close(self) -> None:
        """End the session; calling it twice is allowed."""
        self._closed = True
        self._drop()

    def __getstate__(self) -> NoReturn:
        raise TypeError(
            "A session cannot be copied or pickled, because it talks to a process of its own: copy the prover or the "
            "environment, and open another session with it."
        )


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
