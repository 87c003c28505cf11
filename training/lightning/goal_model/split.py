"""Which theorems a goal model learns from, and which it is measured on."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from .labels import Label

__all__ = ["split_labels"]


def split_labels(labels: Sequence[Label], share: float, seed: int) -> tuple[list[Label], list[Label]]:
    """Hold out the goals of about a share of the theorems.

    A theorem's name and the seed alone decide, so more traces move no theorem. Goals of held-out theorems that a
    training theorem has too are in neither part: they would measure memory.

    Args:
        labels: of goals.
        share: of the theorems, in [0, 1).
        seed: of the split.

    Returns:
        Labels to learn from, and held-out ones.
    """
    train = [label for label in labels if not _is_held_out(label.theorem, share, seed)]
    seen = {label.goal for label in train}
    held_out = [label for label in labels if _is_held_out(label.theorem, share, seed) and label.goal not in seen]
    return train, held_out


def _is_held_out(theorem: str, share: float, seed: int) -> bool:
    digest = hashlib.blake2b(f"{seed}\n{theorem}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") < share * 2**64
