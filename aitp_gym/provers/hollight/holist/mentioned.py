"""Theorems that a tactic mentions."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

from .grammar import Thm, parse

__all__ = ["read_tactic"]


def read_tactic(text: str) -> tuple[str, tuple[str, ...]]:
    """Name of a tactic, and names of the library's theorems in its arguments, in order.

    Raises:
        BadInput: the text is not a tactic.
    """
    call = parse(text)
    names: list[str] = []
    pending: list[Any] = [call.arguments]
    # Whatever holds theorems: lists, and whatever else arguments are made of.
    while pending:
        part = pending.pop()
        if isinstance(part, Thm):
            names.append(part.name)
        elif isinstance(part, tuple):
            pending.extend(reversed(part))
        elif is_dataclass(part):
            pending.extend(getattr(part, field.name) for field in reversed(fields(part)))
    return call.tactic, tuple(names)
