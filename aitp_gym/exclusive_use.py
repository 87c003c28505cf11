"""The rule that one thread at a time uses a thing."""

from __future__ import annotations

import os
import threading

from .errors import ConcurrentUse

__all__ = ["ExclusiveUse"]


class ExclusiveUse:
    """A context that refuses a thread while another one is inside; the same thread may enter again.

    Args:
        what: the thing that is guarded, for the message.
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._lock = threading.RLock()
        self._owner = os.getpid()

    def __enter__(self) -> None:
        if self._owner != os.getpid():
            # Whoever was inside when this process was forked is not here to leave.
            self._lock, self._owner = threading.RLock(), os.getpid()
        if not self._lock.acquire(blocking=False):
            raise ConcurrentUse(f"{self._what} is in use by another thread: give each thread one of its own.")

    def __exit__(self, *_: object) -> None:
        self._lock.release()
