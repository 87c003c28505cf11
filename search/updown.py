"""UpDown: the goals of the most promising partial proof."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from functools import partial
from math import inf

from aitp_gym.errors import BadInput
from aitp_gym.proof import Edge, Node, ProofGraph, Status

from .costs import Costs
from .goal_scorer import ConstantScorer, GoalScorer
from .goal_scores import GoalScores
from .logprobs import logprob_of, untried_logprob
from .trace import SearchTrace
from .walk import EXPAND, SETTLED, Usable, walk

__all__ = ["UpDown"]


class UpDown:
    """Expands the goals that the most promising partial proof leaves open.

    A partial proof has a tactic for some goals and leaves others open. Its score is the log-probability that it
    becomes a proof, as far as goal scorer and policy can tell:

        sum over open goals g of (log p(g) + w log q(g)) + sum over tactics t of (log d + w log pi(t))

    with p the goal scorer, pi the policy, w the `policy_weight`, d the `discount`, and q(g) a bound for what is
    untried at g: the probability of the last tactic that was tried there, 1 if none was. Scores go up the graph (of the
    ways to prove a goal the best counts, and the goals of one way add up), then the choice goes down from the theorem:
    at each goal either it is left open or one of its tactics is followed. The search of this name in BAIT
    (github.com/sean-lamont/bait) has w = 0, and a factor of 0.99 for each step of an open goal's depth.

    Greedy (`temperature` 0), the choice is the partial proof of best score. Sampled, one is drawn from the top down: at
    each goal "left open" and the tactics compete by a softmax of the best score behind each, divided by the
    temperature.

    Args:
        goal_scorer: judges goals; without one every goal is given one half.
        batch_size: how many goals of the partial proof to offer at a time, at most, those least likely to be provable
            first: it fails where they do. `None` for all.
        temperature: 0 for the greedy choice; above it, of the softmax.
        discount: what one more tactic multiplies the probability by, above 0 and below 1, so that circles never pay.
        policy_weight: weight of the policy's log-probabilities, at least 0. With 0 a goal keeps its score until it is
            explored, however many tactics were tried.

    Attributes:
        versions: name and settings, the goal scorer's under `goal_scorer.*`.
        search_trace: an event for each choice: rows `follow` with the partial proof's tactics, the theorem's first, and
            their `cost`, then rows `select` with the goals offered, their `visits`, `score` and `cost`.
    """

    name = "updown"
    graph: ProofGraph

    def __init__(
        self,
        goal_scorer: GoalScorer | None = None,
        batch_size: int | None = None,
        temperature: float = 0.0,
        discount: float = 0.99,
        policy_weight: float = 1.0,
    ) -> None:
        if batch_size is not None and batch_size < 1:
            raise BadInput(f"batch_size must be at least 1 or None, got {batch_size!r}.")
        if not 0.0 <= temperature < inf:
            raise BadInput(f"temperature must be at least 0, got {temperature!r}.")
        if not 0.0 < discount < 1.0:
            raise BadInput(f"discount must be above 0 and below 1, got {discount!r}.")
        if not 0.0 <= policy_weight < inf:
            raise BadInput(f"policy_weight must be at least 0, got {policy_weight!r}.")
        self.goal_scorer: GoalScorer = ConstantScorer() if goal_scorer is None else goal_scorer
        self.batch_size = batch_size
        self.temperature = temperature
        self.discount = discount
        self.policy_weight = policy_weight
        self.versions: Mapping[str, str] = {
            "name": self.name,
            "batch_size": str(batch_size),
            "temperature": str(temperature),
            "discount": str(discount),
            "policy_weight": str(policy_weight),
            **{f"goal_scorer.{key}": value for key, value in self.goal_scorer.versions.items()},
        }
        self.search_trace = SearchTrace()

    def reset(self, graph: ProofGraph, seed: int = 0) -> None:
        """Begin on a graph."""
        self.graph = graph
        self.search_trace = SearchTrace(graph)
        self._random = random.Random(seed)
        self._scores = GoalScores(self.goal_scorer, graph)
        self._chosen: list[int] = []
        self._rebuild()

    def get_goal(self) -> list[int]:
        """The open goals of one partial proof, the least likely first, up to `batch_size`."""
        if self.graph.revision != self._revision:
            self._rebuild()
        self._chosen = []
        if self.graph.root.status is Status.OPEN:
            tactics, leaves = self._partial_proof()
            leaves.sort(key=lambda n: self._scores[n])
            self._chosen = leaves[: self.batch_size]
            self._record(tactics)
        return list(self._chosen)

    def process_response(self, edges: Sequence[Edge]) -> None:
        """Score the new goals, at once, and let the scores go up."""
        self._scores.take_in(edges)
        self._costs.refresh(dict.fromkeys([*self._chosen, *(edge.node for edge in edges)]))
        self._chosen = []

    def _record(self, tactics: Sequence[tuple[int, int]]) -> None:
        trace, costs, nodes = self.search_trace, self._costs, self.graph.nodes
        trace.begin()
        for n, e in tactics:
            trace.add("follow", n, e, cost=costs.edge(e))
        for n in self._chosen:
            trace.add("select", n, visits=nodes[n].visits, score=self._scores[n], cost=costs.own(n))

    def _rebuild(self) -> None:
        """Begin again from what the graph holds now."""
        self._revision = self.graph.revision
        self._costs = Costs(self.graph, self._own_cost, self._step_cost)
        self._scores.take_in(self.graph.edges)
        self._costs.refresh(range(len(self.graph.nodes)))

    def _own_cost(self, node: Node) -> float:
        if node.explored:
            return inf
        return -self._scores[node.id] - self.policy_weight * untried_logprob(self.graph, node)

    def _step_cost(self, edge: Edge) -> float:
        return -math.log(self.discount) - self.policy_weight * logprob_of(edge.logprob)

    def _partial_proof(self) -> tuple[list[tuple[int, int]], list[int]]:
        """Tactics as pairs of node and edge, and the goals left open; there are some, as the theorem is open."""
        sampled = self.temperature > 0.0
        while True:
            stale: list[int] = []
            found = walk(self.graph, partial(self._choose, sampled, stale))
            if stale:
                self._costs.refresh(stale)
            elif found is not None and (leaves := found.leaves):
                return [(n, e) for n, e in reversed(found.choices.items()) if e >= 0], leaves
            elif sampled:
                sampled = False  # the draw went in circles only; the best partial proof never does
            else:
                self._rebuild()  # the graph was changed behind our back

    def _choose(self, sampled: bool, stale: list[int], node: Node, usable: Usable) -> int | None:
        if self._costs.is_stale(node):
            stale.append(node.id)
            return SETTLED  # the walk is done again once its costs are up to date
        if node.status is not Status.OPEN:
            return SETTLED if node.status is Status.PROVED else None
        return self._draw(node, usable) if sampled else self._best(node)

    def _best(self, node: Node) -> int | None:
        # Every tactic costs something, so the cheapest ones never lead in a circle.
        cost, e = self._costs.best_edge(node.id)
        own = self._costs.own(node.id)
        if min(own, cost) == inf:
            return None
        return EXPAND if own <= cost else e

    def _draw(self, node: Node, usable: Usable) -> int | None:
        costs = {} if node.explored else {EXPAND: self._costs.own(node.id)}
        for e in node.edges:
            cost = self._costs.edge(e)
            if cost < inf and usable(e):
                costs[e] = cost
        if not costs:
            return None
        least = min(costs.values())
        weights = [math.exp((least - cost) / self.temperature) for cost in costs.values()]
        return self._random.choices(list(costs), weights)[0]
