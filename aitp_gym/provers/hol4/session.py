"""One attempt's conversation with HOL4."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ...errors import BadInput, ProverLost, ProverUnavailable, StatementError
from ...proof import FAILURE_KINDS, Failure, FailureKind, Goal, Outcome, Sequent, Subgoals, Theorem
from ...text import refuse_unsendable
from ..batch_session import UNLIMITED_S, BatchSession, wall_backstop_s
from ..pool import Pool
from .worker import Worker, WorkerDied, WorkerSilent

__all__ = ["GoalRef", "Hol4Session", "Setting", "enter", "microseconds", "sendable"]

MAX_TACTIC_BYTES = 256 * 1024
MAX_STATEMENT_CHARACTERS = 4 * 2**20
_GRACE_S = 2.0
_KINDS: dict[str, FailureKind] = {kind: kind for kind in FAILURE_KINDS}


@dataclass(frozen=True, slots=True)
class Setting:
    """What a theorem sees: its theory, its number in it, and the context. An empty theory stands for everything."""

    theory: str
    number: int
    context: str

    def request(self) -> dict[str, Any]:
        """The fields of the request that a worker enters it with."""
        return {"op": "enter", "theory": self.theory, "number": self.number, "context": self.context}


@dataclass(frozen=True, slots=True)
class GoalRef:
    """What a worker knows a goal by, for as long as it lives."""

    worker: int
    number: int


class Hol4Session(BatchSession):
    """A `ProverSession` over one worker.

    The text of a goal is all that another worker needs to go on with it: one that dies, stops or keeps silent costs
    the tactic it was working on.

    Attributes:
        root: the theorem as a goal.
    """

    prover_name = "HOL4"
    root: Goal

    def __init__(self, pool: Pool[Worker], theorem: Theorem, setting: Setting) -> None:
        """Open a session; `Hol4.start` is the usual way.

        Raises:
            ProverUnavailable: HOL4 was not found or does not start.
            StatementError: the statement cannot be read.
        """
        self._pool = pool
        self._setting = setting
        self._worker: Worker | None = None
        self._closed = False
        if len(theorem.statement) > MAX_STATEMENT_CHARACTERS:
            raise StatementError(f"The statement of {theorem.name} has over {MAX_STATEMENT_CHARACTERS} characters.")
        refuse_unsendable(theorem.statement, "HOL4", f"the statement of {theorem.name!r}")
        try:
            worker = self._connect()
            reply = worker.request(op="open", hypotheses=[], conclusion=theorem.statement)
        except (WorkerDied, WorkerSilent) as error:
            self._drop()
            raise ProverUnavailable(f"HOL4 was lost while it read the statement of {theorem.name}.") from error
        if not reply["ok"]:
            self.close()
            raise StatementError(f"HOL4 cannot read the statement of {theorem.name}: {reply['message']}")
        self.root = _goal(reply["goal"], worker)

    def _batch(
        self, goal: Goal, tactics: Sequence[str], timeout_s: float, cpu_left: float, wall_left: float
    ) -> Iterator[tuple[Outcome, bool]]:
        wall_limit = min(wall_backstop_s(timeout_s), wall_left)
        limits = {
            "cpu_us": microseconds(timeout_s),
            "wall_us": microseconds(wall_limit),
            "cpu_left_us": microseconds(cpu_left),
            "wall_left_us": microseconds(wall_left),
        }
        before = time.monotonic()
        try:
            worker = self._worker or self._reconnect()
            reply = self._ask(worker, goal, limits, [sendable(tactic) for tactic in tactics], wall_limit)
            while True:
                before = time.monotonic()
                if "last" not in reply:
                    raise BadInput(f"HOL4 cannot read the request: {reply.get('message')}")
                yield _outcome(reply, goal, worker), reply["last"]
                if reply["last"]:
                    return
                reply = worker.receive(wall_limit + _GRACE_S)
        except (WorkerDied, WorkerSilent, LookupError, TypeError, ValueError) as error:
            self._drop()
            elapsed = time.monotonic() - before
            kind: FailureKind = "timeout" if isinstance(error, WorkerSilent) else "crash"
            if isinstance(error, WorkerDied) and error.out_of_memory:
                kind = "out_of_memory"
            # Nobody can ask a dead worker for its CPU time; it had this much at most, and usually spent it.
            yield Failure(kind, str(error), elapsed, min(elapsed, timeout_s)), False

    def _ask(
        self, worker: Worker, goal: Goal, limits: dict[str, int], tactics: list[str], wall_limit: float
    ) -> dict[str, Any]:
        """Send a batch, by the goal's number where the worker knows it; the first reply."""
        sequent = goal.parts[0]
        in_full = {"hypotheses": list(sequent.hypotheses), "conclusion": sequent.conclusion}
        if isinstance(goal.ref, GoalRef) and goal.ref.worker == worker.serial:
            worker.send(op="apply", goal=goal.ref.number, tactics=tactics, **limits)
            reply = worker.receive(wall_limit + _GRACE_S)
            if reply.get("kind") != "unknown_goal":
                return reply
        worker.send(op="apply", tactics=tactics, **in_full, **limits)
        return worker.receive(wall_limit + _GRACE_S)

    def _connect(self) -> Worker:
        worker = self._pool.take()
        try:
            enter(worker, self._setting)
        except (WorkerDied, WorkerSilent):
            # It died while it was idle.
            worker.close()
            worker = self._pool.fresh()
            enter(worker, self._setting)
        self._worker = worker
        return worker

    def _reconnect(self) -> Worker:
        """Another worker in place of one that was lost."""
        if self._closed:
            raise BadInput("This session is closed.")
        try:
            return self._connect()
        except (ProverUnavailable, WorkerDied, WorkerSilent) as error:
            raise ProverLost(f"HOL4 died and could not be started again: {error}") from error

    def _drop(self) -> None:
        if self._worker is not None:
            self._worker.close()
            self._worker = None

    def pretty(self, goal: Goal) -> str:
        """The goal in HOL4's own notation: hypotheses, then `⊢` and the conclusion."""
        sequent = goal.parts[0]
        try:
            worker = self._worker or self._reconnect()
            reply = worker.request(op="pretty", terms=[*sequent.hypotheses, sequent.conclusion])
        except (WorkerDied, WorkerSilent):
            self._drop()
            return goal.text
        if not reply["ok"]:
            return goal.text
        *hypotheses, conclusion = reply["texts"]
        return str(Sequent(tuple(hypotheses), conclusion))

    def close(self) -> None:
        """Give the worker back; calling it twice is allowed."""
        self._closed = True
        if self._worker is not None:
            self._pool.give_back(self._worker)
            self._worker = None


