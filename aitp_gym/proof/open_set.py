"""A set of small integers that hands out its smallest members first."""

from __future__ import annotations

from collections.abc import Iterator

__all__ = ["OpenSet"]

_BITS = 1024


class OpenSet:
    """Ids of open nodes: O(1) to add and discard, and ascending iteration that costs what it yields.

    The ids are bits of Python integers of 1024 bits each, so that iteration skips a thousand absent ids in one look.
    """

    def __init__(self) -> None:
        self._blocks: list[int] = []
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def __contains__(self, item: int) -> bool:
        block, bit = divmod(item, _BITS)
        return block < len(self._blocks) and bool(self._blocks[block] >> bit & 1)

    def add(self, item: int) -> None:
        """Put `item >= 0` in; no effect if it is there."""
        if item not in self:
            block, bit = divmod(item, _BITS)
            self._blocks.extend([0] * (block + 1 - len(self._blocks)))
            self._blocks[block] |= 1 << bit
            self._size += 1

    def discard(self, item: int) -> None:
        """Take `item` out; no effect if it is not there."""
        if item in self:
            block, bit = divmod(item, _BITS)
            self._blocks[block] ^= 1 << bit
            self._size -= 1

    def __iter__(self) -> Iterator[int]:
        for block, bits in enumerate(self._blocks):
            while bits:
                lowest = bits & -bits
                yield block * _BITS + lowest.bit_length() - 1
                bits ^= lowest
