"""The agent on small AND/OR problems whose answers are known."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aitp_gym.agents.agent import SearchAgent
from aitp_gym.agents.policies.base import Suggestion
from aitp_gym.errors import BadInput
from aitp_gym.proof import (
    Attempt,
    Budget,
    Edge,
    Failure,
    Goal,
    Outcome,
    Premises,
    ProofGraph,
    Spent,
    Status,
    Step,
    Subgoals,
    Theorem,
)
from aitp_gym.search.best_first import BestFirst
from aitp_gym.search.breadth_first import BreadthFirst

Rules = Mapping[str, Sequence[Sequence[str] | None]]
"""For each goal, what each of its tactics leaves; `None` where it fails. Tactic i of a goal is called `str(i)`."""


class RulesEnv:
    """Proves by rules; nothing is random, and a batch ends at a tactic that closes its goal."""

    theorem = Theorem("t", "root", "rules")

    def __init__(self, rules: Rules, max_tactics: int | None = None, seed: int = 0) -> None:
        self.rules, self.budget, self.seed = rules, Budget(max_tactics=max_tactics), seed
        self.graph = ProofGraph(Goal.single("root"))
        self.calls: list[tuple[int, tuple[str, ...]]] = []

    @property
    def done(self) -> bool:
        return self.graph.root.status is not Status.OPEN or self.tactics_left() == 0

    def tactics_left(self) -> int | None:
        limit = self.budget.max_tactics
        return None if limit is None else limit - len(self.graph.edges)

    def retrieve_premises(self) -> Premises:
        return Premises.none()

    def expand(self, node_id: int, tactics: Sequence[str], logprobs: Sequence[float] | None = None) -> list[Edge]:
        assert not self.done
        assert tactics
        assert logprobs is not None
        left = self.tactics_left()
        assert left is None or len(tactics) <= left
        self.calls.append((node_id, tuple(tactics)))
        edges = []
        for tactic, logprob in zip(tactics, logprobs, strict=True):
            edges.append(self.graph.add(node_id, tactic, self._outcome(node_id, tactic), logprob))
            if self.graph.nodes[node_id].status is Status.PROVED:
                break
        return edges

    def _outcome(self, node_id: int, tactic: str) -> Outcome:
        left = self.rules[self.graph.nodes[node_id].goal.parts[0].conclusion][int(tactic)]
        return Failure("rejected") if left is None else Subgoals(tuple(map(Goal.single, left)))

    def attempt(self, *, policy_s: float, search_s: float, exhausted: bool, versions: Any) -> Attempt:
        status = {Status.PROVED: "proved", Status.FAILED: "failed"}.get(
            self.graph.root.status, "exhausted" if exhausted else "budget"
        )
        spent = Spent(tactics=len(self.graph.edges))
        steps: tuple[Step, ...] = ()
        return Attempt(
            self.theorem, status, steps, self.budget, spent, policy_s=policy_s, search_s=search_s, versions=versions
        )


class RulesPolicy:
    """Offers the tactics of a goal in order, the likelier ones first."""

    versions: Mapping[str, str] = {"name": "rules"}

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.seeds: list[int] = []
        self.asked: list[tuple[int, int]] = []

    def reset(self, seed: int) -> None:
        self.seeds.append(seed)

    def get_tactics(self, goals: Sequence[Goal], premises: Sequence[Premises], k: int) -> list[list[Suggestion]]:
        assert len(premises) == len(goals)
        self.asked.append((len(goals), k))
        counts = [len(self.rules[goal.parts[0].conclusion]) for goal in goals]
        return [[Suggestion(str(i), -math.log(n) - i) for i in range(min(n, k))] for n in counts]


SEARCHES = [BestFirst, BreadthFirst]


@pytest.mark.parametrize("search", SEARCHES)
def test_a_proof_deep_in_the_tail_of_the_suggestions_is_found(search):
    rules = {"root": [None] * 20 + [["a", "b"]], "a": [None, ["root"], []], "b": [["a"]]}
    env = RulesEnv(rules)
    attempt = SearchAgent(RulesPolicy(rules), search(), num_sampled_tactics=3).prove(env)
    assert attempt.proved
    assert env.graph.root.distance == 1 + 1 + 2


@pytest.mark.parametrize("search", SEARCHES)
def test_a_goal_that_nothing_proves_fails_after_every_tactic_was_tried_once(search):
    rules = {"root": [["a"], ["b", "root"], None], "a": [["b"], None], "b": [["a"], ["root"]]}
    env = RulesEnv(rules)
    attempt = SearchAgent(RulesPolicy(rules), search(), num_sampled_tactics=1).prove(env)
    assert attempt.status == "failed"
    applied = [(edge.node, edge.tactic) for edge in env.graph.edges]
    assert len(applied) == len(set(applied)) == 7


def test_the_budget_bounds_the_batch_and_the_question_to_the_policy():
    rules = {"root": [None] * 30}
    env, policy = RulesEnv(rules, max_tactics=10), RulesPolicy(rules)
    attempt = SearchAgent(policy, BestFirst(), num_sampled_tactics=8).prove(env)
    assert (attempt.status, attempt.spent.tactics) == ("budget", 10)
    assert policy.asked == [(1, 8), (1, 10)]
    assert [len(tactics) for _, tactics in env.calls] == [8, 2]


def test_several_goals_are_asked_for_in_one_call_of_the_policy():
    rules = {"root": [["a", "b", "c"]], "a": [None, []], "b": [None, []], "c": [None, []]}
    env, policy = RulesEnv(rules), RulesPolicy(rules)
    attempt = SearchAgent(policy, BestFirst(batch_size=4), num_sampled_tactics=2).prove(env)
    assert attempt.proved
    assert policy.asked == [(1, 2), (3, 2)]


def test_a_goal_proved_by_the_goals_before_it_in_a_batch_costs_nothing_more():
    rules = {
        "root": [["lemma", "use", "other"]],
        "lemma": [None, []],
        "use": [["lemma"], None],
        "other": [None, None, []],
    }
    env = RulesEnv(rules)
    assert SearchAgent(RulesPolicy(rules), BreadthFirst(batch_size=3), num_sampled_tactics=1).prove(env).proved
    assert [tactics for node, tactics in env.calls if node == 2] == [("0",)]


def test_a_goal_asked_about_with_a_busier_one_is_not_taken_for_explored():
    rules = {"root": [None] * 6 + [["a"]] + [None] * 4, "a": [None] * 7 + [[]]}
    env, policy = RulesEnv(rules), RulesPolicy(rules)
    env.expand(0, [str(i) for i in range(7)], [-0.1] * 7)
    attempt = SearchAgent(policy, BestFirst(batch_size=2), num_sampled_tactics=2).prove(env)
    assert policy.asked[0] == (2, 9)
    assert attempt.proved


def test_what_a_refused_batch_left_untried_is_tried_next():
    class Doubtful(RulesEnv):
        def expand(self, node_id: int, tactics: Sequence[str], logprobs: Sequence[float] | None = None) -> list[Edge]:
            edges = super().expand(node_id, tactics, logprobs)
            if edges[-1].tactic == "1" and self.graph.root.status is Status.PROVED:
                self.graph.invalidate(edges[-1].id, "refused")
            return edges

    rules = {"root": [None, [], None, [], None]}
    env = Doubtful(rules)
    assert SearchAgent(RulesPolicy(rules), BestFirst(), num_sampled_tactics=8).prove(env).proved
    assert env.calls == [(0, ("0", "1", "2", "3", "4")), (0, ("2", "3", "4"))]


def test_goals_settled_by_the_goals_before_them_in_a_batch_cost_nothing():
    rules = {"root": [["a", "b"]], "a": [None], "b": [[]]}
    env = RulesEnv(rules)
    attempt = SearchAgent(RulesPolicy(rules), BestFirst(batch_size=2), num_sampled_tactics=4).prove(env)
    assert attempt.status == "failed"
    assert env.calls == [(0, ("0",)), (1, ("0",))]


def test_a_policy_that_repeats_itself_does_not_hold_the_attempt_up():
    class Parrot(RulesPolicy):
        def get_tactics(self, goals: Sequence[Goal], premises: Sequence[Premises], k: int) -> list[list[Suggestion]]:
            return [[Suggestion("0", -1.0)] * k for _ in goals]

    rules = {"root": [None]}
    env = RulesEnv(rules)
    assert SearchAgent(Parrot(rules), BestFirst(), num_sampled_tactics=2).prove(env).status == "failed"
    assert env.calls == [(0, ("0",))]


def test_what_the_caller_applied_before_is_not_applied_again():
    rules = {"root": [None, ["a"], None], "a": [[]]}
    env = RulesEnv(rules)
    env.expand(0, ["1"], [math.nan])
    assert SearchAgent(RulesPolicy(rules), BestFirst(), num_sampled_tactics=2).prove(env).proved
    assert len({(edge.node, edge.tactic) for edge in env.graph.edges}) == len(env.graph.edges)


def test_the_policy_gets_the_seed_of_the_attempt_and_the_attempt_the_versions_of_the_agent():
    rules: Rules = {"root": [[]]}
    policy = RulesPolicy(rules)
    attempt = SearchAgent(policy, BestFirst(), num_sampled_tactics=5).prove(RulesEnv(rules, seed=7))
    assert policy.seeds == [7]
    assert attempt.versions == {
        "policy.name": "rules",
        "search.name": "best_first",
        "search.batch_size": "1",
        "agent.num_sampled_tactics": "5",
        "agent.max_successful_branches": "None",
        "agent.re_expand": "True",
    }


def test_seconds_are_charged_to_the_part_that_used_them():
    class Slow(RulesPolicy):
        def get_tactics(self, goals: Sequence[Goal], premises: Sequence[Premises], k: int) -> list[list[Suggestion]]:
            until = time.perf_counter() + 0.05
            while time.perf_counter() < until:
                pass
            return super().get_tactics(goals, premises, k)

    rules: Rules = {"root": [[]]}
    attempt = SearchAgent(Slow(rules), BestFirst()).prove(RulesEnv(rules))
    assert attempt.policy_s >= 0.05
    assert 0 < attempt.search_s < attempt.policy_s


def test_an_agent_must_try_something():
    with pytest.raises(BadInput, match="num_sampled_tactics must be at least 1, got 0"):
        SearchAgent(RulesPolicy({}), BestFirst(), num_sampled_tactics=0)


GOALS = ["root", *"abcde"]
OUTCOMES = st.one_of(st.none(), st.lists(st.sampled_from(GOALS), max_size=2))
PROBLEMS = st.fixed_dictionaries({goal: st.lists(OUTCOMES, max_size=4) for goal in GOALS})


@settings(max_examples=150, deadline=None)
@given(
    rules=PROBLEMS,
    search=st.sampled_from(SEARCHES),
    batch_size=st.integers(1, 3),
    num_sampled_tactics=st.integers(1, 5),
)
def test_without_a_limit_every_search_proves_exactly_the_provable(rules, search, batch_size, num_sampled_tactics):
    provable: set[str] = set()
    while (
        more := {
            goal
            for goal, lefts in rules.items()
            if any(left is not None and provable.issuperset(left) for left in lefts)
        }
        - provable
    ):
        provable |= more
    env = RulesEnv(rules)
    attempt = SearchAgent(RulesPolicy(rules), search(batch_size), num_sampled_tactics).prove(env)
    assert attempt.status == ("proved" if "root" in provable else "failed")


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_an_expansion_ends_at_the_successes_it_may_have(limit):
    # Of ten tactics the first fails, and then every other one works.
    rules: Rules = {"root": [None if i % 2 == 0 else [f"g{i}"] for i in range(10)], **{f"g{i}": [] for i in range(10)}}
    env = RulesEnv(rules)
    agent = SearchAgent(RulesPolicy(rules), BreadthFirst(), 10, max_successful_branches=limit, re_expand=False)
    agent.prove(env)
    tried = [edge for edge in env.graph.edges if edge.node == 0]
    assert sum(isinstance(edge.outcome, Subgoals) for edge in tried) == limit
    assert len(tried) == 2 * limit, "what could have come after the last success was not tried"


def test_a_limit_on_successes_keeps_the_budget_exact():
    rules: Rules = {"root": [None, ["a"], None, ["b"], None, ["c"]], "a": [None], "b": [None], "c": [None]}
    for budget in range(1, 8):
        env = RulesEnv(rules, max_tactics=budget)
        SearchAgent(RulesPolicy(rules), BestFirst(), 4, max_successful_branches=2).prove(env)
        assert len(env.graph.edges) <= budget


def test_without_re_expansion_each_goal_is_expanded_once_and_then_settled():
    rules: Rules = {"root": [["a"], None, None, [[]][0]], "a": [None, None, []]}
    env = RulesEnv(rules)
    attempt = SearchAgent(RulesPolicy(rules), BestFirst(), 2, re_expand=False).prove(env)
    assert [node for node, _ in env.calls] == [0, 1]
    assert attempt.status == "failed", "both goals count as explored, so nothing is left to hope for"
    again = RulesEnv(rules)
    assert SearchAgent(RulesPolicy(rules), BestFirst(), 2).prove(again).proved


def test_a_limit_on_successes_is_at_least_one():
    with pytest.raises(BadInput, match="max_successful_branches must be at least 1 or None, got 0"):
        SearchAgent(RulesPolicy({}), BestFirst(), max_successful_branches=0)
