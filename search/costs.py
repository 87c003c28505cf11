"""The cheapest partial proof of every goal, kept up to date as edges arrive and goals are explored."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from math import inf

from aitp_gym.proof import Edge, Failure, Node, ProofGraph, Status

__all__ = ["Costs"]


class Costs:
    """Least costs in the AND/OR graph, where an open goal may also be left as it is for a cost of its own.

    The cost of a goal is 0 once it is proved, and otherwise the least of its own cost and of those of its edges; the
    cost of an edge is that of the tactic plus the sum of its children's. So it is the cost of the cheapest partial
    proof below the goal, tactics and open goals taken together.

    Kept up to date by the algorithm DynamicSWSF-FP of Ramalingam and Reps, "An Incremental Algorithm for a
    Generalization of the Shortest-Path Problem" (Journal of Algorithms 21(2), 1996): a change costs the edges that lead
    to the goals whose cost changes, times the logarithm of a heap. It is exact on cycles too, provided that every
    tactic costs something: then no goal of a cycle can be cheap because of itself.

    Args:
        graph: of the attempt.
        own: the cost of leaving a goal as it is, infinite where nothing is left to try.
        step: the cost of an edge's tactic, above 0.
    """

    def __init__(self, graph: ProofGraph, own: Callable[[Node], float], step: Callable[[Edge], float]) -> None:
        self._graph = graph
        self._own_of = own
        self._step_of = step
        # By node: the cost as it was propagated, and what it should be by its definition; they differ only meanwhile.
        self._cost: list[float] = []
        self._due: list[float] = []
        self._own: list[float] = []
        self._proved: list[bool] = []
        # By node: how many of its edges were taken in, and a heap of (cost, edge), where an entry counts only while the
        # edge still costs that.
        self._taken: list[int] = []
        self._edges: list[list[tuple[float, int]]] = []
        # By edge that was taken in.
        self._step: dict[int, float] = {}
        self._edge_cost: dict[int, float] = {}
        self._queue: list[tuple[float, int]] = []

    def __getitem__(self, node: int) -> float:
        """Cost of a goal; infinite if no open goal and no proof is below it."""
        self._make_room()
        return self._cost[node]

    def own(self, node: int) -> float:
        """What leaving the goal as it is costs, as of its last refresh."""
        self._make_room()
        return self._own[node]

    def edge(self, edge: int) -> float:
        """Cost of an edge; infinite where it was not taken in yet, or its tactic failed."""
        return self._edge_cost.get(edge, inf)

    def best_edge(self, node: int) -> tuple[float, int]:
        """The cheapest edge of a goal and its cost; infinite and -1 if there is none."""
        self._make_room()
        heap = self._edges[node]
        while heap:
            cost, e = heap[0]
            if self._edge_cost[e] == cost:
                return cost, e
            heapq.heappop(heap)
        return inf, -1

    def is_stale(self, node: Node) -> bool:
        """Whether the goal was settled or explored, or got edges or another own cost, since its last refresh."""
        self._make_room()
        n = node.id
        return (
            self._own[n] != self._own_of(node)
            or self._taken[n] != len(node.edges)
            or self._proved[n] != (node.status is Status.PROVED)
        )

    def refresh(self, nodes: Iterable[int]) -> None:
        """Look at these goals again, and propagate what changed."""
        self._make_room()
        for n in nodes:
            node = self._graph.nodes[n]
            self._own[n] = self._own_of(node)
            for e in node.edges[self._taken[n] :]:
                self._take_in(self._graph.edges[e])
            self._taken[n] = len(node.edges)
            self._update(n)
        self._propagate()

    def _make_room(self) -> None:
        for node in self._graph.nodes[len(self._cost) :]:
            proved, own = node.status is Status.PROVED, self._own_of(node)
            self._cost.append(0.0 if proved else own)
            self._due.append(0.0 if proved else own)
            self._own.append(own)
            self._proved.append(proved)
            self._taken.append(0)
            self._edges.append([])

    def _take_in(self, edge: Edge) -> None:
        if isinstance(edge.outcome, Failure):
            return
        self._step[edge.id] = self._step_of(edge)
        self._edge_cost[edge.id] = inf
        self._price(edge)

    def _price(self, edge: Edge) -> None:
        cost = self._step[edge.id] + sum(self._cost[child] for child in edge.children)
        if cost != self._edge_cost[edge.id]:
            self._edge_cost[edge.id] = cost
            if cost < inf:
                heapq.heappush(self._edges[edge.node], (cost, edge.id))

    def _update(self, n: int) -> None:
        proved = self._proved[n] = self._graph.nodes[n].status is Status.PROVED
        self._due[n] = 0.0 if proved else min(self._own[n], self.best_edge(n)[0])
        if self._due[n] != self._cost[n]:
            heapq.heappush(self._queue, (min(self._due[n], self._cost[n]), n))

    def _propagate(self) -> None:
        graph, queue = self._graph, self._queue
        while queue:
            key, n = heapq.heappop(queue)
            due, cost = self._due[n], self._cost[n]
            if due == cost or key != min(due, cost):
                continue  # settled meanwhile, or queued again under another key
            # A cost that rises is withdrawn first, so that whatever rested on it is looked at before it comes back.
            self._cost[n] = due if due < cost else inf
            for e in dict.fromkeys(graph.nodes[n].parents):
                if e in self._step:
                    self._price(graph.edges[e])
                    self._update(graph.edges[e].node)
            if due > cost:
                self._update(n)
