"""Fringe search on graphs built by hand."""

from __future__ import annotations

from collections import Counter
from math import exp, log

import pytest

from aitp_gym.errors import BadInput
from aitp_gym.proof import Goal, ProofGraph, Subgoals
from aitp_gym.search import Fringe


class Table:
    versions = {"name": "table"}  # noqa: RUF012

    def __init__(self, **table: float) -> None:
        self.table = table

    def score(self, goals):
        return [self.table.get(goal.parts[0].conclusion, 0.0) for goal in goals]


def goals(*names: str) -> Subgoals:
    return Subgoals(tuple(map(Goal.single, names)))


def fork(search: Fringe, seed: int = 0) -> ProofGraph:
    """The theorem, explored: two goals by t, or one by u."""
    graph = ProofGraph(Goal.single("root"))
    search.reset(graph, seed)
    assert search.get_goal() == [0]
    edges = [graph.add(0, "t", goals("a", "b"), log(0.6)), graph.add(0, "u", goals("c"), log(0.3))]
    graph.mark_explored(0)
    search.process_response(edges)
    return graph


SCORES = Table(a=log(0.9), b=log(0.5), c=log(0.2))


@pytest.mark.parametrize(
    ("settings", "share"),
    [
        # exp(s): 0.6 * 0.9 * 0.5 = 0.27 for {a, b}, 0.3 * 0.2 = 0.06 for {c}.
        ({}, 0.27 / 0.33),
        # TacticZero's: 0.45 and 0.2.
        ({"policy_weight": 0.0}, 0.45 / 0.65),
        # Square roots of 0.27 and 0.06: 0.519615 and 0.244949.
        ({"temperature": 2.0}, 0.679628),
    ],
)
def test_fringes_are_drawn_by_the_softmax_of_their_scores(settings, share):
    drawn = Counter()
    for seed in range(2000):
        search = Fringe(SCORES, **settings)
        fork(search, seed)
        drawn[search.get_goal()[0]] += 1
    assert set(drawn) == {1, 3}
    assert drawn[1] / 2000 == pytest.approx(share, abs=0.035)


def test_the_trace_has_the_drawn_fringe_and_its_score():
    search = Fringe(SCORES, temperature=1e-6)
    fork(search)
    assert search.get_goal() == [1]
    event = search.search_trace.events[-1]
    assert (event.kind, event.node, event.visits) == ("select", 1, 0)
    assert event.fringe[:4] == (1, 0, 0, (1, 2))
    assert exp(event.fringe.score) == pytest.approx(0.27)
    assert exp(event.score) == pytest.approx(0.9)


def test_what_is_left_of_a_goal_replaces_it_and_comes_first():
    search = Fringe(SCORES, temperature=1e-6)
    graph = fork(search)
    search.get_goal()
    search.process_response([graph.add(1, "v", goals("d", "b", "e"), log(0.99))])
    graph.mark_explored(1)
    assert search.get_goal() == [4]
    # b was there already, and is needed once.
    assert search.search_trace.events[-1].fringe.goals == (4, 5, 2)


def test_a_tried_goal_counts_by_its_last_tactic():
    search = Fringe(Table(), temperature=1e-6)
    graph = ProofGraph(Goal.single("root"))
    search.reset(graph)
    search.get_goal()
    search.process_response([graph.add(0, "t", goals("a"), log(0.2)), graph.add(0, "u", goals("b"), log(0.1))])
    # a: 0.2, b: 0.1, what is untried at the root: at most 0.1.
    assert search.get_goal() == [1]
    search.process_response([graph.add(1, "v", goals("c"), log(0.01))])
    # c: 0.2 * 0.01, what is untried at a: the same.
    assert search.get_goal() in ([0], [2])


def test_a_goal_proved_elsewhere_leaves_its_fringes():
    search = Fringe(SCORES, temperature=1e-6)
    graph = fork(search)
    graph.add(2, "close", goals(), -0.1)
    assert search.get_goal() == [1]
    assert search.search_trace.events[-1].fringe.goals == (1,)


def test_equal_sets_of_goals_are_one_fringe():
    search = Fringe(Table())
    graph = ProofGraph(Goal.single("root"))
    search.reset(graph)
    search.get_goal()
    search.process_response([graph.add(0, tactic, goals(*names), -1.0) for tactic, names in [("t", "ab"), ("u", "ba")]])
    assert len(search._fringes) == 2


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"temperature": 0.0}, "temperature must be above 0, got 0.0"),
        ({"policy_weight": -1.0}, "policy_weight must be at least 0, got -1.0"),
    ],
)
def test_settings_out_of_range_are_refused(settings, message):
    with pytest.raises(BadInput, match=message):
        Fringe(**settings)
