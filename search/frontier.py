"""Base of the searches by priority: a queue of goals, and the rules by which a goal leaves and re-enters it."""

from __future__ import annotations

import heapq
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar

from aitp_gym.errors import BadInput
from aitp_gym.proof import Edge, Node, ProofGraph, Status

from .trace import SearchTrace
from .usefulness import is_useful

__all__ = ["FrontierSearch"]

Key = tuple[float, ...]


class FrontierSearch(ABC):
    """A search model that expands the open goal of smallest key, and comes back to it until it is explored.

    The queue is a heap with lazy deletion: a goal enters anew whenever its key changes, and an entry counts only while
    it carries the goal's current key. So a choice costs O(log n).

    Goals leave the queue when they are chosen, proved, failed, explored or no longer useful. When a check refused a
    proof, and before the search says that nothing is left, the queue is filled again from the graph: an empty answer
    means that every open goal that could help is explored.

    Args:
        batch_size: how many goals to offer at a time, at most.

    Attributes:
        graph: the graph of the current attempt.
        versions: name and settings.
        search_trace: an event for each choice, with a row `select` for each goal: its key as `priority`, and `visits`.
    """

    name: ClassVar[str]
    graph: ProofGraph

    def __init__(self, batch_size: int = 1) -> None:
        if batch_size < 1:
            raise BadInput(f"batch_size must be at least 1, got {batch_size!r}.")
        self.batch_size = batch_size
        self.versions: Mapping[str, str] = {"name": self.name, "batch_size": str(batch_size)}
        self.search_trace = SearchTrace()

    @abstractmethod
    def key(self, node: Node) -> Key:
        """The place of a goal in the queue: smaller is sooner, and the older goal first among equals."""

    def reset(self, graph: ProofGraph, seed: int = 0) -> None:
        """Begin on a graph; whatever is open on it is queued. Nothing is random, so the seed does not matter."""
        self.graph = graph
        self.search_trace = SearchTrace(graph)
        self._heap: list[tuple[Key, int]] = []
        self._queued: dict[int, Key] = {}
        self._chosen: list[int] = []
        self._refill()

    def get_goal(self) -> list[int]:
        """Up to `batch_size` goals, the best first."""
        if self.graph.revision != self._revision:
            self._refill()
        taken = self._take()
        if not taken:
            self._refill()
            taken = self._take()
        self._chosen = [n for _, n in taken]
        self.search_trace.begin()
        for key, n in taken:
            self.search_trace.add("select", n, visits=self.graph.nodes[n].visits, priority=key)
        return list(self._chosen)

    def process_response(self, edges: Sequence[Edge]) -> None:
        """Queue what the edges lead to, and again the goals they were tried on."""
        for n in self._chosen:
            self._push(n)
        for edge in edges:
            for n in edge.children:
                self._push(n)
        self._chosen = []

    def _push(self, n: int) -> None:
        node = self.graph.nodes[n]
        if node.status is Status.OPEN and not node.explored:
            key = self.key(node)
            if self._queued.get(n) != key:
                self._queued[n] = key
                heapq.heappush(self._heap, (key, n))

    def _refill(self) -> None:
        self._revision = self.graph.revision
        for n in self.graph.open_nodes:
            self._push(n)

    def _take(self) -> list[tuple[Key, int]]:
        taken: list[tuple[Key, int]] = []
        while self._heap and len(taken) < self.batch_size:
            key, n = heapq.heappop(self._heap)
            if self._queued.get(n) != key:
                continue
            del self._queued[n]
            node = self.graph.nodes[n]
            if node.status is Status.OPEN and not node.explored and is_useful(self.graph, n):
                taken.append((key, n))
        return taken
