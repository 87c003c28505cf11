"""Scaling of evaluation: two runners over one, beside two bare processes over one, on the same work."""

from __future__ import annotations

import multiprocessing
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from typing import Any

from ..errors import AitpError
from ..evaluation.runners.resources import Resources
from ..evaluation.runners.session import RaySession
from ..evaluation.tasks import EvaluationTask
from ..evaluation.worker import AttemptWorker, Spec, WorkerConfig

__all__ = ["bench_runners"]

_WARM_UP = 8


def bench_runners(
    config: WorkerConfig,
    policy: Spec,
    tasks: Sequence[EvaluationTask],
    *,
    repetitions: int = 5,
    measure_s: float = 2.0,
) -> dict[str, float]:
    """Measure the throughput of one and two runners and of one and two bare processes, in turns.

    Taking turns makes what else the machine does fall on all four alike. A bare process does the same work in a loop,
    with nothing between it and the worker; what two of them gain over one is all the machine has to give.

    Args:
        config: of the worker.
        policy: how to build the policy.
        tasks: the work of one; two share twice that.
        repetitions: how often each of the four is measured; medians are reported.
        measure_s: about how many seconds each measurement takes; tasks that would take longer are left out.

    Returns:
        `scaling_2_over_1`: throughput of two runners over that of one; `ceiling`: the same of bare processes;
        `attempts_per_s`: of two runners; `share_of_bare`: throughput of two runners over that of two bare processes.
    """
    with ExitStack() as stack:
        bare = [stack.enter_context(_bare_process(config)) for _ in range(2)]
        # Cores for both pools at once: the one that waits takes no time.
        stack.enter_context(RaySession(Resources(3, num_cpus=3)))
        from ..evaluation.runners.group import RunnerPool

        pools = []
        for runners in (1, 2):
            pool = RunnerPool(config, Resources(runners, num_cpus=3))
            stack.callback(pool.close)
            pools.append(pool)

        def measure(work: Sequence[EvaluationTask]) -> _Rates:
            return _Rates(
                _rate_bare(bare[:1], policy, work),
                _rate_runners(pools[0], policy, work),
                _rate_bare(bare, policy, work),
                _rate_runners(pools[1], policy, _copies(work, 2)),
            )

        # The first measurements pay for imports, caches and environments; they are not counted.
        measure(tasks[:_WARM_UP])
        rate = _rate_bare(bare[:1], policy, tasks[:_WARM_UP])
        work = tasks[: max(_WARM_UP, int(rate * measure_s))]
        rounds = [measure(work) for _ in range(repetitions)]
    return {
        "scaling_2_over_1": statistics.median(r.runners_2 / r.runners_1 for r in rounds),
        "ceiling": statistics.median(r.bare_2 / r.bare_1 for r in rounds),
        "attempts_per_s": statistics.median(r.runners_2 for r in rounds),
        "share_of_bare": statistics.median(r.runners_2 / r.bare_2 for r in rounds),
    }


@dataclass(frozen=True, slots=True)
class _Rates:
    """Attempts per second, measured one right after the other."""

    bare_1: float
    runners_1: float
    bare_2: float
    runners_2: float


def _copies(tasks: Sequence[EvaluationTask], count: int) -> list[EvaluationTask]:
    # Copies differ by their label only: same theorems, same seeds, same work.
    return [replace(task, policy=f"{task.policy}-{copy}") for copy in range(count) for task in tasks]


def _rate_runners(pool: Any, policy: Spec, tasks: Sequence[EvaluationTask]) -> float:
    start = time.perf_counter()
    done = sum(1 for _ in pool.attempts(tasks, policy))
    return done / (time.perf_counter() - start)


def _rate_bare(processes: Sequence[Connection], policy: Spec, tasks: Sequence[EvaluationTask]) -> float:
    start = time.perf_counter()
    for process in processes:
        process.send((policy, tasks))
    done = 0
    for process in processes:
        answer = process.recv()
        if isinstance(answer, Exception):
            raise answer
        done += answer
    return done / (time.perf_counter() - start)


@contextmanager
def _bare_process(config: WorkerConfig) -> Iterator[Connection]:
    """A process that attempts the tasks it is sent and answers with their number, or with what went wrong."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(config, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        yield ours
    finally:
        ours.close()
        process.join()


def _work(config: WorkerConfig, connection: Connection) -> None:
    from ..evaluation.runners.threads import use_one_thread

    use_one_thread()
    worker: AttemptWorker | None = None
    try:
        while True:
            try:
                policy, tasks = connection.recv()
            except EOFError:
                return
            try:
                worker = worker or AttemptWorker(config)
                worker.use_policy(policy)
                connection.send(len([worker.attempt(task) for task in tasks]))
            except AitpError as error:
                connection.send(error)
    finally:
        if worker is not None:
            worker.close()
