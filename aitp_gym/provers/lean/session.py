"""Sessions with Lean, as far as they are the same whichever way one talks to it."""

from __future__ import annotations

from abc import abstractmethod
from typing import TypeVar

from ...errors import ProverLost, ProverUnavailable
from ...proof import Goal
from ..batch_session import UNLIMITED_S, BatchSession
from ..pool import Pool
from ..prover_process import ProcessFault
from .lean_process import LeanProcess
from .outcomes import LeanGoalRef
from .source import Source

__all__ = ["LeanSession", "heartbeats"]

# Lean counts allocations besides; what our own clock stops at is far below this for nearly every tactic.
_HEARTBEATS_PER_S = 20_000

P = TypeVar("P", bound=LeanProcess)


def heartbeats(seconds: float) -> int:
    """Lean's own limit, in thousands of small allocations, for what may take so many seconds."""
    return max(1, int(min(seconds, UNLIMITED_S / _HEARTBEATS_PER_S) * _HEARTBEATS_PER_S))


class LeanSession(BatchSession[P]):
    """A `ProverSession` with a process of Lean that a pool lends.

    Args:
        pool: of processes.
        source: of the theorem.

    Attributes:
        root: the theorem as a goal.

    Raises:
        ProverUnavailable: Lean does not start.
        StatementError: Lean does not accept the statement, or what stands before it.
    """

    prover_name = "Lean"
    joint_goals = True
    root: Goal

    def __init__(self, pool: Pool[P], source: Source) -> None:
        super().__init__()
        self._pool = pool
        self._source = source
        try:
            self._held = self._obtain()
            self.root = self._open()
        except (ProcessFault, ProverLost) as error:
            self.close()
            raise ProverUnavailable(f"Lean was lost while it read {source.name}: {error}") from error
        except BaseException:
            self.close()
            raise

    @abstractmethod
    def _open(self) -> Goal:
        """The theorem as a goal, in the process in use."""

    @property
    def server(self) -> P:
        """The process in use; a new one where the last was lost.

        Raises:
            BadInput: the session is closed.
            ProverLost: Lean does not start any more.
        """
        return self._process()

    def pretty(self, goal: Goal) -> str:
        """The goal as Lean prints it, with its case name."""
        if not isinstance(goal.ref, LeanGoalRef):
            return goal.text
        return "\n\n".join(part.as_text() for part in goal.ref.goals)

    def close(self) -> None:
        """Give the process back; calling it twice is allowed."""
        self._closed = True
        held, self._held = self._held, None
        if held is not None:
            self._pool.give_back(held)
