"""One attempt's conversation with HOL4."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ...errors import BadInput, ProverUnavailable, StatementError
from ...proof import FAILURE_KINDS, Failure, FailureKind, Goal, Outcome, Sequent, Subgoals, Theorem
from ...text import refuse_unsendable
from ..batch_session import UNLIMITED_S, BatchSession, failure_of, wall_backstop_s
from ..pool import Pool
from ..prover_process import ProcessFault
from .worker import Hol4Worker

__all__ = ["Hol4GoalRef", "Hol4Session", "Hol4Setting", "enter", "microseconds", "sendable"]

MAX_TACTIC_BYTES = 256 * 1024
MAX_STATEMENT_CHARACTERS = 4 * 2**20
_GRACE_S = 2.0
_KINDS: dict[str, FailureKind] = {kind: kind for kind in FAILURE_KINDS}


@dataclass(frozen=True, slots=True)
class Hol4Setting:
    """Context of a theorem: its theory, its number in it, and the context. An empty theory stands for everything."""

    theory: str
    number: int
    context: str

    def request(self) -> dict[str, Any]:
        """The fields of the request that a worker enters it with."""
        return {"op": "enter", "theory": self.theory, "number": self.number, "context": self.context}


@dataclass(frozen=True, slots=True)
class Hol4GoalRef:
    """Handle of a goal in one worker, valid for as long as that lives."""

    worker: str
    number: int


class Hol4Session(BatchSession[Hol4Worker]):
    """A `ProverSession` over one worker.

    The text of a goal is all that another worker needs to go on with it: one that dies, stops or keeps silent costs
    the tactic it was working on.

    Attributes:
        root: the theorem as a goal.
    """

    prover_name = "HOL4"
    root: Goal

    def __init__(self, pool: Pool[Hol4Worker], theorem: Theorem, setting: Hol4Setting) -> None:
        """Open a session; `Hol4.start` is the usual way.

        Raises:
            ProverUnavailable: HOL4 was not found or does not start.
            StatementError: the statement cannot be read.
        """
        super().__init__()
        self._pool = pool
        self._setting = setting
        if len(theorem.statement) > MAX_STATEMENT_CHARACTERS:
            raise StatementError(f"The statement of {theorem.name} has over {MAX_STATEMENT_CHARACTERS} characters.")
        refuse_unsendable(theorem.statement, "HOL4", f"the statement of {theorem.name!r}")
        try:
            worker = self._held = self._obtain()
            reply = worker.request({"op": "open", "hypotheses": [], "conclusion": theorem.statement})
        except ProcessFault as error:
            raise ProverUnavailable(f"HOL4 was lost while it read the statement of {theorem.name}.") from error
        if not reply["ok"]:
            self.close()
            raise StatementError(f"HOL4 cannot read the statement of {theorem.name}: {reply['message']}")
        self.root = _goal(reply["goal"], worker)

    def _batch(
        self, goal: Goal, tactics: Sequence[str], timeout_s: float, cpu_left: float, wall_left: float
    ) -> Iterator[tuple[Outcome, bool]]:
        wall_limit = min(wall_backstop_s(timeout_s), wall_left)
        request: dict[str, Any] = {
            "op": "apply",
            "tactics": [sendable(tactic) for tactic in tactics],
            "cpu_us": microseconds(timeout_s),
            "wall_us": microseconds(wall_limit),
            "cpu_left_us": microseconds(cpu_left),
            "wall_left_us": microseconds(wall_left),
        }
        before = time.monotonic()
        try:
            worker = self._process()
            for named in _namings(goal, worker):
                with worker.exchange({**named, **request}) as receive:
                    while not (reply := receive(wall_limit + _GRACE_S)).get("last", True):
                        before = time.monotonic()
                        yield _outcome(reply, goal, worker), False
                if reply.get("kind") != "unknown_goal":
                    break
            if "last" not in reply:
                raise BadInput(f"HOL4 cannot read the request: {reply.get('message')}")
            outcome = _outcome(reply, goal, worker)
        except BadInput:
            raise
        except (ProcessFault, LookupError, TypeError, ValueError) as error:
            self._drop()
            yield failure_of(error, time.monotonic() - before, timeout_s), False
            return
        yield outcome, True

    def _obtain(self) -> Hol4Worker:
        worker = self._pool.take()
        try:
            enter(worker, self._setting)
        except ProcessFault:
            # It died while it was idle.
            worker = self._pool.fresh()
            enter(worker, self._setting)
        return worker

    def pretty(self, goal: Goal) -> str:
        """The goal in HOL4's own notation: hypotheses, then `⊢` and the conclusion."""
        sequent = goal.parts[0]
        with self._exclusive:
            try:
                terms = [*sequent.hypotheses, sequent.conclusion]
                reply = self._process().request({"op": "pretty", "terms": terms})
            except ProcessFault:
                self._drop()
                return goal.text
        if not reply["ok"]:
            return goal.text
        *hypotheses, conclusion = reply["texts"]
        return str(Sequent(tuple(hypotheses), conclusion))

    def close(self) -> None:
        """Give the worker back; calling it twice is allowed."""
        self._closed = True
        worker, self._held = self._held, None
        if worker is not None:
            self._pool.give_back(worker)


def enter(worker: Hol4Worker, setting: Hol4Setting) -> None:
    """Show a worker's simplifier and premises as the theorem sees them.

    Raises:
        ProcessFault: the worker was lost.
        ProverUnavailable: this HOL4 does not have the theory.
    """
    reply = worker.request(setting.request())
    if not reply["ok"]:
        raise ProverUnavailable(f"HOL4 cannot enter the context of {setting.theory}: {reply['message']}")


def _namings(goal: Goal, worker: Hol4Worker) -> list[dict[str, Any]]:
    """How a request may name a goal: by its number where the worker made it and may still know it, else in full."""
    sequent = goal.parts[0]
    in_full = {"hypotheses": list(sequent.hypotheses), "conclusion": sequent.conclusion}
    if isinstance(goal.ref, Hol4GoalRef) and goal.ref.worker == worker.serial:
        return [{"goal": goal.ref.number}, in_full]
    return [in_full]


def microseconds(seconds: float) -> int:
    """As the server reads times; no limit at all is one number, however much of it has passed."""
    return int(min(seconds, UNLIMITED_S / 10) * 1e6)


def sendable(tactic: str) -> str:
    """The tactic, or, where it is too long to be sent, something that the server refuses for the same reason."""
    return tactic if len(tactic) <= MAX_TACTIC_BYTES else " " * (MAX_TACTIC_BYTES + 1)


def _goal(fields: dict[str, Any], worker: Hol4Worker) -> Goal:
    return Goal.single(fields["conclusion"], fields["hypotheses"], Hol4GoalRef(worker.serial, fields["goal"]))


def _outcome(reply: dict[str, Any], goal: Goal, worker: Hol4Worker) -> Outcome:
    elapsed_s, cpu_s = reply["wall_us"] * 1e-6, reply["cpu_us"] * 1e-6
    if "kind" in reply:
        return Failure(_KINDS[reply["kind"]], " ".join(reply["message"].split()), elapsed_s, cpu_s)
    goals = tuple(_goal(fields, worker) for fields in reply["subgoals"])
    if len(goals) == 1 and goals[0].parts == goal.parts:
        return Failure("no_progress", "the goal came back unchanged", elapsed_s, cpu_s)
    return Subgoals(goals, elapsed_s, cpu_s)
