"""A child of the server that is replaced when it is lost."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from ...errors import BadInput, ProverLost, ProverUnavailable
from ...proof import FAILURE_KINDS, Failure, FailureKind, Goal, Outcome, Sequent, Subgoals
from .child import Child, ChildDied, ChildSilent
from .progress import Progress
from .server import Server
from .setting import UNLIMITED_S, Setting, child_memory_mb, microseconds

__all__ = ["Worker"]

MAX_TACTIC_BYTES = 256 * 1024
# The server reads requests of 16 MB; a character may take 4 bytes.
MAX_REQUEST_CHARACTERS = 2 * 2**20
# Wall time is a backstop for CPU time, wide enough for a busy machine.
_WALL_FACTOR = 5.0
_WALL_EXTRA_S = 1.0
_GRACE_S = 0.5
_KINDS: dict[str, FailureKind] = {kind: kind for kind in FAILURE_KINDS}


class Worker:
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

    child: Child | None

    def __init__(self, server: Server, setting: Setting, progress: Progress | None = None) -> None:
        self._server = server
        self._setting = setting
        self._closed = False
        self._connect(progress)

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

        Raises:
            BadInput: what is given cannot be sent as a goal with tactics.
            ProverLost: a child was lost and no other can be had.
        """
        if len(goal.parts) != 1:
            raise BadInput(f"A goal of HOL Light has one part, this has {len(goal.parts)}.")
        if timeout_s <= 0:
            raise BadInput(f"timeout_s must be positive, got {timeout_s}.")
        pending = [_sendable(tactic) for tactic in tactics]
        cpu_left = UNLIMITED_S if prover_s is None else max(prover_s, 1e-6)
        wall_end = time.monotonic() + (UNLIMITED_S if wall_s is None else max(wall_s, 1e-6))
        outcomes: list[Outcome] = []
        while len(outcomes) < len(pending):
            wall_left = wall_end - time.monotonic()
            if outcomes and (cpu_left <= 0 or wall_left <= 0):
                break
            chunk = _chunk(pending, len(outcomes))
            end = len(outcomes) + len(chunk)
            ended = False
            for outcome, last in self._batch(goal, chunk, timeout_s, cpu_left, max(wall_left, 1e-6)):
                outcomes.append(outcome)
                cpu_left -= outcome.cpu_s
                ended = last
            if ended and (len(outcomes) < end or _closed(outcomes[-1])):
                break
        return outcomes

    def _batch(
        self, goal: Goal, tactics: Sequence[str], timeout_s: float, cpu_left: float, wall_left: float
    ) -> Iterator[tuple[Outcome, bool]]:
        """Send a batch; yields outcomes as they come, and with each whether the batch ends there by rights.

        Ends early, without such an end, where the child was lost or is worn out: the rest must be sent again.
        """
        sequent = goal.parts[0]
        wall_limit = min(_WALL_FACTOR * timeout_s + _WALL_EXTRA_S, wall_left)
        times = map(microseconds, (timeout_s, wall_limit, cpu_left, wall_left))
        request = ["APPLY", *self._setting.fields(), *times, str(len(sequent.hypotheses)), sequent.conclusion]
        child = self.child or self._reconnect()
        before = time.monotonic()
        try:
            child.send([*request, *sequent.hypotheses, *tactics])
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


def _closed(outcome: Outcome) -> bool:
    return isinstance(outcome, Subgoals) and outcome.closed


def _chunk(tactics: Sequence[str], start: int) -> Sequence[str]:
    """As many tactics from `start` as one request may carry, and at least one."""
    size = 0
    for i in range(start, len(tactics)):
        size += len(tactics[i])
        if size > MAX_REQUEST_CHARACTERS and i > start:
            return tactics[start:i]
    return tactics[start:]


def _sendable(tactic: str) -> str:
    """The tactic, or, where it cannot cross the wire, something that the server refuses for the same reason."""
    if len(tactic) > MAX_TACTIC_BYTES:
        return " " * (MAX_TACTIC_BYTES + 1)
    if "\0" in tactic:
        tactic = tactic.replace("\0", "\\0")
    return tactic if tactic.isascii() else tactic.encode(errors="backslashreplace").decode()


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
