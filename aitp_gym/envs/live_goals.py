"""Live goals: the open goals that the theorem still depends on, newest first."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from ..proof import Edge, ProofGraph, Status

__all__ = ["LiveGoals"]


class LiveGoals:
    """The live goals of a proof graph, as a stack.

    A goal is live when it is open and the root still depends on it: a chain of open tactic applications leads from the
    root to it. Live goals that were declared fully explored are not shown. The subgoals of the newest application come
    first, in the prover's order, so that goal 0 is where a person would go on.

    The window reads the graph only when it is asked, and then only the edges that are new. A tactic that closes a goal
    can make others irrelevant: then what is reachable from the goals it proved is looked at again, and nothing else.
    """

    def __init__(self, graph: ProofGraph) -> None:
        self._graph = graph
        self._revision = graph.revision
        self._seen_edges = 0
        self._pushes = 0
        self._recency = {0: 0}  # when an application last led to the goal
        self._live: set[int] = set()
        self._stack: dict[int, None] = {}  # the live goals to be shown, oldest first
        self._rebuild()

    def view(self, limit: int) -> tuple[tuple[int, ...], int]:
        """The ids of the first `limit` goals, and how many there are in all."""
        if self._seen_edges < len(self._graph.edges) or self._revision != self._graph.revision:
            self._read_news()
        window = tuple(islice(reversed(self._stack), limit))
        # Somebody who works on the graph directly can settle goals without adding an edge.
        if not all(map(self._is_workable, window)):
            self._rebuild()
            window = tuple(islice(reversed(self._stack), limit))
        return window, len(self._stack)

    def _read_news(self) -> None:
        fresh = self._graph.edges[self._seen_edges :]
        self._seen_edges += len(fresh)
        # A list, because every edge has to be read whatever the first ones say.
        revived = any([self._push(edge) for edge in fresh if edge.status is not Status.FAILED])
        if revived or self._revision != self._graph.revision:
            self._revision = self._graph.revision
            self._rebuild()
        elif proved := self._newly_proved(edge.node for edge in fresh if edge.status is Status.PROVED):
            self._drop_below(proved)

    def _push(self, edge: Edge) -> bool:
        """Put the edge's subgoals on top; says whether one comes back to life with goals below it."""
        revived = False
        is_live = edge.node in self._live
        for child in reversed(edge.children):
            self._pushes += 1
            self._recency[child] = self._pushes
            if is_live and self._is_workable(child):
                revived |= child not in self._live and bool(self._graph.nodes[child].edges)
                self._live.add(child)
                self._stack.pop(child, None)
                self._stack[child] = None
        return revived

    def _newly_proved(self, start: Iterable[int]) -> list[int]:
        """Take the goals that are proved now, and the ones above that are proved through them, out of the live ones."""
        nodes, edges = self._graph.nodes, self._graph.edges
        proved = []
        pending = list(start)
        while pending:
            node = pending.pop()
            if node in self._live and nodes[node].status is not Status.OPEN:
                self._remove(node)
                proved.append(node)
                pending.extend(edges[edge].node for edge in nodes[node].parents)
        return proved

    def _drop_below(self, proved: list[int]) -> None:
        """Take out what only the goals just proved depended on."""
        nodes, edges = self._graph.nodes, self._graph.edges
        below = {child for node in proved for edge in nodes[node].edges for child in edges[edge].children}
        region = self._reach(below, self._live)
        anchored = {
            node
            for node in region
            if node == 0
            or any(
                edges[edge].status is Status.OPEN and edges[edge].node in self._live and edges[edge].node not in region
                for edge in nodes[node].parents
            )
        }
        for node in region - self._reach(anchored, region):
            self._remove(node)

    def _reach(self, start: Iterable[int], within: set[int] | None = None) -> set[int]:
        """The open goals that can be reached by open applications, inside the set if one is given."""
        nodes, edges = self._graph.nodes, self._graph.edges
        found: set[int] = set()
        pending = list(start)
        while pending:
            node = pending.pop()
            if node in found or nodes[node].status is not Status.OPEN or (within is not None and node not in within):
                continue
            found.add(node)
            for edge in map(edges.__getitem__, nodes[node].edges):
                if edge.status is Status.OPEN:
                    pending.extend(edge.children)
        return found

    def _rebuild(self) -> None:
        self._live = self._reach([0])
        # A goal may be live before the edge to it was read here; it comes last until then.
        shown = sorted(filter(self._is_workable, self._live), key=lambda node: self._recency.get(node, -1))
        self._stack = dict.fromkeys(shown)

    def _remove(self, node: int) -> None:
        self._live.discard(node)
        self._stack.pop(node, None)

    def _is_workable(self, node: int) -> bool:
        record = self._graph.nodes[node]
        return record.status is Status.OPEN and not record.explored
