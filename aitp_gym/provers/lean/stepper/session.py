"""One attempt's conversation with a Lean that keeps its proof states."""

from __future__ import annotations

import contextlib
import time
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ....errors import BadInput, StatementError
from ....proof import Failure, FailureKind, Goal, Outcome, Subgoals
from ...batch_session import failure_of, wall_backstop_s
from ...prover_process import ProcessFault
from ..goals import LeanGoal
from ..lexical import forbidden
from ..outcomes import LeanGoalRef, outcome_of, root_of
from ..script import Place
from ..session import LeanSession, heartbeats
from .process import Stepped, Stepper, StepperLimits

__all__ = ["StepperSession"]

# About a hundred megabytes in the embedded engine; the way to an older one is walked again.
_MAX_STATES = 4_096
# Steps on the way to a goal have succeeded before; what now takes longer by far will not come.
_REPLAY_FACTOR = 5.0
_REPLAY_S = 10.0
_MAX_MESSAGE = 2000
# Share of the memory that a process may hold beyond which another one takes its place.
_FULL = 0.75
# It is looked at after each step that takes long, and after every so many others.
_LONG_S = 0.05
_LOOK = 32
_KINDS: dict[str, FailureKind] = {"parse": "parse", "stopped": "timeout", "unproved": "forbidden"}


class _Kept:
    """By what a session finds the state that a tactic left: the opening of the theorem, and its number there."""

    __slots__ = ("at",)

    def __init__(self, opening: _Opening, number: int) -> None:
        self.at = (opening, number)

    def __del__(self) -> None:
        opening, number = self.at
        opening.forgotten.append(number)


@dataclass(eq=False, slots=True)
class _Opening:
    """A theorem that a process has open.

    Attributes:
        goals: of the theorem.
        states: numbers of the states that it keeps, the one used last at the end.
        forgotten: numbers that nobody will ask for again.
    """

    goals: tuple[LeanGoal, ...]
    states: OrderedDict[int, None] = field(default_factory=OrderedDict)
    forgotten: list[int] = field(default_factory=list)

    def dropped(self) -> list[int]:
        """States to drop now: those that nobody knows of, and the oldest where there are too many."""
        drop = []
        while self.forgotten:
            number = self.forgotten.pop()
            if number in self.states:
                del self.states[number]
                drop.append(number)
        while len(self.states) > _MAX_STATES:
            drop.append(self.states.popitem(last=False)[0])
        return drop


class _Unreachable(Exception):
    """Raised when the way to a goal cannot be walked again."""


@dataclass(slots=True)
class _Limits:
    """Seconds for a tactic, and what is left of the batch's."""

    tactic_s: float
    cpu_left_s: float
    wall_end: float

    def for_step(self) -> StepperLimits:
        """What the next tactic may use."""
        cpu_s = max(min(self.tactic_s, self.cpu_left_s), 1e-3)
        wall_s = max(min(wall_backstop_s(cpu_s), self.wall_end - time.monotonic()), 1e-3)
        return StepperLimits(cpu_s, wall_s, heartbeats(self.tactic_s))


