"""Splits: by hash and by time, both without twins on two sides."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from ..proof import Theorem

__all__ = ["SHARES", "split_by_hash", "split_by_time"]

SHARES: tuple[tuple[str, float], ...] = (("train", 0.6), ("valid", 0.2), ("test", 0.2))
"""The splits in order, and the share of the theorems that each one gets."""


def split_by_hash(theorems: Iterable[Theorem], skeleton: Callable[[str], str]) -> tuple[Theorem, ...]:
    """Assign each theorem to a split by a hash of its skeleton.

    Twins share a skeleton, so they share a split. The assignment of a theorem depends on nothing but its statement:
    it survives additions to the library.

    Args:
        theorems: to assign.
        skeleton: of a statement.

    Returns:
        The theorems in the same order, with their splits.
    """
    return tuple(replace(theorem, split=_side(_fraction(skeleton(theorem.statement)))) for theorem in theorems)


def split_by_time(theorems: Sequence[Theorem], skeleton: Callable[[str], str]) -> tuple[Theorem, ...]:
    """Assign the first theorems to train, the following to valid and the last to test.

    A theorem with a twin in an earlier split belongs to no split: on either side it would break one of the two
    promises, that training comes before testing and that no twin of a test theorem was trained on.

    Args:
        theorems: in library order.
        skeleton: of a statement.

    Returns:
        The theorems in the same order, with their splits.
    """
    first_side: dict[str, str] = {}
    assigned = []
    for place, theorem in enumerate(theorems):
        side = _side(place / len(theorems))
        first = first_side.setdefault(skeleton(theorem.statement), side)
        assigned.append(replace(theorem, split=side if side == first else ""))
    return tuple(assigned)


def _fraction(text: str) -> float:
    """A number in [0, 1) that depends on the text only."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6]) / 2**48


def _side(fraction: float) -> str:
    reached = 0.0
    for name, share in SHARES:
        reached += share
        if fraction < reached:
            return name
    return SHARES[-1][0]
