"""Canaries: statements that cannot be proved, so that a proof of one is an alarm."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from importlib import resources
from typing import Protocol

from ..errors import UnknownName
from ..proof import Theorem
from .theorem_set import TheoremSet

__all__ = ["canaries"]


class Parser(Protocol):
    """The part of a prover that canaries need."""

    name: str

    def parse(self, statement: str) -> Theorem:
        """Read a statement."""
        ...


def canaries(prover: Parser) -> TheoremSet:
    """The false and independent statements for a prover, all in the split `canary`.

    They have no position in a library: an attempt at one may use everything, which is the hardest test.

    Args:
        prover: parses the statements, which are stored as a person writes them.

    Raises:
        UnknownName: there are no canaries for this prover.
        StatementError: the prover cannot read one of them.
    """
    file = resources.files(__package__) / f"canaries_{prover.name}.toml"
    if not file.is_file():
        raise UnknownName(f"There are no canaries for the prover {prover.name!r}: expected a file {file.name}.")
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
