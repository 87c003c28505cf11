"""UpDown on graphs built by hand."""

from __future__ import annotations

from collections import Counter
from math import exp, log

import pytest

from aitp_gym.errors import BadInput
from aitp_gym.proof import Failure, Goal, ProofGraph, Subgoals
from aitp_gym.search import UpDown


class Table:
    versions = {"name": "table"}  # noqa: RUF012

    def __init__(self, **table: float) -> None:
        self.table = table

    def score(self, goals):
        return [log(self.table.get(goal.parts[0].conclusion, 1.0)) for goal in goals]


def goals(*names: str) -> Subgoals:
    return Subgoals(tuple(map(Goal.single, names)))


SCORES = Table(a=0.9, b=0.5, c=0.6, d=0.7, e=0.4)


def fork(search: UpDown, seed: int = 0) -> ProofGraph:
    """The theorem, explored: two goals by t, or one by u."""
    graph = ProofGraph(Goal.single("root"))
    search.reset(graph, seed)
    assert search.get_goal() == [0]
    edges = [graph.add(0, "t", goals("a", "b"), log(0.6)), graph.add(0, "u", goals("c"), log(0.3))]
    graph.mark_explored(0)
    search.process_response(edges)
    return graph


def last_event(search):
    """The rows of the last event in the search's trace."""
    events = search.search_trace.events
    return [row for row in events if row.index == events[-1].index]


def test_the_goals_of_the_best_partial_proof_are_offered_the_least_likely_first():
    search = UpDown(SCORES)
    fork(search)
    # By t: 0.99 * 0.6 * 0.9 * 0.5 = 0.2673; by u: 0.99 * 0.3 * 0.6 = 0.1782.
    assert search.get_goal() == [2, 1]
    event = last_event(search)
    assert [(row.kind, row.node, row.edge) for row in event] == [
        ("follow", 0, 0),
        ("select", 2, None),
        ("select", 1, None),
    ]
    assert [exp(-row.cost) for row in event] == pytest.approx([0.2673, 0.5, 0.9])
    assert [row.score for row in event[1:]] == pytest.approx([log(0.5), log(0.9)])


def test_without_the_policy_only_goals_and_the_number_of_tactics_count():
    search = UpDown(SCORES, policy_weight=0.0)
    fork(search)
    # By t: 0.99 * 0.9 * 0.5 = 0.4455; by u: 0.99 * 0.6 = 0.594.
    assert search.get_goal() == [3]


def test_a_batch_takes_the_least_likely_goals():
    search = UpDown(SCORES, batch_size=1)
    fork(search)
    assert search.get_goal() == [2]


def test_scores_go_up_several_levels_and_change_the_choice():
    search = UpDown(SCORES)
    graph = fork(search)
    search.get_goal()
    edges = [graph.add(2, "v", goals("d", "e"), log(0.8)), graph.add(1, "w", goals("f"), log(0.9))]
    graph.mark_explored(2)
    search.process_response(edges)
    # b falls from 0.5 to 0.99 * 0.8 * 0.7 * 0.4 = 0.22176; a is 0.9 left open after w: 0.9 * 0.9 = 0.81, and by w
    # 0.99 * 0.9 * 1 = 0.891. So t: 0.99 * 0.6 * 0.891 * 0.22176 = 0.11737, and u is better with 0.1782.
    assert search.get_goal() == [3]
    search.process_response([graph.add(3, "x", Failure("rejected"), log(0.1))])
    # Now c is 0.6 * 0.1, and t is better again: it leaves e, d and f open.
    assert search.get_goal() == [5, 4, 6]
    event = last_event(search)
    assert exp(-event[0].cost) == pytest.approx(0.11737, abs=1e-5)
    assert [(row.node, row.edge) for row in event if row.kind == "follow"] == [(0, 0), (2, 2), (1, 3)]


def test_a_proved_goal_costs_nothing_any_more():
    search = UpDown(SCORES)
    graph = fork(search)
    search.get_goal()
    search.process_response([graph.add(2, "close", goals(), log(0.01))])
    assert search.get_goal() == [1]
    # 0.99 * 0.6 * 0.9
    assert exp(-last_event(search)[0].cost) == pytest.approx(0.5346)


def test_sampled_partial_proofs_are_drawn_by_the_softmax_of_the_best_behind_each():
    drawn = Counter()
    for seed in range(2000):
        search = UpDown(SCORES, temperature=0.5)
        fork(search, seed)
        drawn[search.get_goal()[0]] += 1
    # Squares of 0.2673 and 0.1782: 9 to 4.
    assert drawn[2] / 2000 == pytest.approx(9 / 13, abs=0.035)
    assert drawn[3] / 2000 == pytest.approx(4 / 13, abs=0.035)


def test_goals_that_cannot_help_are_never_part_of_a_partial_proof():
    search = UpDown(Table(dead=1.0, x=1.0, low=0.001))
    graph = ProofGraph(Goal.single("root"))
    search.reset(graph)
    search.get_goal()
    edges = [graph.add(0, "t", goals("dead", "x"), -0.1), graph.add(0, "u", goals("low"), -5.0)]
    graph.mark_explored(0)
    graph.mark_explored(1)
    search.process_response(edges)
    assert search.get_goal() == [3]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"temperature": -1.0}, "temperature must be at least 0, got -1.0"),
        ({"discount": 1.0}, "discount must be above 0 and below 1, got 1.0"),
        ({"policy_weight": -1.0}, "policy_weight must be at least 0, got -1.0"),
    ],
)
def test_settings_out_of_range_are_refused(settings, message):
    with pytest.raises(BadInput, match=message):
        UpDown(**settings)
