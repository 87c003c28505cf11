"""A training for each seed, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import torch

__all__ = ["train_each"]


def train_each(seeds: Sequence[int], threads: int, train_one: Callable[[int], Path]) -> list[Path]:
    """Train with each seed.

    Args:
        seeds: of the trainings.
        threads: number of torch's threads meanwhile.
        train_one: trains with a seed, and gives the folder.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        return [train_one(seed) for seed in seeds]
    finally:
        torch.set_num_threads(before)
