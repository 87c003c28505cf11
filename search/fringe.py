"""Fringe search: draws a set of goals that suffices for the theorem, and works on its first goal."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

from aitp_gym.errors import BadInput
from aitp_gym.proof import DrawnFringe, Edge, Failure, ProofGraph, Status

from .goal_scorer import ConstantScorer, GoalScorer
from .goal_scores import GoalScores
from .logprobs import logprob_of, untried_logprob
from .softmax_pool import SoftmaxPool
from .trace import SearchTrace
from .usefulness import first_useful, is_useful

__all__ = ["Fringe"]

_MAX_DRAWS = 64


@dataclass(frozen=True, slots=True)
class _Goals:
    """The goals of a fringe as a linked list, so that fringes share what they have in common.

    Attributes:
        node: id of the first goal.
        rest: the others.
        score: sum of the scores of all of them.
        digest: of their set: the exclusive or of a random number for each goal.
    """

    node: int
    rest: _Goals | None
    score: float
    digest: int


@dataclass(slots=True)
class _Fringe:
    """A fringe.

    Attributes:
        goals: what is to be proved.
        path: weighted sum of the log-probabilities of the tactics that led here.
        parent: number of the fringe it came from; `edge`: by which edge. Both -1 for the first.
        followed: how many edges of its first goal were followed.
    """

    goals: _Goals | None
    path: float
    parent: int
    edge: int
    followed: int = 0


class Fringe:
    """Draws a fringe by the softmax of the fringes' scores, and expands its first goal.

    A fringe is a set of goals that together suffice for the theorem. The first holds the theorem alone; each tactic
    that works on the first goal of a fringe gives another, with the goal replaced by what is left of it. With the
    score s(g) of a goal, a fringe f is drawn with probability proportional to exp(s(f) / temperature),

        s(f) = sum over goals g of f of s(g) + w (sum over tactics t that led to f of log pi(t) + log q(first goal)),

    which for w = 0 is TacticZero's choice (Wu, Norrish, Walder and Dezfouli, NeurIPS 2021, arXiv:2102.09756), where a
    network gives the s(g); there too the first goal is worked on. Here s(g) is the log-probability that g is provable,
    pi the policy, w the `policy_weight`, and q a bound for what is untried at a goal: the probability of the last
    tactic that was tried there, 1 if none was.

    Proved goals leave their fringes, fringes with a failed goal are dropped, and so are those of an equal set of goals,
    and those whose first goal can no longer help. Scores are brought up to date when a fringe is drawn; if they were
    not, it is drawn again. When draws find nothing, any goal that can help is offered.

    Args:
        goal_scorer: judges goals; without one every goal is given one half.
        batch_size: how many goals to offer at a time, at most, each the first of a fringe.
        temperature: of the softmax, above 0.
        policy_weight: weight of the policy's log-probabilities, at least 0.

    Attributes:
        versions: name and settings, the goal scorer's under `goal_scorer.*`.
        search_trace: an event for each choice, with a row `select` for each goal: `visits`, `score` and the `fringe`
            that was drawn, `None` where no draw found any.
    """

    name = "fringe"
    graph: ProofGraph

    def __init__(
        self,
        goal_scorer: GoalScorer | None = None,
        batch_size: int = 1,
        temperature: float = 1.0,
        policy_weight: float = 1.0,
    ) -> None:
        if batch_size < 1:
            raise BadInput(f"batch_size must be at least 1, got {batch_size!r}.")
        if not 0.0 < temperature < inf:
            raise BadInput(f"temperature must be above 0, got {temperature!r}.")
        if not 0.0 <= policy_weight < inf:
            raise BadInput(f"policy_weight must be at least 0, got {policy_weight!r}.")
        self.goal_scorer: GoalScorer = ConstantScorer() if goal_scorer is None else goal_scorer
        self.batch_size = batch_size
        self.temperature = temperature
        self.policy_weight = policy_weight
        self.versions: Mapping[str, str] = {
            "name": self.name,
            "batch_size": str(batch_size),
            "temperature": str(temperature),
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
        self._numbers: dict[int, int] = {}
        self._begin()

    def get_goal(self) -> list[int]:
        """The first goals of up to `batch_size` fringes."""
        if self.graph.revision != self._revision:
            self._begin()
        self._chosen: dict[int, int | None] = {}
        if self.graph.root.status is Status.OPEN:
            draws = _MAX_DRAWS * self.batch_size
            while len(self._chosen) < self.batch_size and draws and not self._pool.is_empty:
                draws -= 1
                number = self._pool.draw(self._random)
                node = self._offer(number)
                if node is not None:
                    self._chosen.setdefault(node, number)
            if not self._chosen and (node := first_useful(self.graph)) is not None:
                self._chosen[node] = None
        self.search_trace.begin()
        for n, drawn in self._chosen.items():
            visits, fringe = self.graph.nodes[n].visits, None if drawn is None else self._drawn(drawn)
            self.search_trace.add("select", n, visits=visits, score=self._scores[n], fringe=fringe)
        return list(self._chosen)

    def process_response(self, edges: Sequence[Edge]) -> None:
        """Score the new goals, at once, and form the fringes that the edges lead to."""
        self._scores.take_in(edges)
        for number in self._chosen.values():
            if number is not None:
                self._offer(number)
        self._chosen = {}

    def _begin(self) -> None:
        """Forget all fringes but the first; the others form again from what the graph holds."""
        self._revision = self.graph.revision
        self._fringes: list[_Fringe] = []
        self._pool = SoftmaxPool()
        self._seen: set[int] = set()
        self._chosen = {}
        self._form(_Fringe(self._with(0, None), 0.0, -1, -1))

    def _offer(self, number: int) -> int | None:
        """The first goal of a fringe if it may be expanded; otherwise what is known about it is brought up to date."""
        fringe = self._fringes[number]
        cleaned = self._without_settled(fringe)
        if cleaned is None:
            self._pool[number] = -inf
            return None
        if cleaned is not fringe.goals:
            # What proved goals leave is another fringe, which may be there already.
            self._pool[number] = -inf
            self._form(_Fringe(cleaned, fringe.path, number, -1))
            return None
        node = self.graph.nodes[cleaned.node]
        for e in node.edges[fringe.followed :]:
            self._follow(number, self.graph.edges[e])
        fringe.followed = len(node.edges)
        if node.explored:
            self._pool[number] = -inf
            return None
        score = self._score(fringe)
        if self._pool[number] != score:
            self._pool[number] = score
            return None
        if not is_useful(self.graph, node.id):
            self._pool[number] = -inf
            return None
        return node.id

    def _follow(self, number: int, edge: Edge) -> None:
        """Form the fringe that an edge of the first goal leads to."""
        fringe = self._fringes[number]
        if isinstance(edge.outcome, Failure) or fringe.goals is None:
            return
        goals = fringe.goals.rest
        present = set(_ids(goals))
        for child in reversed(edge.children):
            if child not in present:
                present.add(child)
                goals = self._with(child, goals)
        path = fringe.path + self.policy_weight * logprob_of(edge.logprob)
        self._form(_Fringe(goals, path, number, edge.id))

    def _form(self, fringe: _Fringe) -> None:
        digest = fringe.goals.digest if fringe.goals is not None else 0
        if digest not in self._seen:
            self._seen.add(digest)
            self._fringes.append(fringe)
            self._pool.add(self._score(fringe))

    def _score(self, fringe: _Fringe) -> float:
        """What the draw goes by: the score over the temperature."""
        if fringe.goals is None:
            return -inf
        untried = untried_logprob(self.graph, self.graph.nodes[fringe.goals.node])
        return (fringe.goals.score + fringe.path + self.policy_weight * untried) / self.temperature

    def _with(self, node: int, rest: _Goals | None) -> _Goals:
        number = self._numbers.get(node)
        if number is None:
            number = self._numbers[node] = self._random.getrandbits(64)
        score, digest = (0.0, 0) if rest is None else (rest.score, rest.digest)
        return _Goals(node, rest, score + self._scores[node], digest ^ number)

    def _without_settled(self, fringe: _Fringe) -> _Goals | None:
        """The goals that are still open, or `None` if there are none or one has failed."""
        ids = _ids(fringe.goals)
        statuses = [self.graph.nodes[n].status for n in ids]
        if Status.FAILED in statuses:
            return None
        if Status.PROVED not in statuses:
            return fringe.goals
        goals: _Goals | None = None
        for n, status in zip(reversed(ids), reversed(statuses), strict=True):
            if status is Status.OPEN:
                goals = self._with(n, goals)
        return goals

    def _drawn(self, number: int) -> DrawnFringe:
        fringe = self._fringes[number]
        score = self._pool[number] * self.temperature
        return DrawnFringe(number, fringe.parent, fringe.edge, tuple(_ids(fringe.goals)), score)


def _ids(goals: _Goals | None) -> list[int]:
    ids = []
    while goals is not None:
        ids.append(goals.node)
        goals = goals.rest
    return ids
