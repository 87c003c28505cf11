"""One attempt's conversation with Lean's language server."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ...errors import BadInput, ProverUnavailable, StatementError
from ...proof import Failure, Goal, Outcome, Subgoals
from ..batch_session import failure_of, wall_backstop_s
from ..prover_process import ProcessFault
from .document import Reading, compose, read
from .lexical import misplaced
from .outcomes import LeanGoalRef, outcome_of, root_of
from .server import Elaboration, LeanServer
from .session import LeanSession, heartbeats

__all__ = ["ServerSession"]

_OPEN_TIMEOUT_S = 600.0
_MAX_COPIES = 32
# Seconds of a batch that may go into walking the paths of its copies anew; what takes longer goes one by one, where
# Lean remembers the path.
_MAX_PATHS_S = 0.5
# What a copy costs beyond its tactics: two prints of the state, a declaration.
_COPY_S = 0.05
# For Lean's own limit.
_OPENING_S = 10.0
_NO_TACTIC = "skip"


class ServerSession(LeanSession[LeanServer]):
    """A session over a language server.

    A goal is known by the way to it from the theorem, which any server can walk: one that dies or gets stuck is
    replaced and nothing else is lost. Several tactics go in one request, each with a copy of the theorem to itself; if
    the server dies of it or does not finish, they go one by one, so that each one answers for itself.

    The seconds of a request are shared evenly among its tactics. If it did not finish, each tactic that had an answer
    is charged what a copy usually takes, and the tactics without an answer share the rest.
    """

    def _obtain(self) -> LeanServer:
        server = self._pool.take(lambda idle: idle.preamble == self._source.preamble)
        server.preamble = self._source.preamble
        return server

    def _open(self) -> Goal:
        batch = compose(self._source, None, [_NO_TACTIC], heartbeats(_OPENING_S))
        done = self._elaborate(batch.text, _OPEN_TIMEOUT_S, _OPEN_TIMEOUT_S)
        if not done.settled:
            raise ProverUnavailable(f"Lean did not finish reading {self._source.name} in {_OPEN_TIMEOUT_S:.0f} s.")
        copy = batch.copies[0]
        before = [d for d in done.diagnostics if d.line < copy.first and d.severity == "error"]
        if before:
            raise StatementError(f"Lean objects to line {before[0].line + 1}, before the theorem: {before[0].message}")
        reading = read(copy, done.diagnostics, settled=True)
        if reading is None or reading.goals is None:
            words = reading.failure.message if reading is not None and reading.failure is not None else "no goal"
            raise StatementError(f"Lean cannot read the statement {self._source.signature[:200]!r}: {words}")
        return root_of(reading.goals)

    def _batch(
        self, goal: Goal, tactics: Sequence[str], timeout_s: float, cpu_left: float, wall_left: float
    ) -> Iterator[tuple[Outcome, bool]]:
        ref = goal.ref
        if not isinstance(ref, LeanGoalRef):
            raise BadInput("Lean needs the goal as a session gave it: the way to it is not part of its text.")
        end = time.monotonic() + wall_left
        # An attribute of one copy, such as `@[simp]`, would reach the copies after it.
        most = 1 if "@[" in self._source.signature else _MAX_COPIES
        size = max(1, min(most, int(_MAX_PATHS_S / (ref.path_s + 1e-9))))
        tried = 0
        while tried < len(tactics):
            chunk = tactics[tried : tried + size]
            tried += len(chunk)
            limits = _Limits(timeout_s, cpu_left, end - time.monotonic())
            outcomes = self._outcomes(ref, chunk, limits)
            cpu_left -= sum(outcome.cpu_s for outcome in outcomes)
            over = tried >= len(tactics) or cpu_left <= 0 or time.monotonic() >= end
            for number, outcome in enumerate(outcomes, 1):
                closed = isinstance(outcome, Subgoals) and outcome.closed
                last = closed or (over and number == len(outcomes))
                yield outcome, last
                if last:
                    return

    def _outcomes(self, ref: LeanGoalRef, tactics: Sequence[str], limits: _Limits) -> list[Outcome]:
        """One for each tactic, up to the first that closes the goal."""
        outcomes: list[Outcome | None] = [misplaced(tactic) for tactic in tactics]
        sent = [place for place, outcome in enumerate(outcomes) if outcome is None]
        cost = _Cost()
        if len(sent) > 1:
            together, cost = self._together(ref, [tactics[i] for i in sent], limits)
            for place, outcome in zip(sent, together, strict=True):
                outcomes[place] = outcome
        answered: list[Outcome] = []
        for tactic, known in zip(tactics, outcomes, strict=True):
            outcome = known if known is not None else cost.added_to(self._alone(ref, tactic, limits))
            answered.append(outcome)
            if isinstance(outcome, Subgoals) and outcome.closed:
                break
        return answered

    def _together(
        self, ref: LeanGoalRef, tactics: Sequence[str], limits: _Limits
    ) -> tuple[list[Outcome | None], _Cost]:
        """Outcomes of one request for all.

        Returns:
            An outcome for each tactic, `None` for those that have to be tried alone; and what each of these owes
            already, because the request did not finish on their account.
        """
        batch = compose(self._source, ref.place, tactics, heartbeats(limits.tactic_s))
        copy_s = ref.path_s + _COPY_S
        try:
            done = self._elaborate(batch.text, *limits.capped(limits.tactic_s + len(tactics) * copy_s))
        except ProcessFault:
            return [None] * len(tactics), _Cost()
        readings = [read(copy, done.diagnostics, settled=done.settled) for copy in batch.copies]
        unread = readings.count(None)
        share = _Cost(done.wall_s, done.cpu_s).shared(len(tactics))
        if unread:
            usual = _Cost(min(share.wall_s, copy_s), min(share.cpu_s, copy_s))
            answered = len(tactics) - unread
            owed = _Cost(done.wall_s - answered * usual.wall_s, done.cpu_s - answered * usual.cpu_s).shared(unread)
            share = usual
        else:
            owed = _Cost()
        return [
            None if reading is None else _outcome(ref, tactic, reading, share)
            for tactic, reading in zip(tactics, readings, strict=True)
        ], owed

    def _alone(self, ref: LeanGoalRef, tactic: str, limits: _Limits) -> Outcome:
        """The outcome of a request for one tactic; a server that dies of it twice has died of it."""
        batch = compose(self._source, ref.place, [tactic], heartbeats(limits.tactic_s))
        limit = limits.capped(limits.tactic_s + ref.path_s + _COPY_S)
        for last in (False, True):
            started = time.monotonic()
            try:
                done = self._elaborate(batch.text, *limit)
            except ProcessFault as error:
                failure = failure_of(error, time.monotonic() - started, limit[0])
                if last or failure.kind == "out_of_memory":
                    return failure
                continue
            reading = read(batch.copies[0], done.diagnostics, settled=done.settled)
            if reading is not None:
                return _outcome(ref, tactic, reading, _Cost(done.wall_s, done.cpu_s))
            return Failure("timeout", f"no answer within {limit[0]:.3g} s of CPU time", done.wall_s, done.cpu_s)
        raise AssertionError("the second try returns")

    def _elaborate(self, text: str, cpu_limit_s: float, wall_limit_s: float) -> Elaboration:
        server = self.server
        try:
            return server.elaborate(text, cpu_limit_s, wall_limit_s)
        finally:
            if server.worn_out:
                self._drop()


@dataclass(frozen=True, slots=True)
class _Limits:
    """Seconds for one tactic, and what is left for all of them."""

    tactic_s: float
    cpu_left_s: float
    wall_left_s: float

    def capped(self, cpu_s: float) -> tuple[float, float]:
        """CPU and wall seconds for a request that may take so much."""
        cpu_s = max(min(cpu_s, self.cpu_left_s), 1e-3)
        return cpu_s, max(min(wall_backstop_s(cpu_s), self.wall_left_s), 1e-3)


@dataclass(frozen=True, slots=True)
class _Cost:
    """Wall and CPU seconds."""

    wall_s: float = 0.0
    cpu_s: float = 0.0

    def shared(self, number: int) -> _Cost:
        return _Cost(self.wall_s / number, self.cpu_s / number)

    def added_to(self, outcome: Outcome) -> Outcome:
        return replace(outcome, elapsed_s=outcome.elapsed_s + self.wall_s, cpu_s=outcome.cpu_s + self.cpu_s)


def _outcome(ref: LeanGoalRef, tactic: str, reading: Reading, cost: _Cost) -> Outcome:
    if reading.goals is None:
        return cost.added_to(reading.failure or Failure("rejected"))
    # What a tactic took includes the way to it, unless Lean still knew the way.
    path_s = cost.cpu_s if cost.cpu_s >= ref.path_s else ref.path_s + cost.cpu_s
    return outcome_of(ref, tactic, reading.goals, path_s=path_s, elapsed_s=cost.wall_s, cpu_s=cost.cpu_s)
