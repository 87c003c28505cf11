"""Runs what a prover may be told by somebody else: no network, and no file but those that are named."""

from __future__ import annotations

import functools
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
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
    """What this machine has: bubblewrap where it works, else Landlock, else nothing; found out once, and said."""
    if _bubblewrap_works():
        return "bubblewrap"
    if landlock.abi() > 0:
        return "landlock"
    _log.warning(
        "No sandbox: neither bubblewrap nor Landlock works here, so what a prover is told can read and write your "
        "files and use the network. Install bubblewrap (`apt-get install bubblewrap`) or use Linux 5.13 or newer."
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
    command = ["bwrap", "--unshare-all", "--die-with-parent", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp"]
    for path in (*(path for path in _SYSTEM if path != "/proc"), *readable):
        command += ("--ro-bind-try", path, path)
    for path in writable:
        command += ("--bind", path, path)
    return command


def _bubblewrap_works() -> bool:
    if shutil.which("bwrap") is None:
        return False
    # It is often installed where it may not make the namespaces that it needs.
    probe = [*_bubblewrap([], []), "--", "/bin/true"]
    try:
        return subprocess.run(probe, capture_output=True, timeout=_PROBE_TIMEOUT_S, cwd=Path("/")).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
