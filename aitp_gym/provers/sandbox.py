"""Runs what a prover may be told by somebody else: no network, and no file but those that are named."""

from __future__ import annotations

import functools
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from typing import Literal, TypeAlias

from . import landlock

__all__ = ["Sandbox", "kind", "wrap"]

Sandbox: TypeAlias = Literal["bubblewrap", "landlock", "none"]

# What a program needs to start at all.
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib64", "/etc", "/opt", "/nix/store", "/proc", "/sys")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
_PROBE_TIMEOUT_S = 10.0
_log = logging.getLogger(__name__)


@functools.lru_cache(maxsize=1)
def kind() -> Sandbox:
    """What this machine has: Landlock where it is complete, else bubblewrap where it works; found out once, and said.

    Landlock comes first because a process stays what it was: its number, its clock and its memory are its own, where
    bubblewrap puts two processes in between.
    """
    candidates: tuple[Sandbox, ...] = ("landlock", "bubblewrap")
    for candidate in candidates:
        if _works(candidate):
            return candidate
    _log.warning(
        "No sandbox: neither Landlock nor bubblewrap works here, so what a prover is told can read and write your "
        "files and use the network. Use Linux 5.13 or newer, or install bubblewrap (`apt-get install bubblewrap`)."
    )
    return "none"


def wrap(
    argv: Sequence[str | os.PathLike[str]],
    *,
    writable: Iterable[str | os.PathLike[str]] = (),
    readable: Iterable[str | os.PathLike[str]] = (),
    children: bool = True,
    using: Sandbox | None = None,
) -> list[str]:
    """A command that runs another one in a sandbox, in the same process group and session.

    Args:
        argv: the command.
        writable: folders and files that it may change; they must exist.
        readable: folders and files that it may read and run, beside the system's own (`/usr`, `/etc`, …); those that do
            not exist are passed over.
        children: whether it may start processes. Landlock can forbid that; bubblewrap ends them with the command.
        using: which sandbox; what `kind` found if `None`.

    Returns:
        What to give to `process.spawn`: the command itself where there is no sandbox.
    """
    command = [os.fspath(word) for word in argv]
    reads = [os.path.abspath(path) for path in readable]
    writes = [os.path.abspath(path) for path in writable]
    match using or kind():
        case "bubblewrap":
            return [*_bubblewrap(reads, writes), "--", *command]
        case "landlock":
            launcher = [sys.executable, "-I", "-S", landlock.__file__]
            if not children:
                launcher.append("--alone")
            for path in (*_SYSTEM, *_DEVICES[2:], *reads):
                launcher += ("-r", path)
            for path in (*_DEVICES[:2], *writes):
                launcher += ("-w", path)
            return [*launcher, "--", *command]
        case _:
            return command


def _bubblewrap(readable: Sequence[str], writable: Sequence[str]) -> list[str]:
    # Not `--die-with-parent`: that means the thread that started it. Its first process ends with its input, or with the
    # process group, and takes all others with it.
    command = ["bwrap", "--unshare-all", "--cap-drop", "ALL", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp"]
    for path in (*(path for path in _SYSTEM if path != "/proc"), *readable):
        command += ("--ro-bind-try", path, path)
    for path in writable:
        command += ("--bind", path, path)
    return command


def _works(candidate: Sandbox) -> bool:
    """Whether a sandbox runs a command here; it is often installed where it may not do what it needs to."""
    present = landlock.complete() if candidate == "landlock" else shutil.which("bwrap") is not None
    if not present:
        return False
    probe = wrap(["/bin/true"], using=candidate)
    try:
        return subprocess.run(probe, capture_output=True, timeout=_PROBE_TIMEOUT_S, cwd="/").returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