class StepperSession(LeanSession[Stepper]):
    """A session over a stepper: each tactic costs its own time, however long the way to its goal was.

    What a tactic leaves stays in the process as a state with a number. A process that is lost takes its states with it;
    then, and where a state was dropped because there were too many, the way to a goal is walked again, once, when the
    goal is asked for next. That takes nothing from the time of the tactic that is tried then, and is counted as spent.

    Every tactic of a batch runs from the same state, restored before each: none sees what another did.
    """

    _opening: _Opening

    def close(self) -> None:
        """Give the process back, with its theorem closed; calling it twice is allowed."""
        if self._held is not None and self._held.usable:
            with contextlib.suppress(ProcessFault):
                self._held.leave()
        super().close()

    def _obtain(self) -> Stepper:
        # One that was idle may have died meanwhile.
        for take in (self._pool.take, self._pool.fresh):
            server = take()
            try:
                self._opening = _Opening(server.open(self._source))
            except StatementError:
                self._pool.give_back(server)
                raise
            except ProcessFault:
                if take == self._pool.fresh:
                    raise
                continue
            return server
        raise AssertionError("a fresh process is the last")

    def _open(self) -> Goal:
        return root_of(self._opening.goals)

    def _batch(
        self, goal: Goal, tactics: Sequence[str], timeout_s: float, cpu_left: float, wall_left: float
    ) -> Iterator[tuple[Outcome, bool]]:
        ref = goal.ref
        if not isinstance(ref, LeanGoalRef):
            raise BadInput("Lean needs the goal as a session gave it: the way to it is not part of its text.")
        limits = _Limits(timeout_s, cpu_left, time.monotonic() + wall_left)
        for number, tactic in enumerate(tactics, 1):
            outcome = self._outcome(ref, tactic, limits)
            limits.cpu_left_s -= outcome.cpu_s
            closed = isinstance(outcome, Subgoals) and outcome.closed
            over = number == len(tactics) or limits.cpu_left_s <= 0 or time.monotonic() >= limits.wall_end
            yield outcome, closed or over
            if closed or over:
                return

    def _outcome(self, ref: LeanGoalRef, tactic: str, limits: _Limits) -> Outcome:
        """The outcome of one tactic; a process that dies of it twice has died of it."""
        if (failure := forbidden(tactic)) is not None:
            return failure
        tactic = tactic.replace("\r\n", "\n")
        started, cpu_s = time.monotonic(), 0.0
        for last in (False, True):
            tried, allowed = time.monotonic(), limits.for_step()
            try:
                server = self.server
                state, walked_s = self._state(server, ref)
                cpu_s += walked_s
                allowed = limits.for_step()
                done = self._step(server, state, ref.place, tactic, allowed)
            except _Unreachable as error:
                return Failure("crash", str(error), time.monotonic() - started, cpu_s)
            except ProcessFault as error:
                failure = failure_of(error, time.monotonic() - tried, allowed.cpu_s)
                cpu_s += failure.cpu_s
                if last or failure.kind != "crash":
                    return Failure(failure.kind, failure.message, time.monotonic() - started, cpu_s)
                continue
            cpu_s += done.cpu_s
            return self._read(ref, tactic, done, allowed, time.monotonic() - started, cpu_s)
        raise AssertionError("the second try returns")

    def _read(
        self, ref: LeanGoalRef, tactic: str, done: Stepped, allowed: StepperLimits, elapsed_s: float, cpu_s: float
    ) -> Outcome:
        if done.status != "ok":
            message = done.message
            if done.status == "stopped":
                message = f"no answer within {allowed.cpu_s:.3g} s of CPU time"
            elif done.status == "unproved":
                message = "it leaves something unproved (`sorry`)"
            return Failure(_KINDS.get(done.status, "rejected"), message[:_MAX_MESSAGE], elapsed_s, cpu_s)
        kept = self._keep(done.state)
        path_s = ref.path_s + done.cpu_s
        return outcome_of(
            ref, tactic, done.goals, path_s=path_s, elapsed_s=elapsed_s, cpu_s=cpu_s, kept=kept if done.goals else None
        )

    def _keep(self, number: int) -> _Kept:
        self._opening.states[number] = None
        return _Kept(self._opening, number)

    def _step(self, server: Stepper, state: int, on: Place | None, tactic: str, limits: StepperLimits) -> Stepped:
        """Run a tactic on the goals of a place, in the state that the place's tactic left."""
        places = tuple(range(len(self.root.parts))) if on is None else on.chosen
        done = server.step(state, places, tactic, limits, self._opening.dropped())
        # To look takes a tenth of what a step does.
        if (done.elapsed_s > _LONG_S or server.steps % _LOOK == 0) and server.resident_mb > _FULL * server.memory_mb:
            self._drop()
        return done

    def _state(self, server: Stepper, ref: LeanGoalRef) -> tuple[int, float]:
        """Number of the state in which a goal is, and the CPU seconds that it took to walk there anew."""
        way: list[Place] = []
        place = ref.place
        while place is not None and (number := self._number(place)) is None:
            way.append(place)
            place = place.parent
        state, cpu_s = (0 if place is None else number or 0), 0.0
        limit_s = max(_REPLAY_S, _REPLAY_FACTOR * ref.path_s)
        limits = StepperLimits(limit_s, wall_backstop_s(limit_s))
        while way:
            step = way.pop()
            done = self._step(server, state, step.parent, step.tactic, limits)
            cpu_s += done.cpu_s
            if done.status != "ok" or len(done.goals) != step.total:
                raise _Unreachable(f"the way to the goal cannot be walked again: {step.tactic[:200]!r}: {done.message}")
            state = done.state
            self._opening.states[state] = None
            if isinstance(step.kept, _Kept):
                step.kept.at = (self._opening, state)
        return state, cpu_s

    def _number(self, place: Place) -> int | None:
        """The state that a place's tactic left, if the process still has it."""
        if not isinstance(place.kept, _Kept):
            return None
        opening, number = place.kept.at
        if opening is not self._opening or number not in opening.states:
            return None
        opening.states.move_to_end(number)
        return number
