"""Runs a command in the sandbox to its end, or until it has used up what it was given."""

from __future__ import annotations

import contextlib
import math
import resource
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psutil

from ... import process
from .warm import WarmHost, WarmRunning

__all__ = ["Allowance", "Ended", "Spending", "run", "spending"]

_WATCH_S = 0.05
_FILE_BYTES = 256 * 2**20


@dataclass(frozen=True, slots=True)
class Allowance:
    """Time and memory that a command may use.

    Attributes:
        cpu_s: CPU seconds.
        wall_s: wall seconds.
        memory_mb: resident memory of its own, its children's included. Lean reserves far more address space than it
            uses, so that cannot be limited.
    """

    cpu_s: float
    wall_s: float
    memory_mb: float


@dataclass(frozen=True, slots=True)
class Ended:
    """End of a command, and its cause.

    Attributes:
        status: exit status; negative for a signal.
        used_up: what it was killed for, if it was.
        cpu_s, wall_s: seconds it took.
        said: the first mebibytes of what it printed.
    """

    status: int
    used_up: Literal["", "cpu", "wall", "memory"]
    cpu_s: float
    wall_s: float
    said: str


class Spending(threading.local):
    """CPU seconds of the commands that a thread has run."""

    total_s = 0.0


@dataclass(frozen=True, slots=True)
class SpentSince:
    """CPU seconds of the commands that this thread has run since a moment."""

    before_s: float

    @property
    def cpu_s(self) -> float:
        """Until now."""
        return _spending.total_s - self.before_s


_spending = Spending()


def spending() -> SpentSince:
    """Begin to count the CPU seconds of the commands that this thread runs."""
    return SpentSince(_spending.total_s)


def run(
    argv: Sequence[str],
    log: Path,
    allowance: Allowance,
    *,
    cwd: Path,
    env: Mapping[str, str],
    said_mb: int = 8,
    host: WarmHost | None = None,
) -> Ended:
    """Run a command; both its outputs go to a new log file, whose first `said_mb` mebibytes are read.

    Args:
        argv: the command.
        log: the file.
        allowance: what it may use.
        cwd: its working directory.
        env: its whole environment.
        said_mb: how much of the log is read.
        host: process from which it is forked, instead of being started; its folder and environment are then the host's.
    """
    started = time.monotonic()
    log.unlink(missing_ok=True)
    # The kernel's limit backs up ours.
    limits = process.ProcessLimits(cpu_s=math.ceil(allowance.cpu_s) + 1, stack_mb=float("inf"))

    def start() -> process.Running | WarmRunning:
        if host is not None:
            return host.fork(argv, log, math.ceil(allowance.cpu_s) + 1)
        return process.spawn(argv, log, limits=limits, cwd=cwd, env=env)

    used_up: Literal["", "cpu", "wall", "memory"] = ""
    cpu_s = 0.0
    with (
        start() as running,
        process.ProcessHandle(running.pid) as handle,
    ):
        with contextlib.suppress(ProcessLookupError):
            resource.prlimit(running.pid, resource.RLIMIT_FSIZE, (_FILE_BYTES, _FILE_BYTES))
        while not used_up and not handle.wait(_WATCH_S):
            now_s, memory_mb = _usage(running.pid, children=host is None)
            cpu_s = max(cpu_s, now_s)
            if memory_mb > allowance.memory_mb:
                used_up = "memory"
            elif cpu_s > allowance.cpu_s:
                used_up = "cpu"
            elif time.monotonic() - started > allowance.wall_s:
                used_up = "wall"
        if used_up:
            running.close()
        # Before it is reaped its clock can still be read.
        handle.wait()
        cpu_s = max(cpu_s, process.cpu_s(running.pid))
        status = running.wait() or 0
    _spending.total_s += cpu_s
    with log.open("rb") as file:
        said = file.read(said_mb * 2**20).decode(errors="replace")
    return Ended(status, used_up, cpu_s, time.monotonic() - started, said)


def _usage(pid: int, children: bool) -> tuple[float, float]:
    """CPU seconds and megabytes of a process, and of its children if it may have any.

    Pages of files, such as a library's, do not count.
    """
    if not children:
        return process.cpu_s(pid), process.resident_mb(pid, files=False)
    cpu_s = memory_mb = 0.0
    with contextlib.suppress(psutil.NoSuchProcess):
        first = psutil.Process(pid)
        for found in (first, *first.children(recursive=True)):
            cpu_s += process.cpu_s(found.pid)
            memory_mb += process.resident_mb(found.pid, files=False)
    return cpu_s, memory_mb
