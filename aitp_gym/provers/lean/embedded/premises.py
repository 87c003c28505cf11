"""The library's lemmas as premises, exported once from the running engine and kept beside it."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import tempfile
from pathlib import Path

from ....errors import NotWritable, ProverUnavailable
from ....files import replacing
from ....proof import Library, Premise
from ... import process
from ..toolchain import Toolchain
from .engine import toolchain
from .sources import lemma_names

__all__ = ["library"]

_TIMEOUT_S = 60.0


def library() -> Library:
    """The named lemmas in the order of the library: their types as Lean prints them, and their places.

    Raises:
        ProverUnavailable: the engine is not installed or does not run.
    """
    return _load(toolchain().directory)


@functools.lru_cache(maxsize=2)
def _load(prefix: Path) -> Library:
    path = prefix / "premises.json"
    if not path.is_file():
        return _library(_export(path))
    return _library(json.loads(path.read_text(encoding="utf-8")))


def _library(rows: list[list[str]]) -> Library:
    entries = tuple(Premise(name, statement, place) for place, (name, statement) in enumerate(rows))
    digest = hashlib.sha256(json.dumps(rows).encode()).hexdigest()
    return Library("lean-embedded", digest[:16], entries)


def _export(path: Path) -> list[list[str]]:
    """Names and types, which are kept for the next time unless the cache is read-only."""
    names = lemma_names()
    with tempfile.TemporaryDirectory(prefix="aitp-premises-") as work:
        rows = list(map(list, zip(names, _types(names, toolchain(), Path(work)), strict=True)))
    # The file appears whole or not at all; several processes may make it at the same time.
    with contextlib.suppress(NotWritable), replacing(path) as unfinished:
        unfinished.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    return rows


def _types(names: list[str], engine: Toolchain, work: Path) -> list[str]:
    """The type of each theorem, on one line."""
    script, log = work / "check.lean", work / "check.log"
    script.write_text("".join(f"#check @{name}\n" for name in names), encoding="utf-8")
    argv = [*engine.lean, "--json", os.fspath(script)]
    status = process.run(argv, log, timeout_s=_TIMEOUT_S, cwd=engine.directory, env=engine.env)
    if status != 0:
        raise ProverUnavailable(
            "The embedded Lean could not list its lemmas: it "
            f"{'took too long' if status is None else f'ended with status {status}'}. Its output ends with:\n"
            f"{process.tail(log)}"
        )
    messages = map(json.loads, filter(None, log.read_text(encoding="utf-8").split("\n")))
    printed = {message["pos"]["line"]: str(message["data"]) for message in messages}
    # `@Nat.add_comm : ∀ (n m : Nat), n + m = m + n`; long ones are broken into lines.
    return [" ".join(printed[line].partition(" : ")[2].split()) for line in range(1, len(names) + 1)]
