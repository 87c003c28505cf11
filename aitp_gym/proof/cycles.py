"""Detection of edges that lead back to an ancestor, as the graph grows and without walking all of it."""

from __future__ import annotations

from math import isqrt

__all__ = ["CycleDetector"]


class CycleDetector:
    """Incremental cycle detection with levels and merged components.

    Follows Bender, Fineman, Gilbert and Tarjan, "A New Approach to Incremental Cycle Detection and Related Problems"
    (ACM Transactions on Algorithms 12(2), 2016; arXiv:1112.0784), the algorithm for sparse graphs. Every node has a
    level, and no arc leads to a lower one. An arc from a lower to a higher level therefore closes no cycle. Otherwise
    a backward search inside one level, of at most about sqrt(m) arcs, either settles the question or pays for raising
    the target by a level, with all that lies behind it. Nodes of a cycle are merged into one. Amortised, an arc costs
    O(sqrt(m)) at worst and O(1) where it leads to a new node, as most do.
    """

    def __init__(self) -> None:
        # Everything below is per node, and valid where the node stands for its component (`_find(n) == n`).
        self._leader: list[int] = []
        self._level: list[int] = []
        self._out: list[list[int]] = []
        # Sources of incoming arcs of the same level only.
        self._in: list[list[int]] = []
        self._arcs = 0

    def add_node(self, parent: int | None) -> None:
        """Take in a new node and the arc from `parent` that leads to it; the root has none."""
        node = len(self._leader)
        self._leader.append(node)
        self._out.append([])
        if parent is None:
            self._level.append(0)
            self._in.append([])
            return
        source = self._find(parent)
        self._level.append(self._level[source])
        self._in.append([source])
        self._out[source].append(node)
        self._arcs += 1

    def add_arc(self, source: int, target: int) -> bool:
        """Take in an arc between existing nodes.

        Returns:
            Whether a path (of any length, also 0) already led from target to source.
        """
        source, target = self._find(source), self._find(target)
        if source == target:
            return True
        self._arcs += 1
        level = self._level[source]
        behind, raised = set[int](), set[int]()
        closes = False
        if not self._out[target]:
            # Most merges: a goal that is still unexpanded leads nowhere.
            if level > self._level[target]:
                self._level[target] = level
                self._in[target] = []
        elif level >= self._level[target]:
            behind, complete = self._search_backward(source)
            if complete and level == self._level[target]:
                closes = target in behind
            else:
                raised, closes = self._raise(target, level if complete else level + 1, behind)
        if closes:
            self._merge(source, target, behind | raised)
            return True
        self._out[source].append(target)
        if level == self._level[target]:
            self._in[target].append(source)
        return False

    def _find(self, node: int) -> int:
        leader = self._leader
        while leader[node] != node:
            leader[node] = node = leader[leader[node]]
        return node

    def _same_level_sources(self, node: int) -> list[int]:
        level = self._level[node]
        sources = {self._find(s) for s in self._in[node]} - {node}
        return [s for s in sources if self._level[s] == level]

    def _search_backward(self, source: int) -> tuple[set[int], bool]:
        """Nodes of the same level that reach `source`, and whether these are all (the search is cut short)."""
        limit = 8 + isqrt(self._arcs)
        seen = {source}
        stack = [source]
        while stack:
            node = stack.pop()
            limit -= len(self._in[node])
            if limit < 0:
                return seen, False
            for above in self._same_level_sources(node):
                if above not in seen:
                    seen.add(above)
                    stack.append(above)
        return seen, True

    def _raise(self, target: int, level: int, behind: set[int]) -> tuple[set[int], bool]:
        """Lift `target` and all it reaches to at least `level`.

        Returns:
            The nodes lifted, and whether one of `behind` was reached.
        """
        self._level[target] = level
        self._in[target] = []
        raised = {target}
        stack = [target]
        closes = target in behind
        while stack:
            node = stack.pop()
            for below in {self._find(t) for t in self._out[node]} - {node}:
                closes = closes or below in behind
                if self._level[below] < level:
                    self._level[below] = level
                    self._in[below] = [node]
                    raised.add(below)
                    stack.append(below)
                elif self._level[below] == level:
                    self._in[below].append(node)
        return raised, closes

    def _merge(self, source: int, target: int, region: set[int]) -> None:
        """Make one of all nodes on paths from `target` to `source`; they are of one level and lie in `region`."""
        below: dict[int, list[int]] = {}
        seen = {source}
        stack = [source]
        while stack:
            node = stack.pop()
            for above in self._same_level_sources(node):
                if above in region:
                    below.setdefault(above, []).append(node)
                    if above not in seen:
                        seen.add(above)
                        stack.append(above)
        members = {target}
        stack = [target]
        while stack:
            for node in below.get(stack.pop(), ()):
                if node not in members:
                    members.add(node)
                    stack.append(node)
        # The longest lists stay where they are, so that a component that grows node by node is not copied each time.
        leader = max(sorted(members), key=lambda n: len(self._out[n]) + len(self._in[n]))
        for node in members:
            self._leader[node] = leader
        for node in members - {leader}:
            self._out[leader] += self._out[node]
            self._in[leader] += (s for s in self._in[node] if self._find(s) != leader)
            self._out[node] = self._in[node] = []
