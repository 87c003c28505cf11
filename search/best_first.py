"""Best-first search by the policy's log-probabilities."""

from __future__ import annotations

import math

from aitp_gym.proof import Node

from .frontier import FrontierSearch

__all__ = ["BestFirst"]


class BestFirst(FrontierSearch):
    """Expands the goal from which the likeliest untried tactic application starts.

    The priority of a goal is the sum of the log-probabilities on its likeliest known path from the root, plus, once
    tactics were tried on it, the log-probability of the last one. As a policy answers best first, this bounds from
    above what is still untried there, so that a goal comes back for more tactics exactly when these have become the
    best offer: A* with partial expansion (Yoshizumi, Miura and Ishida, AAAI 2000), on log-probabilities as costs and
    without a heuristic. Missing log-probabilities count as 0.
    """

    name = "best_first"

    def key(self, node: Node) -> tuple[float, ...]:
        """Minus the priority, in nats."""
        priority = node.logprob
        if node.edges:
            last = self.graph.edges[node.edges[-1]].logprob
            priority += 0.0 if math.isnan(last) else last
        return (-priority,)
