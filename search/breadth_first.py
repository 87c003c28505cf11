"""Breadth-first search, in rounds."""

from __future__ import annotations

from collections import Counter

from aitp_gym.proof import Node, ProofGraph

from .frontier import FrontierSearch

__all__ = ["BreadthFirst"]


class BreadthFirst(FrontierSearch):
    """Expands goals layer by layer, oldest first; when all were expanded, goes around again for more tactics.

    A goal that was chosen fewer times comes first, so the goals that a later round finds catch up before it goes on.
    """

    name = "breadth_first"

    def reset(self, graph: ProofGraph, seed: int = 0) -> None:
        """Begin on a graph; whatever is open on it is queued."""
        self._rounds: Counter[int] = Counter()
        super().reset(graph, seed)

    def get_goal(self) -> list[int]:
        """Up to `batch_size` goals, the best first."""
        goals = super().get_goal()
        self._rounds.update(goals)
        return goals

    def key(self, node: Node) -> tuple[float, ...]:
        """How often the goal was chosen, then its depth."""
        return (self._rounds[node.id], node.depth)