def enter(worker: Worker, setting: Setting) -> None:
    """Show a worker's simplifier and premises as the theorem sees them.

    Raises:
        ProverUnavailable: this HOL4 does not have the theory.
    """
    reply = worker.request(**setting.request())
    if not reply["ok"]:
        raise ProverUnavailable(f"HOL4 cannot enter the context of {setting.theory}: {reply['message']}")


def microseconds(seconds: float) -> int:
    """As the server reads times; no limit at all is one number, however much of it has passed."""
    return int(min(seconds, UNLIMITED_S / 10) * 1e6)


def sendable(tactic: str) -> str:
    """The tactic, or, where it is too long to be sent, something that the server refuses for the same reason."""
    return tactic if len(tactic) <= MAX_TACTIC_BYTES else " " * (MAX_TACTIC_BYTES + 1)


def _goal(fields: dict[str, Any], worker: Worker) -> Goal:
    return Goal.single(fields["conclusion"], fields["hypotheses"], GoalRef(worker.serial, fields["goal"]))


def _outcome(reply: dict[str, Any], goal: Goal, worker: Worker) -> Outcome:
    elapsed_s, cpu_s = reply["wall_us"] * 1e-6, reply["cpu_us"] * 1e-6
    if "kind" in reply:
        return Failure(_KINDS[reply["kind"]], " ".join(reply["message"].split()), elapsed_s, cpu_s)
    goals = tuple(_goal(fields, worker) for fields in reply["subgoals"])
    if len(goals) == 1 and goals[0].parts == goal.parts:
        return Failure("no_progress", "the goal came back unchanged", elapsed_s, cpu_s)
    return Subgoals(goals, elapsed_s, cpu_s)
