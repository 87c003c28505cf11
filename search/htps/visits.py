"""Visit counts and values that HTPS keeps at a goal and its edges."""

from __future__ import annotations

from dataclasses import dataclass, field

from aitp_gym.proof import Failure, Node, ProofGraph

from ..logprobs import logprob_of, untried_logprob

__all__ = ["EdgeStatistics", "GoalStatistics"]


@dataclass(slots=True)
class EdgeStatistics:
    """Counts of one way to go on from a goal.

    Attributes:
        edge: id of the edge; -1 for "ask the policy for more tactics".
        logprob: the policy's log-probability.
        count: N, trajectories through it that were backed up; `virtual`: V, what is added for those that were not yet.
        total: W, sum of the values backed up, each in [0, 1].
    """

    edge: int
    logprob: float
    count: int = 0
    virtual: int = 0
    total: float = 0.0


@dataclass(slots=True)
class GoalStatistics:
    """Counts of all ways to go on from a goal.

    Tactics that leave the same set of goals are one way, under the quickest of them, as in the paper. A goal that may
    be asked for more tactics has one way more, whose probability is bounded by that of the last tactic tried.

    Attributes:
        edges: by the set of goals an edge leads to, sorted.
        more: of asking the policy for more tactics, after the first time.
    """

    edges: dict[tuple[int, ...], EdgeStatistics] = field(default_factory=dict)
    more: EdgeStatistics = field(default_factory=lambda: EdgeStatistics(-1, 0.0))
    _taken: int = 0

    def take_in(self, graph: ProofGraph, node: Node) -> None:
        """Make room for the edges that the goal has got since the last time."""
        if self._taken == len(node.edges):
            return
        for e in node.edges[self._taken :]:
            edge = graph.edges[e]
            if isinstance(edge.outcome, Failure) or node.id in edge.children:
                continue
            logprob = logprob_of(edge.logprob)
            key = tuple(sorted(set(edge.children)))
            known = self.edges.get(key)
            if known is None:
                self.edges[key] = EdgeStatistics(e, logprob)
            else:
                known.logprob = max(known.logprob, logprob)
                if edge.outcome.elapsed_s < graph.edges[known.edge].outcome.elapsed_s:
                    known.edge = e
        self._taken = len(node.edges)
        self.more.logprob = untried_logprob(graph, node)

    def take_in_again(self, graph: ProofGraph, node: Node) -> None:
        """Look at all edges anew, after some were refused; counts and values stay."""
        before, self.edges, self._taken = self.edges, {}, 0
        self.take_in(graph, node)
        for key, new in self.edges.items():
            if key in before:
                old = before[key]
                new.count, new.virtual, new.total = old.count, old.virtual, old.total

    def visits(self) -> int:
        """Trajectories through the goal that were backed up."""
        return self.more.count + sum(edge.count for edge in self.edges.values())
