"""Shortest proofs: which nodes are proved, and by how many tactics, kept up to date as edges arrive."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence

from .nodes import Edge, Node, Status
from .outcome import Subgoals

__all__ = ["DISTANCE_CAP", "Distances"]

DISTANCE_CAP = 2**53 - 1
"""Distances saturate here: written out as a tree, a proof can be exponentially longer than its graph."""


class Distances:
    """Knuth's generalisation of Dijkstra's algorithm (Information Processing Letters 6(1), 1977), incrementally.

    The distance of a node is the minimum over its edges of 1 plus the sum of the children's distances. It exists
    exactly for the nodes of the least fixpoint PROVED, so one propagation serves both. Between calls to `rebuild`
    distances only fall; a new edge costs its children, plus for each node whose distance falls the edges that lead to
    it, times the logarithm of a heap. In one propagation no node changes twice, because the heap hands values out in
    ascending order and an edge is never nearer than its children.

    `best[n]` is an edge that realises the distance of node n. It is replaced on strict improvement only, which keeps
    the best edges acyclic even at the cap, where they no longer descend strictly: nodes at the cap were all proved
    once and never improved since, so their best edges lead to nodes proved before them or to nodes below the cap, and
    below the cap best edges do descend.

    Args:
        nodes: the graph's list of nodes, shared with it.
        edges: its list of edges, likewise.
        set_status: how to change a node's status.
        cap: where distances saturate.
    """

    def __init__(
        self,
        nodes: Sequence[Node],
        edges: Sequence[Edge],
        set_status: Callable[[Node, Status], None],
        cap: int = DISTANCE_CAP,
    ) -> None:
        self.best: list[int] = []
        self._nodes = nodes
        self._edges = edges
        self._set_status = set_status
        self._cap = cap
        # For each edge: how many children still lack a distance, and 1 + the sum over the others.
        self._missing: list[int] = []
        self._total: list[int] = []

    def add_node(self) -> None:
        """Make room for the node just appended."""
        self.best.append(-1)

    def add_edge(self, edge: Edge) -> None:
        """Take in the edge just appended and propagate what it proves or shortens."""
        missing, total = self._count(edge)
        self._missing.append(missing)
        self._total.append(total)
        if missing == 0:
            self._propagate([edge.id])

    def rebuild(self) -> None:
        """Compute everything again from the outcomes."""
        for node in self._nodes:
            node.distance = None
        self.best = [-1] * len(self._nodes)
        ready = []
        for edge in self._edges:
            edge.distance = None
            self._missing[edge.id], self._total[edge.id] = self._count(edge)
            if self._missing[edge.id] == 0:
                ready.append(edge.id)
        self._propagate(ready)

    def _count(self, edge: Edge) -> tuple[int, int]:
        if not isinstance(edge.outcome, Subgoals):
            return len(edge.children) + 1, 1  # one more than can ever arrive
        known = [d for d in (self._nodes[child].distance for child in edge.children) if d is not None]
        return len(edge.children) - len(known), 1 + sum(known)

    def _propagate(self, ready: list[int]) -> None:
        nodes, edges = self._nodes, self._edges
        heap: list[tuple[int, int]] = []
        for e in ready:
            self._offer(heap, edges[e])
        while heap:
            distance, e = heapq.heappop(heap)
            node = nodes[edges[e].node]
            before = node.distance
            if before is not None and before <= distance:
                continue
            node.distance = distance
            self.best[node.id] = e
            if before is None:
                self._set_status(node, Status.PROVED)
            for parent in node.parents:
                if before is None:
                    self._missing[parent] -= 1
                    self._total[parent] += distance
                else:
                    self._total[parent] -= before - distance
                if self._missing[parent] == 0:
                    self._offer(heap, edges[parent])

    def _offer(self, heap: list[tuple[int, int]], edge: Edge) -> None:
        edge.distance = min(self._total[edge.id], self._cap)
        edge.status = Status.PROVED
        known = self._nodes[edge.node].distance
        if known is None or edge.distance < known:
            heapq.heappush(heap, (edge.distance, edge.id))
