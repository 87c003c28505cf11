"""Theorems that a Dojo can be entered at: those of the repository, and statements put into it for a while."""

from __future__ import annotations

import itertools
import json
import os
from dataclasses import dataclass
from typing import Any, Protocol

from ..lexer import without_comments
from ..source import Source
from .repository import TracedRepository

__all__ = ["DojoEntry", "PlacedStatement", "TracedTheorem"]

_serial = itertools.count(1)


class DojoEntry(Protocol):
    """A theorem as LeanDojo finds it."""

    @property
    def file(self) -> str:
        """Path of its file in the repository."""
        ...

    @property
    def name(self) -> str:
        """Its full name."""
        ...

    def prepare(self) -> None:
        """Put it there, before it is entered."""
        ...

    def remove(self) -> None:
        """Take it away; calling it twice is allowed."""
        ...


@dataclass(frozen=True, slots=True)
class TracedTheorem:
    """A theorem of a traced repository; also the payload of such theorems.

    Attributes:
        repository: `URL@COMMIT`.
        file: path of its file in the repository.
        name: its full name.
        start: line and column, from 1, where LeanDojo has it begin.
    """

    repository: str
    file: str
    name: str
    start: tuple[int, int]

    def prepare(self) -> None:
        """It is there."""

    def remove(self) -> None:
        """It stays."""


class PlacedStatement:
    """A statement that is not in the repository: a file with it, and a trace of that file as LeanDojo writes them.

    Both lie in the traced copy while they are needed, under a name that no other attempt has.

    Args:
        traced: the repository.
        source: the statement. Comments are left out, because LeanDojo misreads those that nest.
    """

    name = "aitp_gym_statement"

    def __init__(self, traced: TracedRepository, source: Source) -> None:
        stem = f"Statement_{os.getpid()}_{next(_serial)}"
        self._lean = traced.scratch / f"{stem}.lean"
        self.file = str(self._lean.relative_to(traced.directory))
        self._trace = (traced.directory / ".lake" / "build" / "ir" / self.file).with_suffix(".ast.json")
        self._imports = self._trace.with_name(f"{stem}.dep_paths")
        self._source = source
        self._owner = os.getpid()

    def prepare(self) -> None:
        """Write the files."""
        before = without_comments(self._source.preamble)
        signature = without_comments(self._source.signature).strip()
        text = f"{before}{signature} := by\n  sorry\n"
        for path, content in (
            (self._lean, text),
            (self._trace, json.dumps(_trace(text, before, signature, self.name))),
            (self._imports, ""),
        ):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")

    def remove(self) -> None:
        """Delete the files; a fork of the process that put them there leaves them to it."""
        if os.getpid() != self._owner:
            return
        for path in (self._lean, self._trace, self._imports):
            path.unlink(missing_ok=True)


def _trace(text: str, before: str, signature: str, name: str) -> dict[str, Any]:
    """The part of a trace that LeanDojo looks at: where the theorem, its name and its proof begin and end, in bytes."""
    start = len(before.encode())
    define = start + len(signature.encode()) + 1
    proof = define + len(":= ")
    end = len(text.encode()) - 1

    def atom(value: str, at: int, to: int) -> dict[str, Any]:
        return {"atom": {"info": _info(at, to), "val": value}}

    def node(kind: str, *parts: dict[str, Any]) -> dict[str, Any]:
        return {"node": {"kind": f"Lean.Parser.{kind}", "info": "none", "args": list(parts)}}

    ident = {"ident": {"info": _info(start, define - 1), "rawVal": name, "val": name, "preresolved": []}}
    theorem = node(
        "Command.theorem",
        atom("theorem", start, define - 1),
        node("Command.declId", ident),
        node("Command.declSig"),
        node("Command.declValSimple", atom(":=", define, define + 2), node("Term.byTactic", atom("by", proof, end))),
    )
    commands = [node("Module.header"), node("Command.declaration", node("Command.declModifiers"), theorem)]
    return {"commandASTs": commands, "tactics": [], "premises": []}


def _info(start: int, end: int) -> dict[str, Any]:
    return {"original": {"leading": "", "pos": start, "trailing": "", "endPos": end}}
