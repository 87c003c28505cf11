"""Workers that are kept between attempts."""

from __future__ import annotations

import os

from .heap import Heap
from .worker import Worker

__all__ = ["Pool"]

# HOL4 keeps caches that grow; a fresh process costs a tenth of a second.
_MAX_REQUESTS = 20_000
_MAX_RESIDENT_MB = 350.0


class Pool:
    """Lends workers, one to each session, and takes them back.

    Args:
        heap: what they run.
        memory_mb: limit of each one's heap.
    """

    def __init__(self, heap: Heap, memory_mb: int) -> None:
        self.heap = heap
        self.memory_mb = memory_mb
        self._idle: list[Worker] = []
        self._owner = os.getpid()

    def take(self) -> Worker:
        """A worker for the caller alone: one that is idle, else a new one.

        Raises:
            ProverUnavailable: HOL4 was not found or does not start.
        """
        if self._owner != os.getpid():
            # A fork of the process that owns them: their pipes are not ours to use.
            self._idle, self._owner = [], os.getpid()
        return self._idle.pop() if self._idle else self.fresh()

    def fresh(self) -> Worker:
        """A worker that nobody has used before."""
        return Worker(self.heap, self.memory_mb)

    def give_back(self, worker: Worker) -> None:
        """Keep a worker that answers for later; one that has done or holds much is ended."""
        if worker.requests > _MAX_REQUESTS or worker.resident_mb > _MAX_RESIDENT_MB or self._owner != os.getpid():
            worker.close()
        else:
            self._idle.append(worker)

    def close(self) -> None:
        """End the idle workers. Calling it twice is allowed."""
        while self._idle:
            self._idle.pop().close()
