"""Nodes that can no longer be proved, kept up to date as edges arrive and nodes are declared explored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf

from .nodes import Edge, Node, Status
from .outcome import Subgoals

__all__ = ["Possibility"]


class Possibility:
    """The least fixpoint "can still be proved", under gains and losses.

    A node is possible if it is proved, or not explored, or if some edge has only possible children. A node that is not
    possible has FAILED. The fixpoint being the least, goals that could only close through each other fail together
    once all of them are explored (an unfounded set, in the language of logic programming).

    Gains are plain forward chaining. A loss is the hard direction, since around a cycle every node may still see a
    possible child. So every explored node carries a rank (an unexplored one counts as -inf), and an edge is *support*
    of its node only if its children are possible and of lower rank; as ranks cannot descend for ever, support is never
    circular. A node that keeps some support is untouched by a loss. When its last support goes, the node and all whose
    last support goes with it are retracted, and those that an edge from outside still derives come back with a rank
    above all others (delete and re-derive: Gupta, Mumick and Subrahmanian, "Maintaining views incrementally", SIGMOD
    1993, with ranks that cut short what is deleted).

    A node that becomes explored gets a rank above the children of one of its edges and, where that is possible, below
    all nodes that lean on it, so that nothing is retracted. Newer nodes are put below older ones if there is a choice:
    then edges to newer nodes always are support, and on trees, and on all graphs whose edges lead to newer nodes, a
    loss touches only what really fails, amortised O(1) per edge. Nothing better than this is promised for edges of
    several children that are part of many cycles: there a loss can cost as much as what leans on it.

    Args:
        nodes: the graph's list, shared with it.
        edges: the graph's list, shared with it.
        set_status: how to change a node's status.
    """

    def __init__(
        self, nodes: Sequence[Node], edges: Sequence[Edge], set_status: Callable[[Node, Status], None]
    ) -> None:
        self._nodes = nodes
        self._edges = edges
        self._set_status = set_status
        self._top_rank = 0.0
        # For each node: whether it is possible, its rank, and how many of its edges are support.
        self._possible: list[bool] = []
        self._rank: list[float] = []
        self._support: list[int] = []
        # For each edge: how many children are impossible, plus one for a tactic that failed; and whether it is support.
        self._blocked: list[int] = []
        self._supports: list[bool] = []

    def add_node(self) -> None:
        """Take in the node just appended."""
        self._possible.append(True)
        self._rank.append(-inf)
        self._support.append(0)

    def add_edge(self, edge: Edge) -> None:
        """Take in the edge just appended; it may revive its node, and others through it."""
        blocked = 0 if isinstance(edge.outcome, Subgoals) else 1
        blocked += sum(not self._possible[child] for child in edge.children)
        self._blocked.append(blocked)
        self._supports.append(False)
        if blocked:
            edge.status = Status.FAILED
        elif self._possible[edge.node]:
            self._count_support(edge)
        else:
            self._restore([edge.node])

    def explore(self, node: Node) -> None:
        """Take in that the node has just been declared explored."""
        if node.status is not Status.OPEN:
            return
        n, edges = node.id, self._edges
        self._rank[n] = inf  # no edge of the node that leads back to it can be support
        heights = [self._height(edges[e]) for e in node.edges if self._blocked[e] == 0]
        lowest = min(heights, default=inf)
        if lowest == inf:
            self._retract([n])
            return
        leaning = [e for e in node.parents if self._supports[e]]
        rank = self._rank[n] = _between(lowest, min((self._rank[edges[e].node] for e in leaning), default=inf), -n)
        self._top_rank = max(self._top_rank, rank)
        for e in node.edges:
            if self._blocked[e] == 0:
                self._count_support(edges[e])
        lost: list[int] = []
        for e in leaning:
            if self._supports[e] and self._rank[edges[e].node] <= rank:
                self._withdraw(e, lost)
        self._retract(lost)

    def rebuild(self) -> None:
        """Compute everything again from the outcomes and from which nodes are proved."""
        count = len(self._nodes)
        self._possible = [True] * count
        self._rank = [float(-node.id) if node.explored else -inf for node in self._nodes]
        self._support = [0] * count
        self._supports = [False] * len(self._edges)
        for edge in self._edges:
            self._blocked[edge.id] = 0 if isinstance(edge.outcome, Subgoals) else 1
            if self._blocked[edge.id]:
                edge.status = Status.FAILED
            else:
                edge.status = Status.OPEN if edge.distance is None else Status.PROVED
                self._count_support(edge)
        for node in self._nodes:
            self._set_status(node, Status.OPEN if node.distance is None else Status.PROVED)
        self._retract([node.id for node in self._nodes if self._support[node.id] == 0 and not _is_given(node)])

    def _height(self, edge: Edge) -> float:
        return max((self._rank[child] for child in edge.children), default=-inf)

    def _count_support(self, edge: Edge) -> None:
        """Count an edge without impossible children as support if its children are of lower rank."""
        if self._height(edge) < self._rank[edge.node]:
            self._supports[edge.id] = True
            self._support[edge.node] += 1

    def _withdraw(self, e: int, lost: list[int]) -> None:
        """An edge is support no longer; a node that loses its last support that way goes to `lost`."""
        self._supports[e] = False
        above = self._edges[e].node
        self._support[above] -= 1
        if self._support[above] == 0 and not _is_given(self._nodes[above]):
            lost.append(above)

    def _retract(self, lost: list[int]) -> None:
        """Withdraw nodes that are neither given nor supported, and all that rested on them; then re-derive."""
        nodes = self._nodes
        cone = []
        while lost:
            n = lost.pop()
            self._possible[n] = False
            cone.append(n)
            for e in nodes[n].parents:
                self._blocked[e] += 1
                self._edges[e].status = Status.FAILED
                if self._supports[e]:
                    self._withdraw(e, lost)
        self._restore([n for n in cone if any(self._blocked[e] == 0 for e in nodes[n].edges)])
        for n in cone:
            if not self._possible[n]:
                self._set_status(nodes[n], Status.FAILED)

    def _restore(self, found: list[int]) -> None:
        """Bring back impossible nodes that have an unblocked edge, and all that follows from them."""
        nodes, edges = self._nodes, self._edges
        while found:
            n = found.pop()
            if self._possible[n]:
                continue
            self._possible[n] = True
            self._top_rank += 1
            self._rank[n] = self._top_rank
            for e in nodes[n].edges:
                if self._blocked[e] == 0:
                    self._supports[e] = True
                    self._support[n] += 1
            if nodes[n].status is Status.FAILED:
                self._set_status(nodes[n], Status.OPEN)
            for e in nodes[n].parents:
                self._blocked[e] -= 1
                if self._blocked[e] == 0:
                    edges[e].status = Status.OPEN
                    found.append(edges[e].node)


def _is_given(node: Node) -> bool:
    """Whether a node is possible by itself."""
    return not node.explored or node.status is Status.PROVED


def _between(low: float, high: float, preferred: float) -> float:
    """A number above `low`, below `high` if there is one, and `preferred` if it can be had."""
    if low < preferred < high:
        return preferred
    if low == -inf:
        return high - 1
    middle = (low + high) / 2
    return middle if low < middle < high else low + 1
