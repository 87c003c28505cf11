"""One HOL4 process, and how to talk to it without ever waiting for it in vain."""

from __future__ import annotations

import itertools
import os
import time
from typing import Any

from ...errors import ProverUnavailable
from ...files import log_file
from .. import process
from ..frames import ReplyLate, ServerGone, SizedFrames
from .heap import Heap, build

__all__ = ["Worker", "WorkerDied", "WorkerSilent"]

PROTOCOL = 1
# Longest wait between two looks at the memory of a worker that is busy.
_WATCH_S = 0.25
_SEND_TIMEOUT_S = 5.0
_START_TIMEOUT_S = 60.0
# HOL4 keeps caches that grow; a fresh process costs a tenth of a second.
_MAX_REQUESTS = 20_000
_MAX_RESIDENT_MB = 350.0
_serial = itertools.count(1)


class WorkerDied(Exception):
    """Raised when the worker ended before it answered.

    Attributes:
        out_of_memory: whether it held too much memory when last seen.
    """

    def __init__(self, reason: str, out_of_memory: bool = False) -> None:
        super().__init__(reason)
        self.out_of_memory = out_of_memory


class WorkerSilent(Exception):
    """Raised when no reply has come by the deadline; the worker has been killed."""


class Worker:
    """A HOL4 with our server in it, started by us and ended with us.

    Args:
        memory_mb: limit of its heap. Poly/ML may hold twice as much for a moment; beyond that it is killed.

    Attributes:
        serial: number of this worker in this process, never used twice.
        requests: how many were sent.
        entered: what the last `enter` told it, kept here by whoever uses it.

    Raises:
        ProverUnavailable: HOL4 was not found or does not start.
    """

    def __init__(self, heap: Heap, memory_mb: int) -> None:
        self.serial = next(_serial)
        self._owner = os.getpid()
        self.requests = 0
        self.entered: Any = None
        self._most_mb = 2.0 * memory_mb + 256
        # Not beside the heap, which another user may have built.
        self._log = log_file("hol4.log")
        build()
        self._process = process.spawn(heap.argv(memory_mb), self._log, pipes=True, cwd=heap.directory)
        self._resident_mb = 0.0
        try:
            self._frames = SizedFrames.over(self._process)
            hello = self.receive(_START_TIMEOUT_S)
            if hello.get("protocol") != PROTOCOL:
                raise WorkerDied(f"it says {hello}")
        except (WorkerDied, WorkerSilent) as error:
            self.close()
            raise ProverUnavailable(
                f"HOL4 did not start: {error}. Its log, {self._log}, ends with:\n{process.tail(self._log)}"
            ) from error
        except BaseException:
            self.close()
            raise

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    @property
    def resident_mb(self) -> float:
        """Memory it holds now."""
        return process.resident_mb(self.pid)

    @property
    def worn_out(self) -> bool:
        """Whether a new one should take its place: it has done or holds much."""
        return self.requests > _MAX_REQUESTS or self.resident_mb > _MAX_RESIDENT_MB

    def send(self, **request: Any) -> None:
        """Send a request.

        Raises:
            WorkerDied: it is gone.
            WorkerSilent: it does not read.
        """
        self.requests += 1
        try:
            self._frames.send(request, _SEND_TIMEOUT_S)
        except ServerGone as error:
            raise WorkerDied(str(error)) from error
        except ReplyLate as error:
            self.close()
            raise WorkerSilent(str(error)) from error

    def receive(self, timeout_s: float) -> dict[str, Any]:
        """The next reply.

        Raises:
            WorkerDied: it ended before the reply was complete.
            WorkerSilent: the reply was not complete within `timeout_s`.
        """
        deadline = time.monotonic() + timeout_s
        while True:
            try:
                return self._frames.receive(_WATCH_S)
            except ReplyLate:
                self._watch(deadline)
            except ServerGone as error:
                raise WorkerDied(str(error), out_of_memory=self._resident_mb > self._most_mb / 2) from error

    def request(self, timeout_s: float = 120.0, **request: Any) -> dict[str, Any]:
        """Send a request and wait for its one reply."""
        self.send(**request)
        return self.receive(timeout_s)

    def _watch(self, deadline: float) -> None:
        self._resident_mb = self.resident_mb
        if self._resident_mb > self._most_mb:
            self.close()
            raise WorkerDied(f"the prover held {self._resident_mb:.0f} MB of memory", out_of_memory=True)
        if time.monotonic() >= deadline:
            self.close()
            raise WorkerSilent("the prover gave no answer in time and was killed")

    def close(self) -> None:
        """End the process. Calling it twice is allowed; a fork of this process leaves it alone."""
        if os.getpid() == self._owner:
            self._process.close()

    def __del__(self) -> None:
        if hasattr(self, "_process"):
            self.close()
