"""Lean language server that we started, with one document."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass

from ...errors import ProverUnavailable
from .. import process
from ..frames import ConnectionLost, ReplyLate
from ..prover_process import ProcessDied
from .lean_process import LeanProcess
from .lsp import Diagnostic, Document, LspFrames, RequestFailed
from .toolchain import Toolchain

__all__ = ["Elaboration", "LeanServer"]

_START_TIMEOUT_S = 60.0
# Longest wait between two looks at CPU time and memory.
_WATCH_S = 0.05
# An edit stops what is under way; one that does not within this time is stuck.
_CANCEL_S = 1.0
_MAX_REQUESTS = 5_000
_OPTIONS = ("-Dserver.reportDelayMs=0", "-Dlinter.all=false")
_serial = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Elaboration:
    """Result of elaborating a text.

    Attributes:
        diagnostics: the messages so far.
        settled: whether all of it was elaborated; otherwise a limit was reached first.
        cpu_s, wall_s: seconds it took.
    """

    diagnostics: tuple[Diagnostic, ...]
    settled: bool
    cpu_s: float
    wall_s: float


class LeanServer(LeanProcess):
    """`lean --server` with one document.

    The server hands the document to a process of its own; both are watched, and both end with this object.

    Args:
        toolchain: which Lean.
        memory_mb: resident memory of the two processes beyond which they are killed.

    Attributes:
        preamble: what the document began with last, for whoever chooses among servers.

    Raises:
        ProverUnavailable: Lean does not start.
    """

    def __init__(self, toolchain: Toolchain, memory_mb: float) -> None:
        self.preamble: str | None = None
        super().__init__(toolchain, [*toolchain.lean, "--server", *_OPTIONS], memory_mb)
        try:
            uri = (toolchain.directory / f"Aitp{next(_serial)}.lean").as_uri()
            self._frames = LspFrames.over(self._process)
            self._document = Document(self._frames, uri)
            self._document.initialize(toolchain.directory.as_uri(), _START_TIMEOUT_S)
        except (RequestFailed, ReplyLate, ConnectionLost) as error:
            self.close()
            raise ProverUnavailable(f"Lean's language server did not start: {error}. {self.said()}") from error
        except BaseException:
            self.close()
            raise

    @property
    def worn_out(self) -> bool:
        """Whether a new one should take its place: it is dead, or holds or has done much."""
        return (
            not self.usable or not self._alive or self._number > _MAX_REQUESTS or self.resident_mb > self.memory_mb / 2
        )

    def elaborate(self, text: str, cpu_limit_s: float, wall_limit_s: float) -> Elaboration:
        """Have a text elaborated; what it begins with, as far as the last one began likewise, is not done again.

        Args:
            text: the whole document.
            cpu_limit_s: CPU seconds after which it is given up.
            wall_limit_s: wall seconds, likewise.

        Raises:
            ProcessDied: the server ended, or held too much memory.
        """
        with self._exchange():
            return self._elaborate(text, cpu_limit_s, wall_limit_s)

    def _elaborate(self, text: str, cpu_limit_s: float, wall_limit_s: float) -> Elaboration:
        self._insist_on_life()
        started, cpu_started = time.monotonic(), self.cpu_s
        memory_mb = 0.0

        def go_on() -> bool:
            nonlocal memory_mb
            memory_mb = self.resident_mb
            return (
                self._alive
                and memory_mb <= self.memory_mb
                and self.cpu_s - cpu_started < cpu_limit_s
                and time.monotonic() - started < wall_limit_s
            )

        try:
            self._document.set_text(text)
            settled = self._document.settle(min(_WATCH_S, wall_limit_s), go_on)
        except (ConnectionLost, ReplyLate) as error:
            raise ProcessDied(str(error)) from error
        if not settled:
            self._insist_on_life()
        if memory_mb > self.memory_mb:
            raise ProcessDied(f"Lean held {memory_mb:.0f} MB of memory; the limit is {self.memory_mb:.0f}", True)
        if settled and not self._complete:
            self._find_children()
            self._complete = True
        cpu_s = max(0.0, self.cpu_s - cpu_started)
        done = Elaboration(self._document.diagnostics, settled, cpu_s, time.monotonic() - started)
        if not settled:
            self._stop_elaborating()
        return done

    @property
    def _alive(self) -> bool:
        return all(child.alive() for child in self._children.values())

    def _insist_on_life(self) -> None:
        """Give the server up if a process of it has died: it may start another, which nobody would watch, or none."""
        if not self._alive:
            raise ProcessDied("the process that elaborates the document has died")

    def _stop_elaborating(self) -> None:
        """Empty the document; a server that goes on all the same is ended."""
        deadline = process.Deadline.after(_CANCEL_S)
        try:
            self._document.set_text(self.preamble or "")
            if not self._document.settle(_WATCH_S, lambda: not deadline.passed()):
                self.close()
        except (ConnectionLost, ReplyLate):
            self.close()
