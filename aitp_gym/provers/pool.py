"""Processes of a prover that are kept between attempts."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, Protocol, TypeVar

__all__ = ["Pool"]


class Lent(Protocol):
    """Process that a pool can lend."""

    @property
    def worn_out(self) -> bool:
        """Whether it has done or holds too much to be used again."""
        ...

    def close(self) -> None:
        """End it."""
        ...


T = TypeVar("T", bound=Lent)


class Pool(Generic[T]):
    """Lends processes, one to each session, and takes them back.

    Args:
        fresh: starts one that nobody has used before; may raise `ProverUnavailable`.
    """

    def __init__(self, fresh: Callable[[], T]) -> None:
        self.fresh = fresh
        self._idle: list[T] = []
        # Those that threads of ours are starting.
        self._coming: list[Future[T]] = []
        self._ahead = False
        self._owner = os.getpid()
        self._lock = threading.Lock()

    def take(self, suits: Callable[[T], bool] = lambda _: True) -> T:
        """A process for the caller alone: an idle one, by preference one that suits, else a new one.

        Raises:
            ProverUnavailable: the prover was not found or does not start.
        """
        with self._own_lock():
            # Some may have died meanwhile, and all belong to the other process if this one is a fork of it.
            kept = [lent for lent in self._idle if not lent.worn_out]
            dropped = [lent for lent in self._idle if lent not in kept]
            place = next((i for i in reversed(range(len(kept))) if suits(kept[i])), -1)
            taken = kept.pop(place) if kept else None
            self._idle = kept
            coming = self._coming.pop() if taken is None and self._coming else None
        for lent in dropped:
            lent.close()
        if coming is not None:
            return coming.result()
        return taken if taken is not None else self.fresh()

    def prepare(self) -> None:
        """Have one ready before it is needed; a thread starts it, and whoever takes it meets with its errors.

        From then on one that is worn out is replaced in the same way.
        """
        with self._own_lock():
            self._ahead = True
            if self._idle or self._coming:
                return
            coming: Future[T] = Future()
            self._coming.append(coming)
        threading.Thread(target=_fulfil, args=(coming, self.fresh), daemon=True).start()

    def give_back(self, lent: T) -> None:
        """Keep a process that answers for later; one that is worn out is ended."""
        if lent.worn_out:
            lent.close()
            if self._ahead:
                self.prepare()
            return
        with self._own_lock():
            self._idle.append(lent)

    def close(self) -> None:
        """End the idle processes. Calling it twice is allowed."""
        with self._own_lock():
            idle, self._idle = self._idle, []
            coming, self._coming, self._ahead = self._coming, [], False
        for lent in idle:
            lent.close()
        for future in coming:
            future.add_done_callback(_close)

    def _own_lock(self) -> threading.Lock:
        """The lock of this process: in a fork, whoever held it is not here to release it."""
        if self._owner != os.getpid():
            self._lock, self._owner, self._coming = threading.Lock(), os.getpid(), []
        return self._lock


def _fulfil(coming: Future[T], fresh: Callable[[], T]) -> None:
    try:
        coming.set_result(fresh())
    except BaseException as error:  # For whoever waits, in another thread.
        coming.set_exception(error)


def _close(coming: Future[T]) -> None:
    if coming.exception() is None:
        coming.result().close()
