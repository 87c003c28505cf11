"""Tactics in a child of the server that is replaced when it is lost."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from ...errors import BadInput
from ...proof import FAILURE_KINDS, Failure, FailureKind, Goal, Outcome, Sequent, Subgoals
from ..batch_session import BatchSession, failure_of, wall_backstop_s
from ..prover_process import ProcessFault
from .child import Child
from .progress import Progress
from .server import Server
from .setting import HolLightSetting, child_memory_mb, microseconds

__all__ = ["HolLightWorker"]

MAX_TACTIC_BYTES = 256 * 1024
_GRACE_S = 0.5
_KINDS: dict[str, FailureKind] = {kind: kind for kind in FAILURE_KINDS}


class HolLightWorker(BatchSession[Child]):
    """Applies tactics in a child of its own.

    Goals carry all that HOL Light needs to know, so any goal can go to a new child: one that dies, stops or keeps
    silent costs the tactic it was working on.

    Args:
        server: where children come from.
        setting: of every attempt.
        progress: is told about building and starting.

    Raises:
        ProverUnavailable: HOL Light is not installed or does not start.
    """

    prover_name = "HOL Light"

    def __init__(self, server: Server, setting: HolLightSetting, progress: Progress | None = None) -> None:
        super().__init__()
        self._server = server
        self._setting = setting
        self._held = self._obtain(progress)

    @property
    def child(self) -> Child | None:
        """The present one, if any."""
        return self._held

    def _batch(
        self, goal: Goal, tactics: Sequence[str], timeout_s: float, cpu_left: float, wall_left: float
    ) -> Iterator[tuple[Outcome, bool]]:
        sequent = goal.parts[0]
        wall_limit = min(wall_backstop_s(timeout_s), wall_left)
        times = map(microseconds, (timeout_s, wall_limit, cpu_left, wall_left))
        request = ["APPLY", *self._setting.fields(), *times, str(len(sequent.hypotheses)), sequent.conclusion]
        child = self._process()
        before = time.monotonic()
        try:
            with child.exchange([*request, *sequent.hypotheses, *map(_sendable, tactics)]) as receive:
                while (reply := receive(wall_limit + _GRACE_S))[0] == "more":
                    before = time.monotonic()
                    yield _outcome(reply, sequent), False
            if reply[0] == "error":
                raise BadInput(f"HOL Light cannot read the request: {reply[1]}")
            outcome = _outcome(reply, sequent)
        except BadInput:
            raise
        except (ProcessFault, ValueError, LookupError) as error:
            self._drop()
            yield failure_of(error, time.monotonic() - before, timeout_s), False
            return
        if reply[0] == "retiring":
            self._drop()
        yield outcome, reply[0] == "done"

    def request(self, fields: Sequence[str]) -> Sequence[str]:
        """The reply to a request that has one; a child that is lost with it is replaced at the next.

        Raises:
            ConcurrentUse: another thread is using the session.
            ProcessFault: it brought no reply.
            ProverLost: a child was lost before and no other can be had.
        """
        with self._exclusive:
            return self._process().request(fields)

    def _obtain(self, progress: Progress | None = None) -> Child:
        child = self._server.open(progress)
        child.memory_mb = child_memory_mb(self._setting.memory_mb)
        return child


def _sendable(tactic: str) -> str:
    """The tactic, or, where it is too long to be sent, something that the server refuses for the same reason."""
    return tactic if len(tactic) <= MAX_TACTIC_BYTES else " " * (MAX_TACTIC_BYTES + 1)


def _outcome(reply: Sequence[str], goal: Sequent) -> Outcome:
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
