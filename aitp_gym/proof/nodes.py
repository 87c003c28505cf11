"""Nodes (goals), edges (tactic applications) and their status: the parts of a `ProofGraph`."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from .goal import Goal
from .outcome import Outcome

__all__ = ["Edge", "Node", "Status"]


class Status(IntEnum):
    """State of knowledge about a node or an edge."""

    OPEN = 0
    PROVED = 1
    FAILED = 2


@dataclass(slots=True)
class Node:
    """A goal in the graph: an OR over its edges. Read it freely; only the graph writes to it.

    Attributes:
        id: index into `ProofGraph.nodes`; parents made the node, so the first of them has a smaller id.
        goal: what is to be proved, with the handle of the application that reached it first.
        depth: tactic applications from the root, along the shortest path known when an edge last reached the node.
        logprob: sum of the edges' log-probabilities (natural logarithm) from the root, along the likeliest path known
            when an edge last reached the node; NaN counts as 0.
        status: `PROVED` if some edge has all its children proved; `FAILED` if it is explored and no edge can succeed
            any more; else `OPEN`.
        explored: whether the search has declared that it has nothing more to try here.
        distance: tactic applications in the shortest known proof written out as a tree; `None` until proved.
        edges: ids of the edges that leave the node, in order of application.
        parents: ids of the edges that lead here, once for each time the node is among the edge's children.
    """

    id: int
    goal: Goal
    depth: int
    logprob: float
    status: Status = Status.OPEN
    explored: bool = False
    distance: int | None = None
    edges: list[int] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)

    @property
    def visits(self) -> int:
        """Tactics applied to this node, failures included."""
        return len(self.edges)


@dataclass(slots=True)
class Edge:
    """A tactic application: an AND over its children. Read it freely; only the graph writes to it.

    Attributes:
        id: index into `ProofGraph.edges`, which is the order of application.
        node: id of the node it was applied to.
        tactic: the tactic's text.
        outcome: what the prover answered; after a refused check a `Failure`.
        children: ids of the subgoals' nodes, in the prover's order; they stay after a refused check, for the record.
        logprob: the policy's log-probability, NaN where there was none.
        status: `PROVED` if all children are, `FAILED` if the tactic or some child failed, else `OPEN`.
        closes_cycle: whether some child was the node itself or one of its ancestors when the edge was added.
        distance: 1 plus the sum of the children's distances, repeated children counted each time; `None` until proved.
        refused: whether a check refused a proof because of this edge.
    """

    id: int
    node: int
    tactic: str
    outcome: Outcome
    children: tuple[int, ...]
    logprob: float
    status: Status = Status.OPEN
    closes_cycle: bool = False
    distance: int | None = None
    refused: bool = False
