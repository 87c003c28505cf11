"""Processes of a prover that are kept between attempts."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
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
        for lent in dropped:
            lent.close()
        return taken if taken is not None else self.fresh()

    def give_back(self, lent: T) -> None:
        """Keep a process that answers for later; one that is worn out is ended."""
        if lent.worn_out:
            lent.close()
            return
        with self._own_lock():
            self._idle.append(lent)

    def close(self) -> None:
        """End the idle processes. Calling it twice is allowed."""
        with self._own_lock():
            idle, self._idle = self._idle, []
        for lent in idle:
            lent.close()

    def _own_lock(self) -> threading.Lock:
        """The lock of this process: in a fork, whoever held it is not here to release it."""
        if self._owner != os.getpid():
            self._lock, self._owner = threading.Lock(), os.getpid()
        return self._lock
