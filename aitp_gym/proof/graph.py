"""The AND/OR hypergraph of one attempt."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from .goal import Goal
from .outcome import Outcome
from .proof import Proof

__all__ = ["Edge", "Node", "ProofGraph", "Status"]


class Status(IntEnum):
    """What is known about a node or an edge."""

    OPEN = 0
    PROVED = 1
    FAILED = 2


@dataclass(slots=True)
class Node:
    """A goal in the graph: an OR over its edges."""

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
    """A tactic application: an AND over its children."""

    id: int
    node: int
    tactic: str
    outcome: Outcome
    children: tuple[int, ...]
    logprob: float
    status: Status = Status.OPEN
    closes_cycle: bool = False
    distance: int | None = None


class ProofGraph:
    """See the design; filled in below."""

    nodes: list[Node]
    edges: list[Edge]

    def __init__(self, root: Goal) -> None: ...
    def add(self, node: int, tactic: str, outcome: Outcome, logprob: float = float("nan")) -> Edge: ...
    def mark_explored(self, node: int) -> None: ...
    def invalidate(self, edge: int, reason: str) -> None: ...
    def proof(self) -> Proof | None: ...
