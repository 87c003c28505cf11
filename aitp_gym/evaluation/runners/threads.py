"""Limit of one thread for torch in a worker process."""

from __future__ import annotations

__all__ = ["use_one_thread"]


def use_one_thread() -> None:
    """Keep torch, where there is one, to a single thread in this process.

    Each worker process owns one core; torch would start a thread for every core of the machine in each of them.
    """
    try:
        import torch
    except ModuleNotFoundError:
        return
    torch.set_num_threads(1)
