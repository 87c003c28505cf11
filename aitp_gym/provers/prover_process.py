"""A prover's process: numbered requests in one exchange at a time, watched, and killed when an exchange fails."""

from __future__ import annotations

import atexit
import contextlib
import os
import secrets
import weakref
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any, Generic, NoReturn, TypeVar

from . import process
from .frames import ConnectionLost, Frames, ReplyLate

__all__ = ["ProcessDied", "ProcessFault", "ProcessSilent", "ProverProcess"]

M = TypeVar("M")
# Longest wait between two looks at the memory and the CPU time of a busy process.
_WATCH_S = 0.05
_SEND_TIMEOUT_S = 5.0
_REQUEST_TIMEOUT_S = 120.0


class ProcessFault(Exception):
    """Raised when a prover's process brings no answer; it is of no use any more."""


class ProcessDied(ProcessFault):
    """Raised when the process ends before it answered, or answers something else.

    Attributes:
        out_of_memory: whether it held too much memory when last seen.
    """

    def __init__(self, reason: str, out_of_memory: bool = False) -> None:
        super().__init__(reason)
        self.out_of_memory = out_of_memory


class ProcessSilent(ProcessFault):
    """Raised when no reply has come by the deadline; the process has been killed."""


class ProverProcess(ABC, Generic[M]):
    """A process of a prover that we started, asked by us alone, one exchange at a time.

    An answer can reach nobody but who asked for it. Requests have numbers, and a reply that bears another one is not
    believed. An exchange that does not end normally, whatever ends it (an interrupt of the caller between two replies
    included), costs the process: nobody can tell what it would say next. And a fork of the process that started it
    never speaks to it: there it is not `usable`, and closing it only lets go of the copies of its descriptors.

    Attributes:
        serial: name of this process that no other has, in this process of ours or in another.
        memory_mb: it is killed when it holds more.
    """

    serial: str
    memory_mb: float
    _frames: Frames[M]
    # Until it is started there is nothing to end.
    _ended = _killed = True

    def __init__(self, memory_mb: float = float("inf")) -> None:
        self.serial = secrets.token_hex(8)
        self.memory_mb = memory_mb
        self._owner = os.getpid()
        self._number = 0
        self._asking = False
        self._seen_mb = 0.0
        self._ended = self._killed = False
        _started.add(self)

    @property
    @abstractmethod
    def resident_mb(self) -> float:
        """Memory that it holds now."""

    @abstractmethod
    def _end(self) -> None:
        """Kill it."""

    @abstractmethod
    def _let_go(self) -> None:
        """Close our descriptors; may be called twice."""

    @property
    def usable(self) -> bool:
        """Whether it may be asked: it is ours, was not given up, and its last exchange has ended."""
        return not (self._ended or self._asking) and self._owner == os.getpid()

    @contextlib.contextmanager
    def _exchange(self) -> Iterator[int]:
        """One exchange, with its number; the process is given up if it does not end normally.

        Raises:
            ProcessDied: it is not usable.
        """
        if not self.usable:
            self.close()
            raise ProcessDied("the process was given up before: its last exchange did not end")
        # Before anything is sent: whoever is interrupted from here on leaves the mark behind.
        self._asking = True
        self._number += 1
        try:
            yield self._number
        except BaseException as error:
            # Another thread that closes the process takes away what this one works with, wherever it is just then.
            taken_away = self._ended and isinstance(error, Exception) and not isinstance(error, ProcessFault)
            self.close()
            if taken_away:
                raise ProcessDied("the process was closed while it was asked") from error
            raise
        self._asking = False

    @contextlib.contextmanager
    def exchange(self, message: M) -> Iterator[Callable[[float], M]]:
        """Send a request; yields a function that waits that many seconds for the next reply.

        The block ends normally only when the last reply has been received.

        Raises:
            ProcessDied: it is gone, held too much memory, or answered something else.
            ProcessSilent: a reply was not complete in time, or it does not read.
        """
        with self._exchange() as number:
            self._send(self._frames.numbered(message, number))
            yield self._receive

    def request(self, message: M, timeout_s: float = _REQUEST_TIMEOUT_S) -> M:
        """The one reply to a request; raises what `exchange` does."""
        with self.exchange(message) as receive:
            return receive(timeout_s)

    def _send(self, message: M) -> None:
        self._seen_mb = 0.0
        try:
            self._frames.send(message, _SEND_TIMEOUT_S)
        except ConnectionLost as error:
            raise ProcessDied(str(error)) from error
        except ReplyLate as error:
            raise ProcessSilent("the prover does not read its input") from error

    def _receive(self, timeout_s: float) -> M:
        deadline = process.Deadline.after(timeout_s)
        return self._reply(lambda: self._watch(deadline))

    def _reply(self, watch: Callable[[], None]) -> M:
        """The next reply to the present request; `watch` is called now and then meanwhile."""
        number, reply = self._frames.opened(self._message(watch))
        if number != self._number:
            raise ProcessDied(f"a reply to request {number} came, request {self._number} was asked")
        return reply

    def _message(self, watch: Callable[[], None]) -> M:
        while True:
            try:
                return self._frames.receive(_WATCH_S)
            except ReplyLate:
                watch()
            except ConnectionLost as error:
                raise ProcessDied(str(error), out_of_memory=self._seen_mb > self.memory_mb / 2) from error

    def _watch(self, deadline: process.Deadline) -> None:
        self._seen_mb = self.resident_mb
        if self._seen_mb > self.memory_mb:
            raise ProcessDied(f"the prover held {self._seen_mb:.0f} MB of memory", out_of_memory=True)
        if deadline.passed():
            raise ProcessSilent("the prover gave no answer in time and was killed")

    def close(self) -> None:
        """End the process. Calling it twice is allowed; a fork of this process leaves it alone."""
        self._ended = True
        if self._owner == os.getpid() and not self._killed:
            self._end()
            # Not before: an interrupt may have come. And not twice: its number may be a stranger's by then.
            self._killed = True
        if "_frames" in vars(self):
            self._frames.detach()
        self._let_go()

    def __del__(self) -> None:
        if not self._ended:
            self.close()

    def __getstate__(self) -> NoReturn:
        raise TypeError("A prover's process cannot be copied or pickled: copy the prover, which starts its own.")


_started: weakref.WeakSet[ProverProcess[Any]] = weakref.WeakSet()


@atexit.register
def _close_all() -> None:
    """End what was not closed while all that this takes is still there."""
    for started in list(_started):
        started.close()
