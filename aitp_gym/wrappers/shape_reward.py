"""`ShapeReward`: rewards on the way to a proof that do not change which proof is best."""

from __future__ import annotations

import math
from typing import Any

import gymnasium

from ..errors import BadInput
from ..proof import Node, ProofGraph, Status
from ..search.costs import Costs
from .base import ProofWrapper, Step

__all__ = ["ShapeReward"]

# `Costs` needs a price for every tactic, so that going round in a circle never looks like progress.
_ALMOST_FREE = 1e-6
# No potential lies further down than this, whatever the graph.
_WORST = 100.0


class ShapeReward(ProofWrapper):
    """Wrapper that adds potential-based rewards, and a cost of each step.

    With a potential Φ of states, a step from s to s' gets γ·Φ(s') - Φ(s) more, where Φ is 0 once the episode has
    terminated: which policies are optimal stays the same (A. Ng, D. Harada and S. Russell, "Policy invariance under
    reward transformations", ICML 1999). Here Φ = -(goals·G + distance·D). A partial proof goes on from every goal at
    which a tactic has succeeded, by one such tactic; of those that there are,

    - G is the least number of goals that one leaves open: 1 at the start, 0 once the theorem is proved;
    - D is the least number of tactics and open goals together, proved parts left out: what is under way, and at least
      still to be done.

    The cost of a step makes short proofs better than long ones, and is so small that a proof is always better than
    none. `info["unshaped_reward"]` is the reward without all this.

    Args:
        env: any environment over a `ProofEnv`.
        goals: weight of G, >= 0.
        distance: weight of D, >= 0.
        step_cost: cost of each action, >= 0; all of an episode's together are less than 1.
        gamma: discount of the learner, in (0, 1].

    Raises:
        BadInput: a number is out of range; at `reset`: an episode of the budget's length would cost 1 or more.
    """

    def __init__(
        self,
        env: gymnasium.Env[Any, Any],
        goals: float = 0.0,
        distance: float = 0.0,
        step_cost: float = 0.0,
        gamma: float = 0.99,
    ) -> None:
        super().__init__(env, goals=goals, distance=distance, step_cost=step_cost, gamma=gamma)
        for name, value in (("goals", goals), ("distance", distance), ("step_cost", step_cost)):
            if not 0 <= value < math.inf:
                raise BadInput(f"{name} must be a number >= 0, got {value!r}.")
        if not 0 < gamma <= 1:
            raise BadInput(f"gamma must be a number above 0 and at most 1, got {gamma!r}.")
        self._prices = [(goals, _ALMOST_FREE), (distance, 1.0)]
        self._step_cost, self._gamma = step_cost, gamma
        self._potentials: list[_PartialProofs] = []
        self._last = 0.0

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Begin an attempt; see `ProofEnv.reset`."""
        observation, info = self.env.reset(seed=seed, options=options)
        limit = self._proof_env.budget.max_tactics
        if self._step_cost and (limit is None or limit * self._step_cost >= 1):
            raise BadInput(
                f"step_cost={self._step_cost} over max_tactics={limit} would make giving up better than a long proof: "
                "the product must be below 1."
            )
        graph = self._proof_env.graph
        self._potentials = [_PartialProofs(graph, weight, price) for weight, price in self._prices if weight]
        self._last = self._potential()
        return observation, info

    def step(self, action: Any) -> Step:
        """Take the action of the wrapped environment."""
        observation, reward, terminated, truncated, info = self.env.step(action)
        potential = 0.0 if terminated else self._potential()
        shaped = float(reward) - self._step_cost + self._gamma * potential - self._last
        self._last = potential
        return observation, shaped, terminated, truncated, info | {"unshaped_reward": float(reward)}

    def _potential(self) -> float:
        return -sum(partial.weighted() for partial in self._potentials)


class _PartialProofs:
    """The cheapest partial proof of an attempt's theorem, an open goal at 1 and a tactic at its price."""

    def __init__(self, graph: ProofGraph, weight: float, price: float) -> None:
        self._graph, self._weight, self._price = graph, weight, price
        self._begin()

    def weighted(self) -> float:
        """Its cost, times the weight."""
        if self._revision != self._graph.revision:
            self._begin()
        self._costs.refresh(node.id for node in self._graph.nodes if self._costs.is_stale(node))
        return self._weight * min(self._costs[0], _WORST)

    def _begin(self) -> None:
        self._revision = self._graph.revision
        self._costs = Costs(self._graph, self._leaving, lambda edge: self._price)

    def _leaving(self, node: Node) -> float:
        """Cost of leaving a goal open: only where no tactic has got anywhere yet."""
        if node.status is not Status.OPEN or node.explored:
            return math.inf
        edges = map(self._graph.edges.__getitem__, node.edges)
        # Going back to where one came from is not getting anywhere; without such edges there are no cycles.
        return math.inf if any(edge.status is Status.OPEN and not edge.closes_cycle for edge in edges) else 1.0
