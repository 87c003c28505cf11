"""What can still succeed: which nodes have FAILED, kept up to date as edges arrive and nodes are declared explored."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .elements import Edge, Node, Status
from .outcome import Subgoals

__all__ = ["Possibility"]


class Possibility:
    """The least fixpoint "can still be proved", under gains and losses.

    A node is possible if it is proved, or not explored, or if some edge has only possible children. A node that is not
    possible has FAILED. The fixpoint being the least, goals that could only close through each other fail together
    once all of them are explored (an unfounded set, in the language of logic programming).

    Gains are plain forward chaining. A loss is the hard direction, since around a cycle every node may still see a
    possible child. So every possible node carries a rank, and an edge counts as *support* of its node only if its
    children are possible and of lower rank; as ranks cannot descend for ever, support is never circular. A node that
    keeps some support is untouched by a loss. When its last support goes, the node and all whose last support goes
    with it are retracted, and those that an edge from outside still derives come back with a rank above all others
    (delete and re-derive: Gupta, Mumick and Subrahmanian, "Maintaining views incrementally", SIGMOD 1993, with ranks
    that cut short what is deleted).

    New nodes are of lower rank than all before them, so that an edge to new nodes always is support: on trees, and
    on any graph whose edges lead to newer nodes, a loss touches only what really fails, amortised O(1) per edge.

    Args:
        nodes, edges: the graph's lists, shared with it.
        set_status: how to change a node's status.
    """

    def __init__(
        self, nodes: Sequence[Node], edges: Sequence[Edge], set_status: Callable[[Node, Status], None]
    ) -> None:
        self._nodes = nodes
        self._edges = edges
        self._set_status = set_status
        self._top_rank = 0
        # For each node: whether it is possible, its rank, and how many of its edges are support.
        self._possible: list[bool] = []
        self._rank: list[int] = []
        self._support: list[int] = []
        # For each edge: how many children are impossible, plus one for a tactic that failed; and whether it is support.
        self._blocked: list[int] = []
        self._supports: list[bool] = []

    def add_node(self) -> None:
        """Take in the node just appended."""
        self._possible.append(True)
        self._rank.append(-len(self._rank))
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
            self._count_if_lower(edge)
        else:
            self._restore([edge.node])

    def explore(self, node: Node) -> None:
        """Take in that the node has just been declared explored."""
        if self._support[node.id] == 0 and node.status is Status.OPEN:
            self._retract([node.id])

    def rebuild(self) -> None:
        """Compute everything again from the outcomes and from which nodes are proved."""
        count = len(self._nodes)
        self._possible = [True] * count
        self._rank = [-n for n in range(count)]
        self._support = [0] * count
        self._supports = [False] * len(self._edges)
        for edge in self._edges:
            self._blocked[edge.id] = 0 if isinstance(edge.outcome, Subgoals) else 1
            if self._blocked[edge.id]:
                edge.status = Status.FAILED
            else:
                edge.status = Status.OPEN if edge.distance is None else Status.PROVED
                self._count_if_lower(edge)
        for node in self._nodes:
            self._set_status(node, Status.OPEN if node.distance is None else Status.PROVED)
        self._retract([n.id for n in self._nodes if self._support[n.id] == 0 and not self._is_given(n)])

    @staticmethod
    def _is_given(node: Node) -> bool:
        return not node.explored or node.status is Status.PROVED

    def _count_if_lower(self, edge: Edge) -> None:
        rank = self._rank[edge.node]
        if all(self._rank[child] < rank for child in edge.children):
            self._supports[edge.id] = True
            self._support[edge.node] += 1

    def _retract(self, lost: list[int]) -> None:
        """Withdraw nodes that are neither given nor supported, and all that rested on them; then re-derive."""
        nodes, edges = self._nodes, self._edges
        cone = []
        while lost:
            n = lost.pop()
            self._possible[n] = False
            cone.append(n)
            for e in nodes[n].parents:
                self._blocked[e] += 1
                edges[e].status = Status.FAILED
                if self._supports[e]:
                    self._supports[e] = False
                    above = edges[e].node
                    self._support[above] -= 1
                    if self._support[above] == 0 and not self._is_given(nodes[above]):
                        lost.append(above)
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
