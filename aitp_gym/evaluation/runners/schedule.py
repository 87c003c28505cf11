"""One round of attempts on a set of runners: assignment of tasks, deadlines, and retries where nobody answers.

A request is one object reference. When its runner is given up the reference is forgotten, and with it any answer that
might still come: no attempt can be counted twice.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import ray
from ray.exceptions import ActorUnavailableError, RayError, RayTaskError

from ...errors import AitpError
from ...proof import Attempt
from ..tasks import Deadlines, EvaluationTask
from .runner import Round

__all__ = ["RunnersLost", "Schedule"]

_log = logging.getLogger(__name__)

_MAX_TRIES = 2
_MAX_STARTS = 2
# Until Ray has restarted an actor, calls to it fail at once; it takes seconds.
_ASK_AGAIN_S = 0.25


class RunnersLost(AitpError):
    """Raised when no runner is left; what was not attempted has no result, so that a resumed run will attempt it."""


@dataclass(slots=True)
class _Request:
    """A task on its way; `tries` counts the runners that were given it."""

    task: EvaluationTask
    tries: int = 0


@dataclass(slots=True)
class _Call:
    """What a runner is doing: a request or, where that is `None`, getting ready for the `start`-th time in a row.

    `deadline` is on the monotonic clock.
    """

    runner: Any
    request: _Request | None
    deadline: float
    start: int = 0


@dataclass(slots=True)
class _Later:
    """A runner that Ray is restarting, to be asked again whether it is ready."""

    call: _Call
    due: float


class Schedule:
    """Gives tasks to runners one at a time and collects the results. Made for one round, iterated over once.

    Args:
        runners: Ray actors of `ProofRunner`; those lost for good are removed from the list.
        tasks: what to attempt, in this order.
        current: the round and its policy.
        deadlines: how long a runner may take for what.
    """

    def __init__(
        self, runners: list[Any], tasks: Sequence[EvaluationTask], current: Round, deadlines: Deadlines
    ) -> None:
        self._runners = runners
        self._queue = deque(_Request(task) for task in tasks)
        self._round = current
        self._deadlines = deadlines
        self._calls: dict[Any, _Call] = {}
        self._later: deque[_Later] = deque()
        self._idle: deque[Any] = deque()
        self._results: deque[tuple[EvaluationTask, Attempt]] = deque()
        self._trouble: Exception = RunnersLost("There are no runners.")

    def __iter__(self) -> Iterator[tuple[EvaluationTask, Attempt]]:
        """Yield each task with its attempt, as soon as it is there."""
        try:
            for runner in self._runners:
                self._prepare(runner)
            while self._queue or any(call.request for call in self._calls.values()):
                if not self._calls and not self._later:
                    raise self._trouble
                self._ask_again()
                self._collect()
                self._expire()
                # Before the results go out: the runners work on while the caller does something with them.
                while self._queue and self._idle:
                    self._give(self._idle.popleft(), self._queue.popleft())
                while self._results:
                    yield self._results.popleft()
        finally:
            for call in self._calls.values():
                if call.request is not None:
                    ray.kill(call.runner, no_restart=False)
            self._calls.clear()

    def _prepare(self, runner: Any, start: int = 1) -> None:
        """Ask a runner, perhaps one that Ray is restarting, to get ready; its answer shows that it lives."""
        self._ask(_Call(runner, None, time.monotonic() + self._deadlines.start_s, start))

    def _ask(self, call: _Call) -> None:
        self._calls[call.runner.prepare.remote(self._round)] = call

    def _ask_again(self) -> None:
        while self._later and self._later[0].due <= time.monotonic():
            self._ask(self._later.popleft().call)

    def _give(self, runner: Any, request: _Request) -> None:
        request.tries += 1
        reference = runner.sample.remote(task=request.task, current=self._round)
        self._calls[reference] = _Call(runner, request, time.monotonic() + self._deadlines.of(request.task))

    def _collect(self) -> None:
        """Wait for an answer, or until something else is due."""
        due = [call.deadline for call in self._calls.values()] + [later.due for later in self._later]
        wait_s = max(0.0, min(due) - time.monotonic())
        if not self._calls:
            time.sleep(wait_s)
            return
        ready, _ = ray.wait(list(self._calls), num_returns=1, timeout=wait_s)
        for reference in ready:
            call = self._calls.pop(reference)
            try:
                answer = ray.get(reference)
            except RayTaskError as error:
                # Attempts never raise: the runner could not build its environment or its policy.
                self._cannot_work(call, error.cause if isinstance(error.cause, AitpError) else error)
            except ActorUnavailableError as error:
                if call.request is None and time.monotonic() < call.deadline:
                    self._later.append(_Later(call, time.monotonic() + _ASK_AGAIN_S))
                else:
                    self._gone(call, _died(error))
            except RayError as error:
                self._gone(call, _died(error))
            else:
                self._idle.append(call.runner)
                if call.request is not None:
                    self._results.append((call.request.task, answer))

    def _expire(self) -> None:
        """Kill the runners whose deadline has passed without an answer."""
        now = time.monotonic()
        for reference, call in list(self._calls.items()):
            # The answer may lie there already, where the caller was slow to ask for it.
            if call.deadline <= now and not ray.wait([reference], timeout=0)[0]:
                del self._calls[reference]
                ray.kill(call.runner, no_restart=False)
                self._gone(call, f"its runner gave no answer in {self._limit(call):g} s")

    def _limit(self, call: _Call) -> float:
        return self._deadlines.start_s if call.request is None else self._deadlines.of(call.request.task)

    def _gone(self, call: _Call, reason: str) -> None:
        """A runner died or was killed: wait for its successor, and see to the task it had."""
        if call.request is not None:
            self._repeat(call.request, reason)
            self._prepare(call.runner)
        elif call.start < _MAX_STARTS:
            self._prepare(call.runner, call.start + 1)
        else:
            self._trouble = RunnersLost(
                f"No runner is left; the last did not get ready in {call.start} starts: {reason}."
            )
            self._runners.remove(call.runner)
            ray.kill(call.runner)
            _log.warning("A runner is lost for good, %d are left: %s", len(self._runners), reason)

    def _cannot_work(self, call: _Call, error: Exception) -> None:
        """A living runner without environment or policy sits the round out; others may be better off (another node)."""
        if call.request is not None:
            self._repeat(call.request, f"its runner could not work ({error})")
        self._trouble = error
        _log.warning("A runner cannot work in this round: %s", error)

    def _repeat(self, request: _Request, reason: str) -> None:
        if request.tries < _MAX_TRIES:
            _log.warning("%s will be attempted again: %s", request.task.theorem.name, reason)
            self._queue.appendleft(request)
        else:
            _log.warning("%s is given up after %d tries: %s", request.task.theorem.name, request.tries, reason)
            self._results.append((request.task, request.task.failed(f"{reason}, {request.tries} times")))


def _died(error: RayError) -> str:
    return f"its runner died ({type(error).__name__})"
