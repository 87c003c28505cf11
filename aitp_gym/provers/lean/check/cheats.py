"""The check's own examination: texts that must be refused, and honest ones like them that must be accepted."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..source import Source

__all__ = ["Cheat", "cheats"]

_FILE = Path(__file__).with_name("cheats.toml")


@dataclass(frozen=True, slots=True)
class Cheat:
    """A text that must be refused, and one of much the same shape that must be accepted.

    Attributes:
        name: what it tries.
        source, body: a statement and the text that does not prove it.
        reason: part of what the check answers.
        deeper: part of what it answers where the text is not looked at before Lean reads it.
        honest, proof: a statement and its proof.
    """

    name: str
    source: Source
    body: str
    reason: str
    deeper: str
    honest: Source
    proof: str


def cheats() -> tuple[Cheat, ...]:
    """All of them, in the order of the file."""
    file = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return tuple(_read(row, file["after"]) for row in file["cheat"])


def _read(row: dict[str, Any], texts: dict[str, str]) -> Cheat:
    twin = row["twin"]
    preamble = texts[row["after"]] if "after" in row else row.get("preamble", "")
    return Cheat(
        row["name"],
        Source(preamble, row.get("statement", "theorem cheat : 1 = 2")),
        f"  {row['body']}",
        row["reason"],
        row.get("deeper", row["reason"]),
        Source(preamble, twin.get("statement", "theorem honest : 1 = 1")),
        f"  {twin['body']}",
    )
