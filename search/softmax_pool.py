"""A pool of scored items from which one is drawn by the softmax of the scores, in logarithmic time."""

from __future__ import annotations

import math
import random
from math import inf

__all__ = ["SoftmaxPool"]


class SoftmaxPool:
    """Items numbered from 0, each with a score; minus infinity takes an item out.

    A binary tree of log-sum-exps, so that scores may be of any size: a change and a draw cost O(log n), and nothing
    drifts, because inner nodes are computed anew from their two children.
    """

    def __init__(self) -> None:
        self._size = 1
        self._count = 0
        self._tree: list[float] = [-inf, -inf]

    def __len__(self) -> int:
        """How many items there ever were."""
        return self._count

    def __getitem__(self, item: int) -> float:
        """Score of an item."""
        return self._tree[self._size + item]

    @property
    def total(self) -> float:
        """Logarithm of the sum of the scores' exponentials."""
        return self._tree[1]

    @property
    def is_empty(self) -> bool:
        """Whether no item can be drawn."""
        return self.total == -inf

    def add(self, score: float) -> int:
        """Put an item in; returns its number."""
        if self._count == self._size:
            self._grow()
        self._count += 1
        self[self._count - 1] = score
        return self._count - 1

    def __setitem__(self, item: int, score: float) -> None:
        """Change the score of an item."""
        tree = self._tree
        i = self._size + item
        tree[i] = score
        while i > 1:
            i >>= 1
            tree[i] = _log_add_exp(tree[2 * i], tree[2 * i + 1])

    def draw(self, source: random.Random) -> int:
        """An item, with probability proportional to the exponential of its score; there has to be one."""
        tree = self._tree
        i = 1
        while i < self._size:
            i *= 2
            left, right = tree[i], tree[i + 1]
            if left == -inf or (right != -inf and source.random() * (1.0 + math.exp(_capped(left - right))) < 1.0):
                i += 1
        return i - self._size

    def _grow(self) -> None:
        # The old tree becomes the left half of the new one, level by level; its root is that of the new one too.
        old, grown = self._tree, [-inf, self._tree[1]]
        width = 1
        while width <= self._size:
            grown += old[width : 2 * width] + [-inf] * width
            width *= 2
        self._size *= 2
        self._tree = grown


def _capped(x: float) -> float:
    return min(x, 700.0)  # the exponential of more is no float


def _log_add_exp(x: float, y: float) -> float:
    if x < y:
        x, y = y, x
    return x if y == -inf else x + math.log1p(math.exp(y - x))
