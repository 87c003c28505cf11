"""Time as a budget sees it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

__all__ = ["Clock", "Stats"]


@dataclass(slots=True)
class Clock:
    """Wall seconds since it was made, without the time it was paused; `stop` freezes it for good."""

    _started: float = field(default_factory=time.perf_counter)
    _paused_s: float = 0.0
    _stopped_at_s: float | None = None

    @property
    def elapsed_s(self) -> float:
        """Wall seconds that count."""
        if self._stopped_at_s is not None:
            return self._stopped_at_s
        return time.perf_counter() - self._started - self._paused_s

    def stop(self) -> None:
        """Freeze the clock; a second call changes nothing."""
        self._stopped_at_s = self.elapsed_s

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Time inside the block does not count."""
        since = time.perf_counter()
        try:
            yield
        finally:
            self._paused_s += time.perf_counter() - since


@dataclass(slots=True)
class Stats:
    """Timings of one attempt, in seconds; they are kept out of observations and infos, which have to be repeatable.

    Attributes:
        start_s: opening the prover session.
        expand_s: wall time in `expand`, checks left out.
        session_s: the part of it spent waiting for the session.
        tactics_s: wall time of the tactics inside the prover, as it reports them.
        prover_s: CPU time of the tactics inside the prover, as it reports it.
        check_s: wall time of the checks, outside every budget.
    """

    start_s: float = 0.0
    expand_s: float = 0.0
    session_s: float = 0.0
    tactics_s: float = 0.0
    prover_s: float = 0.0
    check_s: float = 0.0

    @property
    def overhead_s(self) -> float:
        """Wall time of `expand` that the prover did not use: transport, graph, budget and log."""
        return self.expand_s - self.tactics_s
