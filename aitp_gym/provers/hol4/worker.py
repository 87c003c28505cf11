"""HOL4 process with our server in it."""

from __future__ import annotations

from typing import Any

from ...errors import ProverUnavailable
from ...files import log_file
from .. import process
from ..frames import SizedFrames
from ..prover_process import ProcessDied, ProcessFault, ProverProcess
from .heap import Heap, build

__all__ = ["Hol4Worker"]

PROTOCOL = 2
_START_TIMEOUT_S = 60.0
# HOL4 keeps caches that grow; a fresh process costs a tenth of a second.
_MAX_REQUESTS = 20_000
_MAX_RESIDENT_MB = 350.0


class Hol4Worker(ProverProcess[dict[str, Any]]):
    """A HOL4 with our server in it, started by us and ended with us.

    Args:
        memory_mb: limit of its heap. Poly/ML may hold twice as much for a moment; beyond that it is killed.

    Raises:
        ProverUnavailable: HOL4 was not found or does not start.
    """

    def __init__(self, heap: Heap, memory_mb: int) -> None:
        # Not beside the heap, which another user may have built.
        self._log = log_file("hol4.log")
        build()
        self._process = process.spawn(heap.argv(memory_mb), self._log, pipes=True, cwd=heap.directory)
        super().__init__(2.0 * memory_mb + 256)
        try:
            self._frames = SizedFrames.over(self._process)
            deadline = process.Deadline.after(_START_TIMEOUT_S)
            hello = self._message(lambda: self._watch(deadline))
            if hello.get("protocol") != PROTOCOL:
                raise ProcessDied(f"it says {hello}")
        except ProcessFault as error:
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
        """Whether a new one should take its place: it was given up, or has done or holds much."""
        return not self.usable or self._number > _MAX_REQUESTS or self.resident_mb > _MAX_RESIDENT_MB

    def _end(self) -> None:
        self._process.close()

    def _let_go(self) -> None:
        self._process.let_go()
