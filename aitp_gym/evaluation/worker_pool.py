"""Tasks shared by processes that each keep something open, such as a prover."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Generic, Protocol, TypeVar

from ..errors import ProverLost

__all__ = ["TaskWorker", "WorkerPool"]

T = TypeVar("T")
R = TypeVar("R")
T_contra = TypeVar("T_contra", contravariant=True)
R_co = TypeVar("R_co", covariant=True)
_QUEUED = 4
"""Tasks of a worker that are under way or wait in its queue."""


class TaskWorker(Protocol[T_contra, R_co]):
    """Worker that does tasks one after the other."""

    def __call__(self, task: T_contra, /) -> R_co:
        """Do a task."""
        ...

    def close(self) -> None:
        """Release what it holds."""
        ...


class WorkerPool(Generic[T, R]):
    """Worker processes, or this process. A context manager.

    Args:
        make: makes a worker in its process; it and its arguments can be pickled.
        arguments: for `make`.
        num_workers: processes; 0 does the tasks in this one.
    """

    def __init__(self, make: Callable[..., TaskWorker[T, R]], arguments: tuple[Any, ...], num_workers: int) -> None:
        self._make, self._arguments, self._num_workers = make, arguments, num_workers
        self._pool: ProcessPoolExecutor | None = None
        self._own: TaskWorker[T, R] | None = None
        # Whether any process has done anything.
        self._works = False

    def __enter__(self) -> WorkerPool[T, R]:
        if self._num_workers:
            self._pool = self._processes()
        else:
            self._own = self._make(*self._arguments)
        return self

    def map(self, tasks: Iterable[T]) -> Iterator[R]:
        """The results in the order of the tasks."""
        if self._pool is not None:
            return self._pool.map(_do, tasks)
        assert self._own is not None
        return map(self._own, tasks)

    def as_completed(self, tasks: Iterable[T], lost: Callable[[T], R]) -> Iterator[R]:
        """The results as they come. A process that dies is replaced, and its tasks begin again, one by one.

        Args:
            tasks: to do.
            lost: the result of a task whose process died twice, the second time with nothing else under way.

        Raises:
            ProverLost: they die whatever they do.
        """
        if self._own is not None:
            yield from map(self._own, tasks)
            return
        waiting, running = iter(tasks), dict[Future[R], T]()
        while True:
            while len(running) < _QUEUED * self._num_workers and (task := next(waiting, None)) is not None:
                running[self._submit(task)] = task
            if not running:
                return
            suspects = []
            for done in wait(running, return_when=FIRST_COMPLETED).done:
                task = running.pop(done)
                if isinstance(done.exception(), BrokenProcessPool):
                    suspects.append(task)
                else:
                    self._works = True
                    yield done.result()
            if suspects:
                suspects += running.values()
                running.clear()
                self._replace()
                yield from (self._alone(task, lost) for task in suspects)

    def _alone(self, task: T, lost: Callable[[T], R]) -> R:
        """The result of a task with nothing else under way."""
        try:
            result = self._submit(task).result()
        except BrokenProcessPool:
            if not self._works:
                raise ProverLost("The processes that share the work die before they have done any of it.") from None
            self._replace()
            return lost(task)
        self._works = True
        return result

    def _submit(self, task: T) -> Future[R]:
        assert self._pool is not None
        return self._pool.submit(_do, task)

    def __exit__(self, kind: object, *_: object) -> None:
        if self._pool is not None:
            # Whoever interrupts does not wait for the tasks under way; the workers end with this process.
            self._pool.shutdown(wait=kind is None, cancel_futures=True)
        if self._own is not None:
            self._own.close()

    def _processes(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._num_workers, context, _start, (self._make, self._arguments))

    def _replace(self) -> None:
        """Another set of processes, after one of these has died."""
        assert self._pool is not None
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._pool = self._processes()


_worker: TaskWorker[Any, Any] | None = None


def _start(make: Callable[..., TaskWorker[Any, Any]], arguments: tuple[Any, ...]) -> None:
    """Begin a worker process. It is left to the first process to end it, by SIGTERM: Ctrl-C reaches both."""
    global _worker
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _stop)
    _worker = make(*arguments)


def _stop(signum: int, frame: object) -> None:
    """End this worker process and what it holds."""
    if _worker is not None:
        _worker.close()
    os._exit(128 + signum)


def _do(task: Any) -> Any:
    assert _worker is not None
    return _worker(task)
