"""Processes that the check forks from, so that a check costs what its own proof costs and not Lean's start.

Two for each Lean, where it is the embedded engine: one with Lean initialised, which compiles, and one with a kernel
that has checked the whole library. What they have done by then they did before they were told of any proof, and a
fork's doings are its own: each has the sandbox, limits and session that a process of its own would have had. So nothing
that a check could be told by another one is shared, and a verdict rests on the same as without them.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from ....errors import ProverUnavailable
from ....files import log_file
from ... import process, sandbox
from ...pool import Pool
from ..toolchain import Toolchain

__all__ = ["WarmChecks", "WarmHost", "WarmRunning", "keep_warm", "warm_checks"]

_SCRIPT = Path(__file__).with_name("warm_host.py")
_START_S = 120.0
_ANSWER_S = 10.0
# Forks leave nothing behind; this is against what we have not thought of.
_MAX_FORKS = 10_000
# A kernel's host takes as long to start as some tens of checks.
_PAYS_AFTER = 25


class WarmHost:
    """A process that forks itself for commands, one at a time.

    Args:
        toolchain: the embedded engine.
        arguments: of `warm_host.py`.

    Raises:
        ProverUnavailable: it does not start.
    """

    def __init__(self, toolchain: Toolchain, arguments: Sequence[str]) -> None:
        argv = [sys.executable, "-I", "-S", os.fspath(_SCRIPT), *arguments]
        limits = process.ProcessLimits(stack_mb=float("inf"))
        log = log_file("lean-check.log")
        self._process = process.spawn(argv, log, limits=limits, cwd=toolchain.directory, env=toolchain.env, pipes=True)
        self._forks, self._running = 0, False
        self._owner = os.getpid()
        try:
            self._answer(_START_S)
        except ProverUnavailable:
            self.close()
            raise

    @property
    def worn_out(self) -> bool:
        """Whether another one should take its place."""
        if self._running or self._owner != os.getpid() or self._forks >= _MAX_FORKS:
            return True
        return self._process.wait(0) is not None

    def fork(self, argv: Sequence[str], log: Path, cpu_s: int) -> WarmRunning:
        """Start a command in a fork; the next one only after this has been waited for.

        Raises:
            ProverUnavailable: the host was lost.
        """
        self._forks += 1
        self._running = True
        self._tell({"argv": list(argv), "log": os.fspath(log), "cpu_s": cpu_s})
        return WarmRunning(self, int(self._answer(_ANSWER_S)["pid"]))

    def wait(self) -> int:
        """The status of the fork, which ends or has ended."""
        self._tell({"wait": True})
        status = int(self._answer(_ANSWER_S)["status"])
        self._running = False
        return status

    def close(self) -> None:
        """End it, and its fork with it. Calling it twice is allowed."""
        self._process.close()

    def _tell(self, request: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
        except OSError as error:
            raise self._lost() from error

    def _answer(self, timeout_s: float) -> dict[str, Any]:
        assert self._process.stdout is not None
        for line in process.lines_until(self._process.stdout, process.Deadline.after(timeout_s)):
            found: dict[str, Any] = json.loads(line)
            return found
        raise self._lost()

    def _lost(self) -> ProverUnavailable:
        log = self._process.log
        return ProverUnavailable(f"A process of Lean's check was lost. Its log, {log}, ends with:\n{process.tail(log)}")


class WarmRunning:
    """A fork that runs a command; as much of `process.Running` as a watch needs. A context manager."""

    def __init__(self, host: WarmHost, pid: int) -> None:
        self._host, self.pid = host, pid
        self._status: int | None = None

    def wait(self) -> int:
        """Its exit status, negative for a signal; waits for its end."""
        if self._status is None:
            self._status = self._host.wait()
        return self._status

    def close(self) -> None:
        """Kill it, if it still runs, with whatever it has started. Calling it twice is allowed."""
        if self._status is None:
            # The host reaps it when it is told to, and not before: the number is still its own.
            for kill in (os.killpg, os.kill):
                with contextlib.suppress(ProcessLookupError):
                    kill(self.pid, signal.SIGKILL)
            with contextlib.suppress(ProverUnavailable):
                self.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class WarmChecks:
    """The hosts for one Lean.

    Args:
        toolchain: the embedded engine.
        library: writes the library's declarations to a file, for the kernel's host.
    """

    def __init__(self, toolchain: Toolchain, library: Callable[[Path], None]) -> None:
        from ..embedded.wheel import Wheel

        folder = os.fspath(Wheel.find().directory)
        self._toolchain, self._library, self._folder = toolchain, library, folder
        self._compilers = Pool(lambda: WarmHost(toolchain, ["compiler", folder]))
        self._kernels = Pool(self._kernel)
        self._asked = 0

    @property
    def kernel_pays(self) -> bool:
        """Whether a kernel with the library is worth its start: whoever has asked a few times will ask again."""
        self._asked += 1
        return self._asked > _PAYS_AFTER

    @contextmanager
    def compiler(self) -> Iterator[WarmHost]:
        """A host that compiles, for the caller alone."""
        with _lent(self._compilers) as host:
            yield host

    @contextmanager
    def kernel(self) -> Iterator[WarmHost]:
        """A host whose kernel has the library, for the caller alone."""
        with _lent(self._kernels) as host:
            yield host

    def close(self) -> None:
        """End the hosts that are idle. Calling it twice is allowed."""
        self._compilers.close()
        self._kernels.close()

    def _kernel(self) -> WarmHost:
        with tempfile.TemporaryDirectory(prefix="aitp-lean-") as folder:
            file = Path(folder) / "library"
            self._library(file)
            return WarmHost(self._toolchain, ["kernel", self._folder, os.fspath(file)])


@contextmanager
def _lent(pool: Pool[WarmHost]) -> Iterator[WarmHost]:
    host = pool.take()
    try:
        yield host
    finally:
        # One that is in the middle of something is worn out.
        pool.give_back(host)


_kept: dict[str, tuple[WarmChecks, int]] = {}
_lock = threading.Lock()


@contextmanager
def keep_warm(toolchain: Toolchain) -> Iterator[None]:
    """Have the checks of a Lean in this process fork from warm processes, as long as this lasts.

    It changes nothing where that cannot be: with another Lean than the embedded engine, whose programs are not ours,
    and in bubblewrap, into which a process cannot go by itself.
    """
    if toolchain.kind != "embedded" or (toolchain.sandbox or sandbox.choose()) == "bubblewrap":
        yield
        return
    from .replay import write_library

    identity = toolchain.identity
    with _lock:
        checks, users = _kept.get(identity) or (WarmChecks(toolchain, lambda file: write_library(toolchain, file)), 0)
        _kept[identity] = checks, users + 1
    try:
        yield
    finally:
        with _lock:
            checks, users = _kept[identity]
            _kept[identity] = checks, users - 1
            if users == 1:
                del _kept[identity]
        if users == 1:
            checks.close()


def warm_checks(toolchain: Toolchain) -> WarmChecks | None:
    """The warm processes for a Lean, where they are kept."""
    found = _kept.get(toolchain.identity)
    return found[0] if found is not None else None
