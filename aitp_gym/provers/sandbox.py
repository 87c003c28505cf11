"""Runs what a prover may be told by somebody else: no network, and no file and no program but those that are named."""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from ..errors import BadInput, ProverUnavailable
from . import confine, intruder

__all__ = ["CURE", "Sandbox", "check_wanted", "choose", "compilers", "trial", "wrap"]

Sandbox: TypeAlias = Literal["landlock", "bubblewrap", "off"]

CURE = "apt-get install bubblewrap"
"""Command that gives most systems without Landlock a sandbox."""

# What a program needs to start at all.
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib64", "/etc", "/opt", "/nix/store", "/sys")
_PROCESSES = "/proc"
# Of `/proc`, what tells nothing of other processes.
_OWN_PROCESS = ("/proc/self", "/proc/sys", "/proc/meminfo", "/proc/cpuinfo", "/proc/stat", "/proc/filesystems")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
_LOADERS = ("/lib/ld-*.so*", "/lib64/ld-*.so*", "/lib/*-linux-*/ld-*.so*")
_TRIAL_TIMEOUT_S = 30.0
# Programs that make programs, by what their files are called, and folders where there is nothing else.
_COMPILERS = re.compile(
    r"(?:.+-)?(?:cc|gcc|g\+\+|c\+\+|cpp|clang|clang\+\+|tcc|as|ld|ld\.\w+|lld|gold|rustc|go|ghc|leanc|"
    r"ocaml(?:c|opt)(?:\.\w+)?|nasm|yasm|llc|lli)(?:-\d[\d.]*)?"
)
_COMPILER_FOLDERS = ("/usr/lib/gcc", "/usr/libexec/gcc", "/usr/lib/gcc-cross", "/usr/lib/llvm*", "/usr/lib/go*")


def check_wanted(wanted: str | None) -> Sandbox | None:
    """A user's wish, if it is one.

    Raises:
        BadInput: it names no sandbox.
    """
    if wanted is None or wanted in get_args(Sandbox):
        return wanted  # type: ignore[return-value]  # that is what was asked
    raise BadInput(f"sandbox must be one of {', '.join(get_args(Sandbox))}, or None for what holds; got {wanted!r}.")


def choose(wanted: Sandbox | None = None) -> Sandbox:
    """The sandbox to use: the one that is wanted, else the first of Landlock and bubblewrap that holds here.

    Landlock comes first because a process stays what it was: its number, its clock and its memory are its own, where
    bubblewrap puts two processes in between. Whether a sandbox holds is tried once in a process (`trial`).

    Raises:
        ProverUnavailable: none holds; the message says why, and what to do.
    """
    if wanted == "off":
        return "off"
    candidates: tuple[Sandbox, ...] = ("landlock", "bubblewrap") if wanted is None else (wanted,)
    objections = {candidate: trial(candidate) for candidate in candidates}
    for candidate, objection in objections.items():
        if not objection:
            return candidate
    raise ProverUnavailable(
        "No sandbox holds on this system, and code in a proof could read and write your files and use the network. "
        f"{' '.join(f'{candidate}: {objection}.' for candidate, objection in objections.items())} Use Linux 5.13 or "
        f'newer with Landlock, or `{CURE}`; or say `sandbox="off"`, which every report then names.'
    )


@functools.lru_cache(maxsize=8)
def trial(candidate: Sandbox) -> str:
    """Why a sandbox does not hold on this system; empty if it does.

    A program in it tries to change a file outside, its mode, owner, times and attributes; to connect to a port of this
    machine; to reach this process by a signal, as a debugger, through its memory, limits, environment and open files;
    and to run a compiler. Each must fail.
    """
    if candidate == "landlock" and not confine.abi():
        return "this kernel has none, or does not let it be used"
    if candidate == "bubblewrap" and shutil.which("bwrap") is None:
        return "it is not installed"
    if os.uname().machine not in confine.MACHINES:
        return f"the system calls of {os.uname().machine} are not known"
    script = Path(intruder.__file__)
    python = os.path.realpath(sys.executable)
    with (
        tempfile.TemporaryDirectory(prefix="aitp-sandbox-") as folder,
        socket.create_server(("127.0.0.1", 0)) as server,
    ):
        file = Path(folder) / "file"
        file.touch()
        arguments = (os.fspath(file), str(server.getsockname()[1]), str(os.getpid()), *_some_compilers())
        tried = [python, "-I", "-S", os.fspath(script), *arguments]
        command = wrap(tried, readable=[script, sys.base_prefix], runnable=[python], using=candidate)
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_TRIAL_TIMEOUT_S, cwd="/")
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"it does not start: {error}"
        if done.returncode != 0:
            return f"it does not start: {(done.stderr.strip() or f'status {done.returncode}')[-200:]}"
        could = [str(name) for name in json.loads(done.stdout)]
    return f"a program in it could {', '.join(could)}" if could else ""


