"""The AND/OR hypergraph of one attempt."""

from __future__ import annotations

import math

from ..errors import BadInput
from .cycles import CycleDetector
from .distance import DISTANCE_CAP, Distances
from .extraction import extract_proof
from .goal import Goal
from .nodes import Edge, Node, Status
from .open_set import OpenSet
from .outcome import Failure, Outcome, Subgoals
from .possibility import Possibility
from .proof import Proof

__all__ = ["Edge", "Node", "ProofGraph", "Status"]


class ProofGraph:
    """Goals as nodes, tactic applications as edges with a tuple of children: everything one attempt has found out.

    A node is an OR over its edges, an edge an AND over its children. Goals with equal keys are one node, so the graph
    may have sharing and cycles. Statuses and distances are exact after every call, and kept up to date incrementally:

    - PROVED is the least fixpoint of "some edge has all its children proved" (see `distance.Distances`);
    - FAILED is explored and not possible, where possible is the least fixpoint of "proved, or not explored, or some
      edge has all its children possible" (see `possibility.Possibility`).

    Args:
        root: the theorem as a goal; it becomes node 0.
        distance_cap: where distances saturate.

    Attributes:
        nodes, edges: everything so far, indexed by id.
        open_nodes: ids of the OPEN nodes, explored or not; iterates in ascending order, which is the order of creation.
        revision: how many edges were invalidated; whoever caches conclusions drops them when it changes.
    """

    def __init__(self, root: Goal, *, distance_cap: int = DISTANCE_CAP) -> None:
        self.nodes: list[Node] = []
        self.edges: list[Edge] = []
        self.open_nodes = OpenSet()
        self.revision = 0
        self._by_key: dict[str, int] = {}
        self._distances = Distances(self.nodes, self.edges, self._set_status, distance_cap)
        self._possibility = Possibility(self.nodes, self.edges, self._set_status)
        self._cycles = CycleDetector()
        self._new_node(root, depth=0, logprob=0.0, parent=None)

    def __repr__(self) -> str:
        return f"<ProofGraph: {self.root.status.name}, {len(self.nodes)} nodes, {len(self.edges)} edges>"

    @property
    def root(self) -> Node:
        """The theorem's node."""
        return self.nodes[0]

    def add(self, node: int, tactic: str, outcome: Outcome, logprob: float = math.nan) -> Edge:
        """Record that a tactic was applied to a node, and all that follows from its outcome.

        Subgoals are merged by `Goal.key` with any node there is, ancestors and the node itself included. Applying a
        tactic to an explored or failed node is allowed and may revive it.

        Args:
            node: id of the goal it was applied to.
            tactic: its text.
            outcome: what the prover answered.
            logprob: the policy's log-probability (<= 0), NaN where there was none.

        Returns:
            The new edge, statuses already up to date.

        Raises:
            BadInput: there is no such node.
        """
        source = self._node(node)
        depth, path = source.depth + 1, source.logprob + (0.0 if math.isnan(logprob) else logprob)
        goals = outcome.goals if isinstance(outcome, Subgoals) else ()
        closes_cycle = False
        children = []
        for goal in goals:
            known = None if goal.key is None else self._by_key.get(goal.key)
            if known is None:
                child = self._new_node(goal, depth, path, node)
            else:
                # A new node reaches nothing yet, so only a merge can close a cycle.
                closes_cycle |= self._cycles.add_arc(node, known)
                child = self.nodes[known]
                child.depth, child.logprob = min(child.depth, depth), max(child.logprob, path)
            children.append(child.id)
        edge = Edge(len(self.edges), node, tactic, outcome, tuple(children), logprob, closes_cycle=closes_cycle)
        self.edges.append(edge)
        source.edges.append(edge.id)
        self._possibility.add_edge(edge)
        for n in children:
            self.nodes[n].parents.append(edge.id)
        self._distances.add_edge(edge)
        return edge

    def mark_explored(self, node: int) -> None:
        """Declare that nothing more will be tried at a node; it, and others with it, may fail. Idempotent.

        Raises:
            BadInput: there is no such node.
        """
        n = self._node(node)
        if not n.explored:
            n.explored = True
            self._possibility.explore(n)

    def invalidate(self, edge: int, reason: str) -> None:
        """Turn an edge into a failure, because the check of a proof refused it.

        The outcome becomes `Failure("rejected", reason)` with the seconds it took, `refused` is set, and the children
        stay for the record. All statuses and distances are computed again, in time linear in the graph (up to the
        logarithm of a heap).

        Raises:
            BadInput: there is no such edge.
        """
        if not 0 <= edge < len(self.edges):
            raise BadInput(f"Expected the id of an edge, from 0 to {len(self.edges) - 1}, got {edge!r}.")
        guilty = self.edges[edge]
        guilty.outcome = Failure("rejected", reason, guilty.outcome.elapsed_s, guilty.outcome.cpu_s)
        guilty.refused = True
        self.revision += 1
        self._distances.rebuild()
        self._possibility.rebuild()

    def best_edge(self, node: int) -> Edge | None:
        """The first edge of the shortest known proof of a node; `None` unless it is proved."""
        best = self._distances.best[self._node(node).id]
        return None if best < 0 else self.edges[best]

    def proof(self, node: int = 0) -> Proof | None:
        """The acyclic proof of least distance, of the theorem or of another node; `None` unless it is proved."""
        if self._node(node).status is not Status.PROVED:
            return None
        return extract_proof(self.nodes, self.edges, self._distances.best, node)

    def ancestors(self, node: int) -> set[int]:
        """Ids of all nodes from which one or more edges lead to this one; itself included only if it is on a cycle."""
        seen: set[int] = set()
        stack = [self._node(node).id]
        while stack:
            for e in self.nodes[stack.pop()].parents:
                above = self.edges[e].node
                if above not in seen:
                    seen.add(above)
                    stack.append(above)
        return seen

    def _node(self, node: int) -> Node:
        if not 0 <= node < len(self.nodes):
            raise BadInput(f"Expected the id of a node, from 0 to {len(self.nodes) - 1}, got {node!r}.")
        return self.nodes[node]

    def _new_node(self, goal: Goal, depth: int, logprob: float, parent: int | None) -> Node:
        node = Node(len(self.nodes), goal, depth, logprob)
        self.nodes.append(node)
        self.open_nodes.add(node.id)
        if goal.key is not None:
            self._by_key[goal.key] = node.id
        self._distances.add_node()
        self._possibility.add_node()
        self._cycles.add_node(parent)
        return node

    def _set_status(self, node: Node, status: Status) -> None:
        node.status = status
        if status is Status.OPEN:
            self.open_nodes.add(node.id)
        else:
            self.open_nodes.discard(node.id)
