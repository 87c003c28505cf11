"""Goal scorers and how searches ask them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pytest

from aitp_gym.errors import BadInput
from aitp_gym.proof import Goal, ProofGraph, Subgoals
from aitp_gym.search import HTPS, ConstantScorer, Fringe, GoalScorer, UpDown
from aitp_gym.search.goal_scores import LEAST_LOGPROB, GoalScores


class Table:
    """Log-probabilities by name; remembers the batches it was asked for."""

    versions: Mapping[str, str] = {"name": "table", "digest": "0f"}  # the protocol's own type

    def __init__(self, **table: float) -> None:
        self.table = table
        self.batches: list[list[str]] = []

    def score(self, goals: Sequence[Goal]) -> list[float]:
        self.batches.append([goal.parts[0].conclusion for goal in goals])
        return [self.table.get(name, -1.0) for name in self.batches[-1]]


def goals(*names: str) -> Subgoals:
    return Subgoals(tuple(map(Goal.single, names)))


def test_the_constant_scorer_says_one_half():
    scorer = ConstantScorer()
    assert isinstance(scorer, GoalScorer)
    assert scorer.score([Goal.single("a"), Goal.single("b")]) == [math.log(0.5)] * 2
    assert ConstantScorer(1.0).score([Goal.single("a")]) == [0.0]


@pytest.mark.parametrize("probability", [0.0, -0.1, 1.1, math.nan])
def test_a_constant_that_is_no_probability_is_refused(probability):
    with pytest.raises(BadInput, match="probability must be above 0 and at most 1"):
        ConstantScorer(probability)


@pytest.mark.parametrize("search", [Fringe, UpDown, HTPS])
def test_each_response_asks_once_for_all_goals_that_are_new(search):
    scorer = Table()
    search = search(scorer)
    graph = ProofGraph(Goal.single("root"))
    search.reset(graph)
    assert search.get_goal() == [0]
    search.process_response([graph.add(0, "t", goals("a", "b"), -1.0), graph.add(0, "u", goals("b", "c"), -2.0)])
    assert scorer.batches == [["root"], ["a", "b", "c"]]
    graph.mark_explored(0)
    chosen = search.get_goal()
    search.process_response([graph.add(chosen[0], "v", goals("c", "d"), -1.0)])
    search.get_goal()
    assert scorer.batches == [["root"], ["a", "b", "c"], ["d"]]


@pytest.mark.parametrize("search", [Fringe, UpDown, HTPS])
def test_a_search_is_identified_by_its_goal_scorer_too(search):
    assert search(Table()).versions["goal_scorer.digest"] == "0f"
    assert search().versions["goal_scorer.name"] == "constant"


@pytest.mark.parametrize("search", [Fringe, UpDown, HTPS])
def test_an_attempt_begins_without_the_scores_of_the_one_before(search):
    scorer = Table()
    search = search(scorer)
    for _ in range(2):
        search.reset(ProofGraph(Goal.single("root")))
        search.get_goal()
    assert scorer.batches == [["root"], ["root"]]


def test_what_is_called_impossible_is_unlikely_but_has_a_number():
    graph = ProofGraph(Goal.single("root"))
    assert GoalScores(Table(root=-math.inf), graph)[0] == LEAST_LOGPROB


@pytest.mark.parametrize("score", [0.1, math.nan, math.inf])
def test_scores_that_are_no_log_probabilities_are_refused(score):
    graph = ProofGraph(Goal.single("root"))
    with pytest.raises(BadInput, match=r"Table.score returned .*; expected the natural logarithm"):
        GoalScores(Table(root=score), graph)[0]


def test_a_scorer_that_loses_a_goal_is_refused():
    class Short(Table):
        def score(self, goals: Sequence[Goal]) -> list[float]:
            return []

    graph = ProofGraph(Goal.single("root"))
    with pytest.raises(BadInput, match=r"Short.score was given 1 goals and returned 0 scores"):
        GoalScores(Short(), graph)[0]
