"""Log-probabilities of tactics that were tried, and bounds for those that were not."""

from __future__ import annotations

import math

from aitp_gym.proof import Node, ProofGraph

from .goal_scores import LEAST_LOGPROB

__all__ = ["logprob_of", "untried_logprob"]


def logprob_of(logprob: float) -> float:
    """A log-probability as searches count it: 0 where there was none, and never below `LEAST_LOGPROB`."""
    return 0.0 if math.isnan(logprob) else max(logprob, LEAST_LOGPROB)


def untried_logprob(graph: ProofGraph, node: Node) -> float:
    """An upper bound for the log-probability of any tactic that was not tried on a goal yet.

    A policy answers best first, so what comes next is not likelier than what came last; 0 for an untouched goal.
    """
    return logprob_of(graph.edges[node.edges[-1]].logprob) if node.edges else 0.0
