"""Depth-first search, in bands of depth."""

from __future__ import annotations

from aitp_gym.errors import BadInput
from aitp_gym.proof import Node

from .frontier import FrontierSearch

__all__ = ["DepthFirst"]


class DepthFirst(FrontierSearch):
    """Expands the deepest goal; of equally deep ones the oldest, which is the first subgoal of the likeliest tactic.

    A goal is left only once nothing below it can help, so on its own the search may go down for ever. With a band it
    goes no deeper than `band` tactics before everything above is explored, then twice as deep, and so on: it then
    reaches every goal after finitely many steps if the policy is finite, as iterative deepening does, and repeats no
    work because the graph remembers.

    Args:
        batch_size: how many goals to offer at a time, at most.
        band: tactic applications from the root in one band of depth; `None` for a single band without end.
    """

    name = "depth_first"

    def __init__(self, batch_size: int = 1, band: int | None = None) -> None:
        if band is not None and band < 1:
            raise BadInput(f"band must be at least 1 or None, got {band!r}.")
        super().__init__(batch_size)
        self.band = band
        self.versions = {**self.versions, "band": str(band)}

    def key(self, node: Node) -> tuple[float, ...]:
        """The band, then minus the depth."""
        return (0 if self.band is None else node.depth // self.band, -node.depth)
