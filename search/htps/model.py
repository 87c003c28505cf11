"""HyperTree Proof Search."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, prod
from typing import Any

from aitp_gym.proof import Edge, Node, ProofGraph, Status

from ..goal_scorer import ConstantScorer, GoalScorer
from ..goal_scores import GoalScores
from ..trace import SearchTrace
from ..usefulness import first_useful
from ..walk import EXPAND, SETTLED, PartialProof, Usable, walk
from .policy import alpha_zero, regularized
from .settings import HTPSSettings
from .targets import HTPSTargets, HTPSTargetSettings, collect_targets
from .visits import EdgeStatistics, GoalStatistics

__all__ = ["HTPS"]


@dataclass(frozen=True, slots=True)
class _Trajectory:
    """A partial proof that waits for its leaves' expansion.

    Attributes:
        choices: as in `PartialProof`.
        followed: the statistics of what was chosen, by node id; none for a goal without any tactic yet.
        repeated: whether it went the same way as one before.
    """

    choices: Mapping[int, int]
    followed: Mapping[int, EdgeStatistics]
    repeated: bool


class HTPS:
    """Monte-Carlo tree search for proofs (Lample et al., NeurIPS 2022, arXiv:2205.11491).

    A trajectory goes from the theorem down: at a goal with tactics the tree policy chooses an edge, and the trajectory
    goes on with all its subgoals, until only proved goals and leaves remain. The leaves are expanded, and values go up:
    1 from a proved goal, 0 from a failed one, the goal scorer's probability from any other leaf, and the product of the
    subgoals' values from an edge. An edge counts its trajectories (N) and sums their values (W); its Q is W / (N + V),
    where V counts the trajectories that are under way. `HTPSSettings` has what can be varied, `htps_policy` the two
    policies.

    The paper expands a goal once. Where the policy may be asked again, "more tactics" competes with the edges, with the
    probability of the last tactic as its prior and the values of the goal itself. The paper removes a tactic for ever
    when a trajectory meets a goal again on its own way; here only that trajectory avoids it, since the way there may be
    another the next time. A choice costs the edges of the goals on one trajectory.

    Args:
        goal_scorer: the critic; without one every goal is given one half, as in the authors' code.
        settings: of the search; by default the paper's.
        target_settings: of what `targets` returns; by default the paper's.

    Attributes:
        versions: name and settings, those of the targets under `targets.*` and the goal scorer's under `goal_scorer.*`.
        search_trace: an event for each trajectory that begins: rows `follow` with its tactics, the theorem's first,
            then rows `select` with its leaves and their `score`; both with `prior`, `count`, `virtual` and `value` as
            the trajectory found them, and `repeated`. And an event for each trajectory that is backed up: rows
            `back_up`, subgoals first, with what went up as `value`, and `count` and `virtual` as they are then.
        statistics: what was counted, by node id.
    """

    name = "htps"
    graph: ProofGraph

    def __init__(
        self,
        goal_scorer: GoalScorer | None = None,
        settings: HTPSSettings | None = None,
        target_settings: HTPSTargetSettings | None = None,
    ) -> None:
        self.goal_scorer: GoalScorer = ConstantScorer() if goal_scorer is None else goal_scorer
        self.settings = HTPSSettings() if settings is None else settings
        self.target_settings = HTPSTargetSettings() if target_settings is None else target_settings
        self.versions: Mapping[str, str] = {
            "name": self.name,
            **self.settings.as_versions(),
            **{f"targets.{key}": value for key, value in self.target_settings.as_versions().items()},
            **{f"goal_scorer.{key}": value for key, value in self.goal_scorer.versions.items()},
        }
        self.search_trace = SearchTrace()
        self.statistics: dict[int, GoalStatistics] = {}

    def reset(self, graph: ProofGraph, seed: int = 0) -> None:
        """Begin on a graph."""
        self.graph = graph
        self.search_trace = SearchTrace(graph)
        self.statistics = {}
        self._random = random.Random(seed)
        self._scores = GoalScores(self.goal_scorer, graph)
        self._revision = graph.revision
        self._under_way: list[_Trajectory] = []
        self._seen: set[int] = set()

    def get_goal(self) -> list[int]:
        """The leaves of `simulations` trajectories."""
        self._back_up()
        if self.graph.revision != self._revision:
            self._revision = self.graph.revision
            for n, statistics in self.statistics.items():
                statistics.take_in_again(self.graph, self.graph.nodes[n])
        goals: dict[int, None] = {}
        if self.graph.root.status is Status.OPEN:
            for _ in range(self.settings.simulations):
                found = walk(self.graph, self._choose)
                if found is None:
                    break
                goals.update(dict.fromkeys(found.leaves))
                self._start(found)
            if not goals and (node := first_useful(self.graph)) is not None:
                goals[node] = None
                self._record_start({node: EXPAND}, {}, [node], False)
        return list(goals)

    def process_response(self, edges: Sequence[Edge]) -> None:
        """Score the new goals, at once, and back up the trajectories."""
        self._scores.take_in(edges)
        self._back_up()

    def targets(self) -> HTPSTargets:
        """What the search would teach a policy and a goal scorer, as rows; for after the attempt."""
        self._scores.ask(range(len(self.graph.nodes)))
        return collect_targets(self, self.target_settings)

    def probability(self, node: int) -> float:
        """The goal scorer's probability that a goal is provable."""
        return exp(self._scores[node])

    def tree_policy(self, ways: Sequence[EdgeStatistics], solved: bool = False) -> list[float]:
        """The tree policy over some ways to go on from a goal: scores (PUCT) or probabilities (regularised).

        Args:
            ways: what the policy chooses from.
            solved: whether the goal is proved, so that some of its edges may be.
        """
        settings = self.settings
        priors = [exp(way.logprob / settings.prior_temperature) for way in ways]
        if settings.renormalize and (mass := sum(priors)) > 0.0:
            priors = [prior / mass for prior in priors]
        counts = [way.count + way.virtual for way in ways]
        unvisited = settings.unvisited_q
        values = [
            (way.total if way.count else unvisited) / (count or 1) for way, count in zip(ways, counts, strict=True)
        ]
        if solved:
            values = [self._solved_q(way, value) for way, value in zip(ways, values, strict=True)]
        policy = regularized if settings.policy == "regularized" else alpha_zero
        return policy(priors, values, counts, settings.exploration)

    def _solved_q(self, way: EdgeStatistics, otherwise: float) -> float:
        if way.edge < 0 or self.graph.edges[way.edge].status is not Status.PROVED:
            return otherwise
        counts = max(1, way.count + way.virtual)
        match self.settings.solved_q:
            case "count_over_counts":
                return max(1, way.count) / counts
            case "one_over_counts":
                return 1.0 / counts
            case "one_over_virtual_counts":
                return 1.0 / (1 + way.virtual)
            case "one":
                return 1.0

    def _choose(self, node: Node, usable: Usable) -> int | None:
        solved = node.status is Status.PROVED
        if node.status is Status.FAILED or (solved and not self.settings.explore_solved):
            return SETTLED if solved else None
        statistics = self._statistics_of(node)
        ways = self._ways(statistics, usable)
        if solved:
            # Where something is left to expand, that is where an exploration of proved goals goes.
            ways = [way for way in ways if self.graph.edges[way.edge].status is Status.OPEN] or ways
        elif not node.explored:
            ways.append(statistics.more)
        if len(ways) <= 1:
            return ways[0].edge if ways else SETTLED if solved else None
        scores = self.tree_policy(ways, solved)
        temperature = self.settings.selection_temperature
        if temperature > 0.0 and (highest := max(scores)) > 0.0:
            weights = [(score / highest) ** (1 / temperature) for score in scores]
            return self._random.choices(ways, weights)[0].edge
        best = max(range(len(ways)), key=lambda i: (scores[i], ways[i].logprob))
        return ways[best].edge

    def _ways(self, statistics: GoalStatistics, usable: Usable) -> list[EdgeStatistics]:
        edges = self.graph.edges
        return [
            way for way in statistics.edges.values() if edges[way.edge].status is not Status.FAILED and usable(way.edge)
        ]

    def _statistics_of(self, node: Node) -> GoalStatistics:
        statistics = self.statistics.get(node.id)
        if statistics is None:
            statistics = self.statistics[node.id] = GoalStatistics()
        statistics.take_in(self.graph, node)
        return statistics

    def _start(self, found: PartialProof) -> None:
        """Put a trajectory under way."""
        nodes = self.graph.nodes
        followed: dict[int, EdgeStatistics] = {}
        for n, choice in found.choices.items():
            if choice >= 0:
                children = self.graph.edges[choice].children
                followed[n] = self.statistics[n].edges[tuple(sorted(set(children)))]
            elif choice == EXPAND and nodes[n].edges:
                followed[n] = self.statistics[n].more
        # A goal that is expanded once more, after other tactics, makes another trajectory.
        shape = hash(frozenset((n, c, nodes[n].visits if c == EXPAND else 0) for n, c in found.choices.items()))
        repeated = self.settings.backup_once and shape in self._seen
        self._seen.add(shape)
        self._under_way.append(_Trajectory(found.choices, followed, repeated))
        self._record_start(found.choices, followed, found.leaves, repeated)
        for way in followed.values():
            way.virtual += self.settings.virtual_loss

    def _back_up(self) -> None:
        """Let the values of all trajectories under way go up."""
        for trajectory in self._under_way:
            values: dict[int, float] = {}
            self.search_trace.begin()
            for n, choice in trajectory.choices.items():
                value = values[n] = self._value(n, choice, values)
                way = trajectory.followed.get(n)
                if way is not None:
                    way.virtual -= self.settings.virtual_loss
                    if not trajectory.repeated:
                        way.count += 1
                        way.total += value
                edge = choice if choice >= 0 else None
                counts: dict[str, Any] = {} if way is None else {"count": way.count, "virtual": way.virtual}
                self.search_trace.add("back_up", n, edge, value=value, repeated=trajectory.repeated, **counts)
        self._under_way = []

    def _value(self, n: int, choice: int, values: Mapping[int, float]) -> float:
        status = self.graph.nodes[n].status
        if choice >= 0:
            if status is Status.PROVED and self.settings.backup_one_for_solved:
                return self.settings.discount
            children = self.graph.edges[choice].children
            return self.settings.discount * prod(values[child] for child in dict.fromkeys(children))
        if choice == SETTLED or status is Status.PROVED:
            return 1.0
        return 0.0 if status is Status.FAILED else self.probability(n)

    def _record_start(
        self,
        choices: Mapping[int, int],
        followed: Mapping[int, EdgeStatistics],
        leaves: Sequence[int],
        repeated: bool,
    ) -> None:
        """Record a trajectory as it begins, before it adds to any count."""
        trace = self.search_trace
        trace.begin()
        for n, choice in reversed(tuple(choices.items())):
            if choice >= 0:
                trace.add("follow", n, choice, repeated=repeated, **_known_of(followed[n]))
        for n in leaves:
            known = _known_of(followed[n]) if n in followed else {}
            visits = self.graph.nodes[n].visits
            trace.add("select", n, visits=visits, score=self._scores[n], repeated=repeated, **known)


def _known_of(way: EdgeStatistics) -> dict[str, Any]:
    """What a row of the search trace says about a way to go on."""
    mean = way.total / way.count if way.count else None
    return {"prior": exp(way.logprob), "count": way.count, "virtual": way.virtual, "value": mean}
