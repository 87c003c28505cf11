"""One way to run, limit and kill a prover process.

A process is held by a pidfd: a handle that stays with the process it was opened for, so that a signal can never reach
a stranger that got the same number later. Needs Linux.
"""

from __future__ import annotations

import contextlib
import os
import select
import shlex
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

from ..errors import BadInput, ProverUnavailable
from ..files import open_to_append

__all__ = [
    "Deadline",
    "ProcessHandle",
    "ProcessLimits",
    "Running",
    "cpu_s",
    "lines_until",
    "parent_of",
    "resident_mb",
    "run",
    "spawn",
    "tail",
]


@dataclass(frozen=True, slots=True)
class ProcessLimits:
    """Limits that the operating system holds a process and its children to; `None` leaves things as they are.

    Attributes:
        stack_mb: size of the stack; `float("inf")` for the most that is allowed.
        address_space_mb: virtual memory.
        cpu_s: CPU seconds.
    """

    stack_mb: float | None = None
    address_space_mb: float | None = None
    cpu_s: int | None = None

    def shell(self) -> str:
        """The limits as shell commands; a stack larger than allowed becomes the largest allowed."""
        commands = ["ulimit -c 0"]
        if self.stack_mb is not None:
            wanted = "unlimited" if self.stack_mb == float("inf") else str(int(self.stack_mb * 1024))
            commands.append(f'ulimit -s {wanted} 2>/dev/null || ulimit -s "$(ulimit -H -s)"')
        if self.address_space_mb is not None:
            commands.append(f"ulimit -v {int(self.address_space_mb * 1024)}")
        if self.cpu_s is not None:
            commands.append(f"ulimit -t {self.cpu_s}")
        return "; ".join(commands)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment on the monotonic clock."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> Self:
        """The moment that many seconds from now."""
        return cls(time.monotonic() + seconds)

    def left(self) -> float:
        """Seconds until then, never negative."""
        return max(0.0, self.at - time.monotonic())

    def passed(self) -> bool:
        """Whether it has come."""
        return time.monotonic() >= self.at


