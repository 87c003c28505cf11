"""A goal scorer's scores of one graph's goals, asked for once per goal and in batches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aitp_gym.errors import BadInput
from aitp_gym.proof import Edge, ProofGraph

from .goal_scorer import GoalScorer

__all__ = ["LEAST_LOGPROB", "GoalScores"]

LEAST_LOGPROB = -1e6
"""What stands for the logarithm of zero: what a model calls impossible is tried last, but it is tried."""


class GoalScores:
    """Log-probabilities that goals are provable, by node id.

    Args:
        scorer: judges the goals.
        graph: whose goals they are.
    """

    def __init__(self, scorer: GoalScorer, graph: ProofGraph) -> None:
        self._scorer = scorer
        self._graph = graph
        self._known: dict[int, float] = {}

    def __getitem__(self, node: int) -> float:
        """The score of one goal, in [`LEAST_LOGPROB`, 0]; it is asked for now if nobody did before."""
        if node not in self._known:
            self.ask([node])
        return self._known[node]

    def take_in(self, edges: Sequence[Edge]) -> None:
        """Ask for all goals that the edges lead to and that are new, at once."""
        self.ask(child for edge in edges for child in edge.children)

    def ask(self, nodes: Iterable[int]) -> None:
        """Ask for the goals among these that have no score yet, at once.

        Raises:
            BadInput: the scorer gave another number of scores than goals, or one that is no log-probability.
        """
        new = [n for n in dict.fromkeys(nodes) if n not in self._known]
        if not new:
            return
        scores = self._scorer.score([self._graph.nodes[n].goal for n in new])
        if len(scores) != len(new):
            raise BadInput(
                f"{type(self._scorer).__name__}.score was given {len(new)} goals and returned {len(scores)} scores; "
                "it has to return one for each."
            )
        for n, score in zip(new, scores, strict=True):
            if not score <= 0.0:
                raise BadInput(
                    f"{type(self._scorer).__name__}.score returned {score!r} for a goal; expected the natural "
                    "logarithm of a probability, which is at most 0."
                )
            self._known[n] = max(float(score), LEAST_LOGPROB)
