"""Agent that joins a tactic policy to a search model."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Protocol

from aitp_gym.errors import BadInput
from aitp_gym.proof import Attempt, Edge, Premises, ProofGraph, Status, Subgoals, Theorem
from aitp_gym.search.base import SearchModel

from .policies.base import Suggestion, TacticPolicy

__all__ = ["ProvingEnv", "SearchAgent"]


class ProvingEnv(Protocol):
    """Environment as the agent needs it; `ProofEnv` is one, and no wrapper is involved."""

    @property
    def graph(self) -> ProofGraph:
        """Proof graph of the attempt so far; `expand` adds to it."""
        ...

    @property
    def theorem(self) -> Theorem:
        """Theorem to be proved."""
        ...

    @property
    def done(self) -> bool:
        """Whether the attempt is over."""
        ...

    @property
    def seed(self) -> int:
        """Seed of the attempt."""
        ...

    def tactics_left(self) -> int | None:
        """Number of tactic applications that the budget still allows; `None` without a limit."""
        ...

    def retrieve_premises(self) -> Premises:
        """Premises that the theorem may use."""
        ...

    def expand(self, node_id: int, tactics: Sequence[str], logprobs: Sequence[float] | None = None) -> list[Edge]:
        """Apply tactics to a goal; a batch may end early.

        Args:
            node_id: number of the goal's node in `graph`.
            tactics: K texts, in order.
            logprobs: their natural log-probabilities, <= 0, length K.

        Returns:
            Edges of the tactics that were applied, in order, at most K.
        """
        ...

    def attempt(
        self, *, policy_s: float, search_s: float, exhausted: bool, versions: Mapping[str, str] | None
    ) -> Attempt:
        """Log entry of the attempt.

        Args:
            policy_s: wall seconds spent in the policy.
            search_s: wall seconds spent in the search.
            exhausted: whether the search had nothing more to offer.
            versions: what identifies the agent.
        """
        ...


class SearchAgent:
    """Proves theorems: the search model says on which goals to work, the policy what to try there.

    A goal may be chosen many times; each time the next `num_sampled_tactics` suggestions that were not yet applied to
    it are tried. Once the policy has nothing more to say about it, it is declared explored; without `re_expand`, after
    its first expansion. One rule for all searches: none of them is told.

    Args:
        policy: suggests tactics.
        search: chooses goals.
        num_sampled_tactics: tactics to apply each time a goal is chosen, at most.
        max_successful_branches: stop applying tactics to a chosen goal once this many have worked; `None` for no such
            limit.
        re_expand: whether a goal may be expanded again, for more tactics.
    """

    def __init__(
        self,
        policy: TacticPolicy,
        search: SearchModel,
        num_sampled_tactics: int = 8,
        max_successful_branches: int | None = None,
        re_expand: bool = True,
    ) -> None:
        if num_sampled_tactics < 1:
            raise BadInput(f"num_sampled_tactics must be at least 1, got {num_sampled_tactics!r}.")
        if max_successful_branches is not None and max_successful_branches < 1:
            raise BadInput(f"max_successful_branches must be at least 1 or None, got {max_successful_branches!r}.")
        self.policy = policy
        self.search = search
        self.num_sampled_tactics = num_sampled_tactics
        self.max_successful_branches = max_successful_branches
        self.re_expand = re_expand

    @property
    def versions(self) -> dict[str, str]:
        """Identity of the agent: that of the policy under `policy.*`, of the search under `search.*`."""
        return {
            **{f"policy.{key}": value for key, value in self.policy.versions.items()},
            **{f"search.{key}": value for key, value in self.search.versions.items()},
            "agent.num_sampled_tactics": str(self.num_sampled_tactics),
            "agent.max_successful_branches": str(self.max_successful_branches),
            "agent.re_expand": str(self.re_expand),
        }

    def prove(self, env: ProvingEnv) -> Attempt:
        """Work on the theorem until the attempt is over or the search has nothing more to offer.

        Args:
            env: just reset, with theorem, seed and budget (`env.reset(seed=..., options={"theorem": ..., "budget":
                ...})`). Everything random derives from its seed.

        Returns:
            Log entry; the environment stays on the finished attempt until its next reset.
        """
        policy_time, search_time = _Stopwatch(), _Stopwatch()
        with policy_time.running():
            self.policy.reset(env.seed)
        with search_time.running():
            self.search.reset(env.graph, env.seed)
        premises = env.retrieve_premises()
        exhausted = False
        while not env.done:
            with search_time.running():
                chosen = self.search.get_goal()
            if not chosen:
                exhausted = True
                break
            nodes = [env.graph.nodes[n] for n in chosen]
            asked = max(node.visits for node in nodes) + self._next_batch(env)
            with policy_time.running():
                answers = self.policy.get_tactics([node.goal for node in nodes], [premises] * len(nodes), asked)
            edges: list[Edge] = []
            for n, suggestions in zip(chosen, answers, strict=True):
                edges += self._expand(env, n, suggestions, asked)
            with search_time.running():
                self.search.process_response(edges)
        attempt = env.attempt(
            policy_s=policy_time.total_s, search_s=search_time.total_s, exhausted=exhausted, versions=self.versions
        )
        trace = self.search.search_trace
        return replace(attempt, search_events=tuple(trace.events), search_cut=trace.is_cut)

    def _next_batch(self, env: ProvingEnv) -> int:
        left = env.tactics_left()
        return self.num_sampled_tactics if left is None else min(self.num_sampled_tactics, left)

    def _expand(self, env: ProvingEnv, n: int, suggestions: Sequence[Suggestion], asked: int) -> list[Edge]:
        """Apply the next suggestions to a goal, and declare it explored if these are the policy's last."""
        graph = env.graph
        node = graph.nodes[n]
        if env.done or node.status is not Status.OPEN:
            return []  # settled meanwhile by the goals before it in the batch
        applied = {graph.edges[e].tactic for e in node.edges}
        offered: dict[str, float] = {}
        for suggestion in suggestions:
            offered.setdefault(suggestion.tactic, suggestion.logprob)
        fresh = [(tactic, logprob) for tactic, logprob in offered.items() if tactic not in applied]
        edges = self._apply(env, n, fresh[: self._next_batch(env)])
        # Fewer suggestions than asked for mean that the policy has no more; one that is said twice counts once.
        said_all = len(offered) < asked and len(edges) == len(fresh)
        if said_all or not (self.re_expand or env.done):
            graph.mark_explored(n)
        return edges

    def _apply(self, env: ProvingEnv, n: int, batch: Sequence[tuple[str, float]]) -> list[Edge]:
        """Apply a batch of tactics with their log-probabilities, up to as many successes as allowed.

        A piece of the batch that could all succeed is sent at a time, so that the limit is exact and the requests few.
        """
        edges: list[Edge] = []
        allowed = len(batch) if self.max_successful_branches is None else self.max_successful_branches
        while len(edges) < len(batch) and allowed > 0 and not env.done:
            piece = batch[len(edges) : len(edges) + allowed]
            found = env.expand(n, [tactic for tactic, _ in piece], [logprob for _, logprob in piece])
            edges += found
            allowed -= sum(isinstance(edge.outcome, Subgoals) for edge in found)
            if len(found) < len(piece) or env.graph.nodes[n].status is not Status.OPEN:
                break  # the goal is settled, or the budget spent
        return edges


class _Stopwatch:
    """Wall seconds spent inside `running` blocks."""

    def __init__(self) -> None:
        self.total_s = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            self.total_s += time.perf_counter() - started