def wrap(
    argv: Sequence[str | os.PathLike[str]],
    *,
    writable: Iterable[str | os.PathLike[str]] = (),
    readable: Iterable[str | os.PathLike[str]] = (),
    runnable: Iterable[str | os.PathLike[str]] | None = None,
    children: bool = True,
    using: Sandbox | None = None,
) -> list[str]:
    """A command that runs another one in a sandbox, in the same process group and session.

    Args:
        argv: the command.
        writable: folders and files that it may change; they must exist. What lies there it cannot run.
        readable: folders and files that it may read, beside the system's own (`/usr`, `/etc`, …); those that do not
            exist are passed over.
        runnable: the only programs that it may run; `None` for all that it may read. Bubblewrap cannot forbid
            programs: there it is compilers that cannot be run.
        children: whether it may start processes.
        using: which sandbox; what `choose` finds if `None`.

    Returns:
        What to give to `process.spawn`: the command itself with the sandbox `off`.

    Raises:
        ProverUnavailable: there is no sandbox here.
    """
    command = [os.fspath(word) for word in argv]
    reads = [os.path.abspath(path) for path in readable]
    writes = [os.path.abspath(path) for path in writable]
    runs = None if runnable is None else list(dict.fromkeys(map(os.path.realpath, runnable)))
    using = using or choose()
    launcher = [os.path.realpath(sys.executable), "-I", "-S", confine.__file__]
    if not children:
        launcher.append("--alone")
    match using:
        case "bubblewrap":
            reads += [sys.base_prefix, confine.__file__]
            hidden = [] if runs is None else compilers((*_SYSTEM, *reads), keep=frozenset(runs))
            return [*_bubblewrap(reads, writes, hidden), "--", *launcher, "--only-calls", "--", *command]
        case "landlock":
            processes = (_PROCESSES,) if children else _OWN_PROCESS
            may_run = "-x" if runs is None else "-r"
            for path in (*_SYSTEM, *reads):
                launcher += (may_run, path)
            for path in (*processes, *_DEVICES[2:]):
                launcher += ("-r", path)
            for path in () if runs is None else (*runs, *_loaders()):
                launcher += ("-x", path)
            for path in (*_DEVICES[:2], *writes):
                launcher += ("-w", path)
            return [*launcher, "--", *command]
        case _:
            return command


def compilers(places: Iterable[str], keep: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Programs that make programs in folders of programs, links followed, and folders of such programs.

    Args:
        places: where to look: these folders, and `bin` in them.
        keep: files that are none, whatever they are called.
    """
    return tuple(found for found in _all_compilers(tuple(dict.fromkeys(places))) if found not in keep)


@functools.lru_cache(maxsize=64)
def _all_compilers(places: tuple[str, ...]) -> tuple[str, ...]:
    def found() -> Iterator[str]:
        for place in places:
            for folder in (place, os.path.join(place, "bin"), os.path.join(place, "local", "bin")):
                try:
                    entries = list(os.scandir(folder))
                except OSError:
                    continue
                for entry in entries:
                    if _COMPILERS.fullmatch(entry.name):
                        yield os.path.realpath(entry.path)
        for pattern in _COMPILER_FOLDERS:
            yield from map(str, Path("/").glob(pattern.removeprefix("/")))

    return tuple(sorted(path for path in set(found()) if os.path.exists(path)))


def _some_compilers() -> list[str]:
    """What a proof could look for first."""
    return [path for path in map(shutil.which, ("cc", "gcc", "clang", "as", "ld")) if path is not None]


@functools.lru_cache(maxsize=1)
def _loaders() -> tuple[str, ...]:
    """The programs that load programs, which the system runs for every one of them."""
    return tuple(sorted({str(path) for pattern in _LOADERS for path in Path("/").glob(pattern.removeprefix("/"))}))


def _bubblewrap(readable: Sequence[str], writable: Sequence[str], hidden: Sequence[str]) -> list[str]:
    # Not `--die-with-parent`: that means the thread that started it. Its first process ends with its input, or with the
    # process group, and takes all others with it.
    command = ["bwrap", "--unshare-all", "--cap-drop", "ALL", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp"]
    for path in (*_SYSTEM, *readable):
        command += ("--ro-bind-try", path, path)
    for path in hidden:
        command += ("--tmpfs", path) if os.path.isdir(path) else ("--ro-bind", "/dev/null", path)
    for path in writable:
        command += ("--bind", path, path)
    return command
