"""What a choice costs does not grow with the graph."""

from __future__ import annotations

import json
import math
import sys
from collections import Counter
from itertools import islice

import pytest

from aitp_gym.bench.search import SEARCHES, SIZES, grow, make_search, overheads, search_figures
from aitp_gym.proof import Goal, ProofGraph, Status, Subgoals
from aitp_gym.search import HTPS, DepthFirst, Fringe, SearchModel, UpDown


class Counting:
    """A search that counts the Python calls inside another, for each goal that it offers."""

    def __init__(self, search: SearchModel) -> None:
        self.search = search
        self.calls = 0
        self.offered = 0

    def reset(self, graph: ProofGraph) -> None:
        self.search.reset(graph)

    def get_goal(self) -> list[int]:
        goals = self._counted(self.search.get_goal)
        self.offered += len(goals)
        return goals

    def process_response(self, edges) -> None:
        self._counted(self.search.process_response, edges)

    def _counted(self, function, *arguments):
        before = sys.getprofile()

        def count(frame, event, argument) -> None:
            self.calls += event in ("call", "c_call")

        sys.setprofile(count)
        try:
            return function(*arguments)
        finally:
            sys.setprofile(before)


@pytest.mark.parametrize("name", SEARCHES)
def test_the_work_for_a_choice_hardly_grows_with_the_graph(name):
    search = make_search(name)
    counting = Counting(search)
    decisions = grow(counting)
    work = []
    for nodes in (500, 8000):
        while next(decisions).nodes < nodes:
            pass
        counting.calls = counting.offered = 0
        on_way = len(search.search_trace.events)
        for _ in islice(decisions, 60):
            pass
        events = search.search_trace.events[on_way:]
        tactics = Counter(event.index for event in events if event.kind == "follow")
        # What HTPS does grows with the way to a leaf, and the ways get longer as it goes deeper.
        way = 1 + tactics.total() / max(1, len(tactics)) if isinstance(search, HTPS) else 1
        work.append(counting.calls / counting.offered / way)
    assert work[1] < 2 * work[0], "sixteen times as many nodes"


def test_the_benchmark_has_a_figure_for_every_search_and_size():
    figures = search_figures(sizes=(60, 120))
    assert set(figures) == set(SEARCHES)
    for measured in figures.values():
        assert set(measured) == {"overhead_ms", "p99_ms"}
        assert set(measured["overhead_ms"]) == set(measured["p99_ms"]) == {"60", "120"}
        assert all(0 < measured["overhead_ms"][size] <= measured["p99_ms"][size] for size in ("60", "120"))
    json.dumps(figures, allow_nan=False)


def test_the_problem_of_the_benchmark_is_never_solved():
    search = make_search("depth_first")
    decisions = list(islice(grow(search), 200))
    assert search.graph.root.status is Status.OPEN
    assert {Status.PROVED, Status.FAILED} <= {node.status for node in search.graph.nodes}
    assert all(decision.expanded == 1 for decision in decisions)


@pytest.mark.parametrize("search", [DepthFirst, Fringe, UpDown, lambda: UpDown(temperature=1.0), HTPS])
def test_long_paths_are_no_problem(search):
    search = search()
    graph = ProofGraph(Goal.single("0"))
    search.reset(graph)
    for i in range(1, 401):
        (n,) = search.get_goal()
        edge = graph.add(n, "t", Subgoals((Goal.single(str(i)),)), math.log(0.99))
        graph.mark_explored(n)
        search.process_response([edge])
    assert search.get_goal() == [400]


@pytest.mark.benchmark
@pytest.mark.slow
@pytest.mark.parametrize("name", SEARCHES)
def test_a_choice_takes_less_than_a_millisecond_on_a_hundred_thousand_nodes(name):
    found = overheads(make_search(name), SIZES)
    medians = {}
    for size, decisions in found.items():
        costs = sorted(decision.seconds / max(1, decision.expanded) for decision in decisions)
        medians[size] = costs[len(costs) // 2]
    assert max(medians.values()) < 1e-3
    if not name.startswith("htps"):
        assert medians[100_000] < 3 * medians[1_000]
