"""Theorems that a tactic mentions."""

from __future__ import annotations

from .grammar import Thm, named, parse

__all__ = ["read_tactic"]


def read_tactic(text: str) -> tuple[str, tuple[str, ...]]:
    """Name of a tactic, and names of the library's theorems in its arguments, in order.

    Raises:
        BadInput: the text is not a tactic.
    """
    call = parse(text)
    return call.tactic, tuple(theorem.name for theorem in named(call) if isinstance(theorem, Thm))