class ProcessHandle:
    """A process of ours or of somebody else, identified for good."""

    def __init__(self, pid: int) -> None:
        """Take hold of a process.

        Raises:
            ProcessLookupError: there is none of that number.
        """
        self.pid = pid
        self._pidfd: int | None = os.pidfd_open(pid)

    def alive(self) -> bool:
        """Whether it still runs (a zombie does not)."""
        return not self.wait(0.0)

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait for its end, whoever its parent is; `False` if it still runs after `timeout_s`."""
        if self._pidfd is None:
            return True
        poll = select.poll()
        poll.register(self._pidfd, select.POLLIN)
        return bool(poll.poll(None if timeout_s is None else timeout_s * 1000))

    def send(self, signum: signal.Signals) -> None:
        """Send a signal; nothing happens if the process has ended."""
        if self._pidfd is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signum)

    def kill(self) -> None:
        """Kill it; also works on a stopped process."""
        self.send(signal.SIGKILL)

    def close(self) -> None:
        """Let go of the handle; the process is left alone."""
        if self._pidfd is not None:
            os.close(self._pidfd)
            self._pidfd = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Running:
    """A process that we started and that ends with us: in a session of its own, its errors in a log file."""

    def __init__(self, popen: subprocess.Popen[bytes], log: Path) -> None:
        self._popen = popen
        self._owner = os.getpid()
        self._closing = threading.RLock()
        self.log = log
        self.pid = popen.pid

    @property
    def stdin(self) -> IO[bytes] | None:
        """Its standard input, if a pipe was asked for."""
        return self._popen.stdin

    @property
    def stdout(self) -> IO[bytes] | None:
        """Its standard output, if a pipe was asked for."""
        return self._popen.stdout

    def wait(self, timeout_s: float | None = None) -> int | None:
        """Its exit status, or `None` if it still runs after `timeout_s`."""
        try:
            return self._popen.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return None

    def close(self) -> None:
        """Kill it and everything in its process group, and wait. Calling it twice is allowed.

        A fork of the process that started it only lets go of it.
        """
        if self._owner == os.getpid():
            # One thread at a time: between the look and the kill nobody else may reap it.
            with self._closing:
                if self._popen.poll() is None:
                    # Not reaped yet, so the number is still that of our process and its group.
                    os.killpg(self.pid, signal.SIGKILL)
                    self._popen.wait()
        self.let_go()

    def let_go(self) -> None:
        """Close our ends of its pipes and leave it alone. Calling it twice is allowed."""
        # In a fork, where it is no child of ours, this takes note of that: nobody will be warned that it still runs.
        self._popen.poll()
        for stream in (self.stdin, self.stdout):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def spawn(
    argv: Sequence[str],
    log: Path,
    *,
    limits: ProcessLimits | None = None,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    pipes: bool = False,
    detached: bool = False,
    pass_fds: Sequence[int] = (),
) -> Running:
    """Start a process in a session of its own.

    Args:
        argv: the command; no shell reads it.
        log: file that standard error is appended to (and standard output, without `pipes`).
        limits: applied before the command starts.
        cwd: its working directory.
        env: its whole environment; ours if `None`.
        pipes: whether standard input and output are pipes.
        detached: whether the process outlives us. The handle returned is then that of the shell that starts it and
            ends at once; standard output is a pipe all the same, whose first line is the number of the process.
        pass_fds: our descriptors that the process keeps open, under their numbers.

    Raises:
        ProverUnavailable: the log cannot be written: it is a link or a pipe, for example.
    """
    command = shlex.join(argv)
    script = (limits or ProcessLimits()).shell() + "; "
    # The shell's own copy of the pipe ends with it, so that the reader sees the end of the process.
    script += f"{command} & echo $!" if detached else f"exec {command}"
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        log_file = open_to_append(log)
    except (OSError, BadInput) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is something else"
        raise ProverUnavailable(
            f"{log}, the log of a prover, must be a regular file that can be written: {reason}. Remove what is there."
        ) from error
    with log_file:
        popen = subprocess.Popen(
            ["/bin/sh", "-c", script],
            stdin=subprocess.PIPE if pipes and not detached else subprocess.DEVNULL,
            stdout=subprocess.PIPE if pipes or detached else log_file,
            stderr=log_file,
            cwd=cwd,
            env=dict(env) if env is not None else None,
            start_new_session=True,
            pass_fds=pass_fds,
        )
    return Running(popen, log)


def run(
    argv: Sequence[str],
    log: Path,
    *,
    timeout_s: float,
    limits: ProcessLimits | None = None,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> int | None:
    """Run a command to its end and return its exit status; `None` if it had to be killed after `timeout_s`."""
    with spawn(argv, log, limits=limits, cwd=cwd, env=env) as process:
        return process.wait(timeout_s)


def lines_until(stream: IO[bytes], deadline: Deadline) -> Iterator[str]:
    """Lines of a pipe as they come; ends with the stream or at the deadline, whichever is first."""
    pending = b""
    descriptor = stream.fileno()
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    while poll.poll(deadline.left() * 1000):
        chunk = os.read(descriptor, 4096)
        if not chunk:
            return
        *lines, pending = (pending + chunk).split(b"\n")
        yield from (line.decode(errors="replace") for line in lines)


def parent_of(pid: int) -> int | None:
    """Number of a process's parent, or `None` if there is no such process."""
    try:
        # The command's name is in parentheses and may contain anything, parentheses too.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return int(fields[1])


def cpu_s(pid: int) -> float:
    """CPU seconds that a process has used, all its threads together; 0 if there is no such process."""
    try:
        # The clock of another process, numbered as clock_getcpuclockid(3) does on Linux.
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return 0.0


def resident_mb(pid: int, *, files: bool = True) -> float:
    """Memory a process holds, in MB; 0 if there is no such process.

    Args:
        pid: its number.
        files: whether pages of files count, such as those of a library that many processes share.
    """
    try:
        held, shared = map(int, Path(f"/proc/{pid}/statm").read_text().split()[1:3])
    except (FileNotFoundError, ProcessLookupError, ValueError):
        return 0.0
    return (held if files else held - shared) * os.sysconf("SC_PAGE_SIZE") / 2**20


def tail(log: Path, lines: int = 10) -> str:
    """The last lines of a log file, for an error message."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except FileNotFoundError:
        return ""
