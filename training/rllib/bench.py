"""How well evaluation scales: two runners over one, beside two bare processes over one, on the same work."""

from __future__ import annotations

import multiprocessing
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import Any

from aitp_gym.errors import AitpError

from ..tasks import EvaluationTask
from ..worker import Spec, Worker, WorkerConfig
from .resources import Resources
from .session import RaySession

__all__ = ["bench_runners"]


def bench_runners(
    config: WorkerConfig, policy: Spec, tasks: Sequence[EvaluationTask], *, repetitions: int = 3
) -> dict[str, float]:
    """Measure the throughput of one and two runners and of one and two bare processes, in turns.

    Taking turns makes what else the machine does fall on all four alike. A bare process does the same work in a loop,
    with nothing between it and the worker; what two of them gain over one is all the machine has to give.

    Args:
        config: of the worker.
        policy: how to build the policy.
        tasks: the work of one runner; two runners share twice that.
        repetitions: how often each of the four is measured; medians are reported.

    Returns:
        `scaling_2_over_1`: throughput of two runners over that of one; `ceiling`: the same of bare processes;
        `attempts_per_s`: of two runners; `share_of_bare`: throughput of two runners over that of two bare processes.
    """
    rates: dict[str, list[float]] = {"runners 1": [], "runners 2": [], "bare 1": [], "bare 2": []}
    with ExitStack() as stack:
        bare = [stack.enter_context(_bare_process(config)) for _ in range(2)]
        # Cores for both pools at once: the one that waits takes no time.
        stack.enter_context(RaySession(Resources(3, num_cpus=3)))
        from .group import RunnerPool

        pools = []
        for runners in (1, 2):
            pool = RunnerPool(config, Resources(runners, num_cpus=3))
            stack.callback(pool.close)
            pools.append(pool)
        # The first round of each pays for imports, caches and the environment, and is not counted.
        for repetition in range(-1, repetitions):
            for count, pool in enumerate(pools, start=1):
                for name, rate in (
                    (f"bare {count}", _rate_bare(bare[:count], policy, tasks)),
                    (f"runners {count}", _rate_runners(pool, policy, _copies(tasks, count))),
                ):
                    if repetition >= 0:
                        rates[name].append(rate)
    median = {name: statistics.median(values) for name, values in rates.items()}
    return {
        "scaling_2_over_1": median["runners 2"] / median["runners 1"],
        "ceiling": median["bare 2"] / median["bare 1"],
        "attempts_per_s": median["runners 2"],
        "share_of_bare": median["runners 2"] / median["bare 2"],
    }


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
    from .threads import use_one_thread

    use_one_thread()
    worker: Worker | None = None
    try:
        while True:
            try:
                policy, tasks = connection.recv()
            except EOFError:
                return
            try:
                worker = worker or Worker(config)
                worker.use_policy(policy)
                connection.send(len([worker.attempt(task) for task in tasks]))
            except AitpError as error:
                connection.send(error)
    finally:
        if worker is not None:
            worker.close()
