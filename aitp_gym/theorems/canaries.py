"""Canaries: statements that cannot be proved, so that a proof of one is an alarm."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from ..discovery import look_further
from ..errors import UnknownName
from ..proof import Theorem
from .theorem_set import TheoremSet

__all__ = ["add_canaries", "canaries"]


class Parser(Protocol):
    """The part of a prover that canaries need."""

    name: str

    def parse(self, statement: str) -> Theorem:
        """Read a statement."""
        ...


_files: dict[str, Path] = {}


def add_canaries(prover: str, file: Path) -> None:
    """Make the canaries of a prover known.

    Args:
        prover: its name.
        file: TOML file that gives each statement, as a person writes it, a name.
    """
    _files.setdefault(prover, file)


def canaries(prover: Parser) -> TheoremSet:
    """The false and independent statements for a prover, all in the split `canary`.

    They have no position in a library: an attempt at one may use everything, which is the hardest test.

    Args:
        prover: parses the statements, which are stored as a person writes them.

    Raises:
        UnknownName: there are no canaries for this prover.
        StatementError: the prover cannot read one of them.
    """
    if prover.name not in _files:
        look_further()
    file = _files.get(prover.name)
    if file is None:
        raise UnknownName(f"There are no canaries for the prover {prover.name!r}; known: {', '.join(sorted(_files))}.")
    set_name = f"{prover.name}-canaries"
    return TheoremSet(
        set_name,
        tuple(
            replace(
                prover.parse(statement),
                name=f"canary_{name}",
                theorem_set=set_name,
                split="canary",
                position=None,
                provable=False,
            )
            for name, statement in tomllib.loads(file.read_text(encoding="utf-8")).items()
        ),
    )
