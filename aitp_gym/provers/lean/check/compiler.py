"""Compiles one Lean file in a fresh process, in the sandbox, and takes home what came out."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from ... import sandbox
from ..toolchain import Toolchain
from . import watch
from .objects import MAX_BYTES
from .warm import warm_checks

__all__ = ["Compiled", "Message", "compile_file", "lean_command"]

# Part of the names of private constants, so it is the same for everything that is to be compared.
_FILE = "Aitp.lean"
# A whole proof may take more of Lean's own steps than any tactic may: CPU time is the limit. Linters prove nothing.
_OPTIONS = ("-DmaxHeartbeats=0", "-Dlinter.all=false")


@dataclass(frozen=True, slots=True)
class Message:
    """Message of Lean about a place.

    Attributes:
        severity: `error`, `warning` or `information`.
        line: of the file, from 0.
        kind: Lean's own name for the kind of message; often empty.
        text: the message.
    """

    severity: str
    line: int
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Compiled:
    """Result of compiling a file.

    Attributes:
        ended: how the process ended.
        messages: what Lean said, in its order. Code in the file could have said it too.
        olean: the compiled module, where there is one.
    """

    ended: watch.Ended
    messages: tuple[Message, ...]
    olean: bytes | None

    def errors(self) -> list[Message]:
        """The messages that are errors."""
        return [message for message in self.messages if message.severity == "error"]


def compile_file(toolchain: Toolchain, text: str, folder: Path, allowance: watch.Allowance) -> Compiled:
    """Compile a text.

    Args:
        toolchain: which Lean.
        text: the whole file.
        folder: an empty folder of its own, in a part of which alone the process may write.
        allowance: what it may use.
    """
    root = folder / "root"
    root.mkdir()
    file, olean = root / _FILE, root / "Aitp.olean"
    file.write_text(text, encoding="utf-8")
    arguments = ["--json", *_OPTIONS, "--root", os.fspath(root), "-o", os.fspath(olean), os.fspath(file)]
    argv = lean_command(toolchain, arguments, writable=[root])
    checks = warm_checks(toolchain)
    with checks.compiler() if checks is not None else nullcontext() as host:
        ended = watch.run(argv, folder / "log", allowance, cwd=toolchain.directory, env=toolchain.env, host=host)
    found = _read(olean) if not ended.used_up and ended.status == 0 else None
    return Compiled(ended, tuple(_messages(ended.said)), found)


def lean_command(
    toolchain: Toolchain, arguments: list[str], *, writable: Sequence[Path] = (), readable: Sequence[Path] = ()
) -> list[str]:
    """Lean in the sandbox, where it can read its own folders and those given."""
    # The embedded engine needs no processes beside its own; elan and lake may.
    return sandbox.wrap(
        [*toolchain.lean, *arguments],
        writable=writable,
        readable=[toolchain.directory, *toolchain.readable, *readable],
        runnable=toolchain.runnable,
        children=toolchain.kind != "embedded",
        using=toolchain.sandbox,
    )


def _read(path: Path) -> bytes | None:
    """A file that an untrusted process may have put there; nothing if it is a link, no file, or too large."""
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            facts = os.fstat(file.fileno())
            return file.read() if stat.S_ISREG(facts.st_mode) and facts.st_size <= MAX_BYTES else None
    except OSError:
        return None


def _messages(said: str) -> list[Message]:
    found = []
    # Not `splitlines`: names and messages may hold what that takes for the end of a line.
    for line in said.split("\n"):
        try:
            row = json.loads(line)
            found.append(Message(row["severity"], row["pos"]["line"] - 1, row.get("kind", ""), row["data"]))
        except (ValueError, KeyError, TypeError):
            # Not a message of Lean's: something that the file printed.
            continue
    return found
