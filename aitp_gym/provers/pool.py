"""Processes of a prover that are kept between attempts."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

__all__ = ["Pool"]


class Lent(Protocol):
    """What a pool needs of a process."""

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

    def take(self, suits: Callable[[T], bool] = lambda _: True) -> T:
        """A process for the caller alone: an idle one, by preference one that suits, else a new one.

        Raises:
            ProverUnavailable: the prover was not found or does not start.
        """
        if self._owner != os.getpid():
            # A fork of the process that owns them: their pipes are not ours to use.
            self._idle, self._owner = [], os.getpid()
        idle, self._idle = self._idle, []
        for lent in idle:
            # It may have died meanwhile.
            self.give_back(lent)
        for place in reversed(range(len(self._idle))):
            if suits(self._idle[place]):
                return self._idle.pop(place)
        return self._idle.pop() if self._idle else self.fresh()

    def give_back(self, lent: T) -> None:
        """Keep a process that answers for later; one that is worn out is ended."""
        if self._owner != os.getpid() or lent.worn_out:
            lent.close()
        else:
            self._idle.append(lent)

    def close(self) -> None:
        """End the idle processes. Calling it twice is allowed."""
        while self._idle:
            self._idle.pop().close()
