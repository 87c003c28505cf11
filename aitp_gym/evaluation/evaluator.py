"""Evaluation: attempt theorems with a policy, in this process or by RLlib runners, and stream the attempts back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Self

from ..proof import Attempt
from .tasks import Deadlines, EvaluationTask, check_distinct, derive_seed
from .worker import AttemptWorker, Spec, WorkerConfig

if TYPE_CHECKING:
    from .runners.resources import Resources

__all__ = ["AttemptWorker", "Deadlines", "EvaluationTask", "Evaluator", "WorkerConfig", "derive_seed", "evaluate"]

_Round = Callable[[Iterable[EvaluationTask], Spec, Spec | None], Iterator[tuple[EvaluationTask, Attempt]]]


class Evaluator:
    """Attempts theorems, round after round; what is expensive to start is started once, when it is first needed.

    In this process (`resources` is `None`) attempts run one after the other, and nothing but their own budget limits
    them. With runners they run in parallel, each under a deadline. The outcomes are the same where the budget counts
    nodes or tactics, because every attempt is seeded by its task.

    A context manager; leaving it ends the runners and, where it was started here, Ray.

    Args:
        config: of the environment, the search and the agent.
        resources: how many runners and what each reserves; `None` evaluates in this process, without Ray.
        deadlines: how long a runner may take for what.
        ray_address: of a Ray cluster to join; `None` starts Ray on this machine.
        log_level: of Ray's messages.
    """

    def __init__(
        self,
        config: WorkerConfig,
        *,
        resources: Resources | None = None,
        deadlines: Deadlines | None = None,
        ray_address: str | None = None,
        log_level: str = "ERROR",
    ) -> None:
        self._config = config
        self._resources = resources
        self._deadlines = deadlines
        self._ray_address = ray_address
        self._log_level = log_level
        self._exit = ExitStack()
        self._run: _Round | None = None

    def attempts(
        self, tasks: Iterable[EvaluationTask], policy: Spec, search: Spec | None = None
    ) -> Iterator[tuple[EvaluationTask, Attempt]]:
        """Attempt every task with the policy, and yield each result as soon as it is there, each task exactly once.

        Nothing that happens inside an attempt stops the others: an exception, a dead or hanging runner become an
        attempt of status `error` with the reason.

        Args:
            tasks: with distinct keys.
            policy: how to build the policy, for example `{"_target_": "module.Class", "argument": 1}`.
            search: how to build the search model; `None` for the configuration's.

        Raises:
            BadInput: two tasks are the same.
            AitpError: the environment or the policy cannot be built, or no runner is left.
        """
        if self._run is None:
            self._run = self._start()
        return self._run(tasks, policy, search)

    def close(self) -> None:
        """End runners and environments. May be called twice."""
        self._run = None
        self._exit.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _start(self) -> _Round:
        if self._resources is None:
            worker = AttemptWorker(self._config)
            self._exit.callback(worker.close)
            return lambda tasks, policy, search: _in_process(worker, check_distinct(tasks), policy, search)
        from .runners.session import RaySession

        self._exit.enter_context(RaySession(self._resources, self._ray_address, self._log_level))
        from .runners.group import RunnerPool

        pool = RunnerPool(self._config, self._resources, self._deadlines)
        self._exit.callback(pool.close)
        return pool.attempts


def evaluate(
    tasks: Iterable[EvaluationTask],
    config: WorkerConfig,
    policy: Spec,
    *,
    on_attempt: Callable[[EvaluationTask, Attempt], None] = lambda task, attempt: None,
    resources: Resources | None = None,
) -> Mapping[str, int]:
    """Attempt every task once, in a session that is started for it.

    Args:
        tasks: with distinct keys.
        config: of the environment, the search and the agent.
        policy: how to build the policy.
        on_attempt: called in this process for each result, in the order in which they come.
        resources: of the runners; `None` evaluates in this process.

    Returns:
        How many attempts ended with each status.
    """
    statuses: Counter[str] = Counter()
    with Evaluator(config, resources=resources) as evaluator:
        for task, attempt in evaluator.attempts(tasks, policy):
            statuses[attempt.status] += 1
            on_attempt(task, attempt)
    return statuses


def _in_process(
    worker: AttemptWorker, tasks: list[EvaluationTask], policy: Spec, search: Spec | None
) -> Iterator[tuple[EvaluationTask, Attempt]]:
    worker.use_policy(policy, search)
    for task in tasks:
        yield task, worker.attempt(task)
