"""Tries what nothing in a sandbox may do, and prints what it could, as a JSON list of words.

`python -I -S intruder.py FILE PORT PID PROGRAM…`: a file outside of the sandbox, a port of this machine where somebody
listens, a process outside, and compilers. It imports nothing of ours.
"""

import ctypes
import functools
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable

_PTRACE_SEIZE, _PTRACE_DETACH = 0x4206, 17
_LIMIT_OF_FILES = 7


def _read(path: str) -> None:
    with open(path, "rb") as file:
        file.read(1)


def _write(path: str) -> None:
    with open(path, "ab") as file:
        file.write(b"x")


def _new_file(path: str) -> None:
    os.close(os.open(f"{path}.new", os.O_CREAT | os.O_EXCL | os.O_WRONLY))


def _connect(port: int) -> None:
    socket.create_connection(("127.0.0.1", port), timeout=5).close()


def _trace(pid: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.ptrace(_PTRACE_SEIZE, pid, None, None) != 0:
        raise OSError(ctypes.get_errno(), "ptrace")
    libc.ptrace(_PTRACE_DETACH, pid, None, None)


def _read_memory(pid: int) -> None:
    """Any address is good enough: permission is asked for before it is looked at."""
    libc = ctypes.CDLL(None, use_errno=True)
    place = (ctypes.c_uint64 * 2)(ctypes.addressof(ctypes.create_string_buffer(8)), 8)
    if libc.process_vm_readv(pid, place, 1, place, 1, 0) < 0 and ctypes.get_errno() != 14:
        raise OSError(ctypes.get_errno(), "process_vm_readv")


def _limit(pid: int) -> None:
    """Ask for the limit of open files of another process, and set it to what it is."""
    libc = ctypes.CDLL(None, use_errno=True)
    limits = (ctypes.c_uint64 * 2)()
    if libc.prlimit(pid, _LIMIT_OF_FILES, None, limits) != 0 or libc.prlimit(pid, _LIMIT_OF_FILES, limits, None) != 0:
        raise OSError(ctypes.get_errno(), "prlimit")


def _run(program: str) -> None:
    subprocess.run([program, "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=10, check=True)


def attempts(path: str, port: int, pid: int, programs: list[str]) -> dict[str, Callable[[], object]]:
    """What is tried, by its name."""
    return {
        "read": lambda: _read(path),
        "write": lambda: _write(path),
        "create": lambda: _new_file(path),
        "delete": lambda: os.unlink(path),
        "chmod": lambda: os.chmod(path, 0o600),
        "chown": lambda: os.chown(path, os.getuid(), os.getgid()),
        "utime": lambda: os.utime(path),
        "setxattr": lambda: os.setxattr(path, "user.aitp", b"x"),
        "connect": lambda: _connect(port),
        "signal": lambda: os.kill(pid, 0),
        "ptrace": lambda: _trace(pid),
        "memory": lambda: _read_memory(pid),
        "limits": lambda: _limit(pid),
        "environment": lambda: _read(f"/proc/{pid}/environ"),
        "descriptors": lambda: os.readlink(f"/proc/{pid}/fd/0"),
        **{f"run {program}": functools.partial(_run, program) for program in programs},
    }


def main() -> None:
    """Try everything."""
    path, port, pid, *programs = sys.argv[1:]
    done = []
    for name, act in attempts(path, int(port), int(pid), programs).items():
        try:
            act()
        except (OSError, subprocess.SubprocessError):
            continue
        done.append(name)
    print(json.dumps(done))


if __name__ == "__main__":
    main()
