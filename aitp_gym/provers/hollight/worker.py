"""A child of the server that is replaced when it is lost."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from ...errors import BadInput, ProverLost, ProverUnavailable
from ...proof import FAILURE_KINDS, Failure, FailureKind, Goal, Outcome, Sequent, Subgoals
from ..batch_session import BatchSession, wall_backstop_s
from .child import Child, ChildDied, ChildSilent
from .progress import Progress
from .server import Server
from .setting import Setting, child_memory_mb, microseconds

__all__ = ["Worker"]

MAX_TACTIC_BYTES = 256 * 1024
_GRACE_S = 0.5
_KINDS: dict[str, FailureKind] = {kind: kind for kind in FAILURE_KINDS}


class Worker(BatchSession):
    """Applies tactics in a child of its own.

    Goals carry all that HOL Light needs to know, so any goal can go to a new child: one that dies, stops or keeps
    silent costs the tactic it was working on.

    Args:
        server: where children come from.
        setting: of every attempt.
        progress: is told about building and starting.

    Attributes:
        child: the present one, if any.

    Raises:
        ProverUnavailable: HOL Light is not installed or does not start.
    """

    prover_name = "HOL Light"
    child: Child | None

    def __init__(self, server: Server, setting: Setting, progress: Progress | None = None) -> None:
        self._server = server
        self._setting = setting
        self._closed = False
        self._connect(progress)

    def _batch(
        self, goal: Goal, tactics: Sequence[str], timeout_s: float, cpu_left: float, wall_left: float
    ) -> Iterator[tuple[Outcome, bool]]:
        sequent = goal.parts[0]
        wall_limit = min(wall_backstop_s(timeout_s), wall_left)
        times = map(microseconds, (timeout_s, wall_limit, cpu_left, wall_left))
        request = ["APPLY", *self._setting.fields(), *times, str(len(sequent.hypotheses)), sequent.conclusion]
        child = self.child or self._reconnect()
        before = time.monotonic()
        try:
            child.send([*request, *sequent.hypotheses, *map(_sendable, tactics)])
            while True:
                reply = child.receive(wall_limit + _GRACE_S)
                before = time.monotonic()
                if reply[0] == "error":
                    raise BadInput(f"HOL Light cannot read the request: {reply[1]}")
                outcome = _outcome(reply, sequent)
                if reply[0] == "retiring":
                    self._drop()
                yield outcome, reply[0] == "done"
                if reply[0] != "more":
                    return
        except BadInput:
            raise
        except (ChildDied, ChildSilent, ValueError, LookupError) as error:
            self._drop()
            elapsed = time.monotonic() - before
            kind: FailureKind = "timeout" if isinstance(error, ChildSilent) else "crash"
            if isinstance(error, ChildDied) and error.out_of_memory:
                kind = "out_of_memory"
            # Nobody can ask a dead child for its CPU time; it had this much at most, and usually spent it.
            yield Failure(kind, str(error), elapsed, min(elapsed, timeout_s)), False

    def request(self, fields: Sequence[str]) -> list[str]:
        """The reply to a request that has one; a child that is lost with it is replaced at the next.

        Raises:
            ChildDied: it ended before it replied.
            ChildSilent: it did not reply for minutes.
            ProverLost: a child was lost before and no other can be had.
        """
        child = self.child or self._reconnect()
        try:
            return child.request(fields)
        except (ChildDied, ChildSilent):
            self._drop()
            raise

    def _connect(self, progress: Progress | None = None) -> Child:
        self.child = self._server.open(progress)
        self.child.memory_mb = child_memory_mb(self._setting.memory_mb)
        return self.child

    def _reconnect(self) -> Child:
        """A new child in place of one that was lost."""
        if self._closed:
            raise BadInput("This session is closed.")
        try:
            return self._connect()
        except ProverUnavailable as error:
            raise ProverLost(f"HOL Light died and could not be started again: {error}") from error

    def _drop(self) -> None:
        if self.child is not None:
            self.child.close()
            self.child = None

    def close(self) -> None:
        """End the child; calling it twice is allowed."""
        self._closed = True
        self._drop()


def _sendable(tactic: str) -> str:
    """The tactic, or, where it is too long to be sent, something that the server refuses for the same reason."""
    return tactic if len(tactic) <= MAX_TACTIC_BYTES else " " * (MAX_TACTIC_BYTES + 1)


def _outcome(reply: list[str], goal: Sequent) -> Outcome:
    """Read a reply: how the batch goes on, wall and CPU microseconds, then subgoals or a failure."""
    elapsed_s, cpu_s = int(reply[1]) * 1e-6, int(reply[2]) * 1e-6
    if reply[3] != "subgoals":
        return Failure(_KINDS[reply[4]], reply[5], elapsed_s, cpu_s)
    goals = []
    at = 5
    for _ in range(int(reply[4])):
        end = at + 2 + int(reply[at])
        goals.append(Goal.single(reply[at + 1], reply[at + 2 : end]))
        at = end
    if len(goals) == 1 and goals[0].parts[0] == goal:
        return Failure("no_progress", "the goal came back unchanged", elapsed_s, cpu_s)
    return Subgoals(tuple(goals), elapsed_s, cpu_s)
