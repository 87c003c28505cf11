"""Search models on graphs built by hand."""

from __future__ import annotations

import math

import pyarrow as pa
import pytest

from aitp_gym.errors import BadInput
from aitp_gym.proof import Failure, Goal, ProofGraph, Status, Subgoals
from aitp_gym.search import HTPS, BestFirst, BreadthFirst, DepthFirst, Fringe, SearchModel, SearchTrace, UpDown
from aitp_gym.search.usefulness import first_useful, is_useful
from aitp_gym.traces.schema import SEARCH_FIELDS

BY_PRIORITY = [BestFirst, BreadthFirst, DepthFirst]
SEARCHES = [*BY_PRIORITY, Fringe, UpDown, HTPS]


def goals(*names: str) -> Subgoals:
    return Subgoals(tuple(map(Goal.single, names)))


def begin(search: SearchModel) -> ProofGraph:
    graph = ProofGraph(Goal.single("root"))
    search.reset(graph)
    return graph


@pytest.mark.parametrize("search", SEARCHES)
def test_searches_speak_the_protocol(search):
    assert isinstance(search(), SearchModel)


def test_best_first_follows_the_likeliest_path():
    search = BestFirst()
    graph = begin(search)
    assert search.get_goal() == [0]
    edges = [
        graph.add(0, "unlikely", goals("a"), -3.0),
        graph.add(0, "likely", goals("b"), -1.0),
        graph.add(0, "last", Failure("rejected"), -9.0),
    ]
    search.process_response(edges)
    assert search.get_goal() == [2]
    search.process_response([graph.add(2, "t", goals("c"), -0.5), graph.add(2, "u", goals("d"), -2.5)])
    # c is at -1.5, a at -3, what is untried at b below -1 - 2.5, d at -3.5.
    assert search.get_goal() == [3]
    graph.mark_explored(3)
    search.process_response([])
    assert search.get_goal() == [1]


def test_best_first_returns_to_a_goal_once_its_untried_tactics_are_the_best_offer():
    search = BestFirst()
    graph = begin(search)
    search.get_goal()
    search.process_response([graph.add(0, "t", goals("a"), -1.0)])
    # Untried at the root: below -1; the goal a: -1, and of equal keys the older goal comes first.
    assert search.get_goal() == [0]
    search.process_response([graph.add(0, "u", goals("b"), -2.0)])
    assert search.get_goal() == [1]
    search.process_response([graph.add(1, "v", Failure("rejected"), -0.5)])
    assert search.get_goal() == [1]
    search.process_response([graph.add(1, "w", Failure("rejected"), -4.0)])
    assert search.get_goal() == [0]


def test_best_first_moves_a_goal_forward_when_a_likelier_path_reaches_it():
    search = BestFirst()
    graph = begin(search)
    search.get_goal()
    search.process_response(
        [graph.add(0, "t", goals("a"), -5.0), graph.add(0, "u", goals("b"), -4.0), graph.add(0, "v", goals("c"), -6.0)]
    )
    assert search.get_goal() == [2]
    search.process_response([graph.add(2, "w", goals("c"), -0.1), graph.add(2, "x", Failure("rejected"), -7.0)])
    assert search.get_goal() == [3]


def test_missing_log_probabilities_count_as_nothing():
    search = BestFirst()
    graph = begin(search)
    search.get_goal()
    search.process_response([graph.add(0, "t", goals("a")), graph.add(0, "u", goals("b"), -1.0)])
    assert graph.nodes[1].logprob == 0.0
    assert search.get_goal() == [1]


def test_breadth_first_finishes_a_layer_before_the_next_and_all_layers_before_a_second_round():
    search = BreadthFirst()
    graph = begin(search)
    order = []
    script = {0: goals("a", "b"), 1: goals("c"), 2: goals("d")}
    for round_ in range(2):
        for _ in range(5):
            (n,) = search.get_goal()
            order.append(n)
            outcome = script.get(n, Failure("rejected")) if round_ == 0 else Failure("rejected")
            search.process_response([graph.add(n, f"t{round_}", outcome)])
    assert order == [0, 1, 2, 3, 4] * 2


def test_breadth_first_lets_late_goals_catch_up():
    search = BreadthFirst()
    graph = begin(search)
    for n, outcome in [(0, goals("a")), (1, Failure("rejected")), (0, goals("b"))]:
        assert search.get_goal() == [n]
        search.process_response([graph.add(n, "t", outcome)])
    assert search.get_goal() == [2]


@pytest.mark.parametrize("search", SEARCHES)
def test_a_search_is_exhausted_only_when_every_useful_goal_is_explored(search):
    search = search()
    graph = begin(search)
    for _ in range(50):
        assert search.get_goal() == [0]
        search.process_response([graph.add(0, "t", Failure("timeout"), -1.0)])
    assert search.get_goal() == [0]
    graph.mark_explored(0)
    search.process_response([])
    assert search.get_goal() == []


@pytest.mark.parametrize("search", SEARCHES)
def test_goals_below_proved_or_beside_failed_goals_are_not_offered(search):
    search = search()
    graph = begin(search)
    search.get_goal()
    edges = [
        graph.add(0, "t", goals("proved", "needed"), -1.0),
        graph.add(0, "u", goals("dead", "beside dead"), -1.0),
        graph.add(1, "v", goals("below proved"), -0.1),
        graph.add(1, "close", goals(), -0.1),
    ]
    graph.mark_explored(3)
    graph.mark_explored(0)
    search.process_response(edges)
    assert [graph.nodes[n].status for n in (1, 3)] == [Status.PROVED, Status.FAILED]
    assert [graph.nodes[n].status for n in (2, 4, 5)] == [Status.OPEN] * 3
    assert search.get_goal() == [2]
    graph.mark_explored(2)
    search.process_response([])
    assert search.get_goal() == []


@pytest.mark.parametrize("search", SEARCHES)
def test_goals_come_back_after_a_refused_proof(search):
    search = search()
    graph = begin(search)
    search.get_goal()
    edge = graph.add(0, "t", goals("a"), -0.1)
    search.process_response([edge])
    graph.mark_explored(0)
    assert search.get_goal() == [1]
    closing = graph.add(1, "close", goals(), -0.1)
    assert graph.root.status is Status.PROVED
    graph.invalidate(closing.id, "not a proof")
    search.process_response([closing])
    assert search.get_goal() == [1]


@pytest.mark.parametrize("search", SEARCHES)
def test_goals_dropped_as_proved_are_found_again_after_a_refusal(search):
    search = search()
    graph = begin(search)
    search.get_goal()
    split = graph.add(0, "t", goals("a", "b"), -0.1)
    search.process_response([split])
    graph.mark_explored(0)
    closing = graph.add(1, "close", goals(), -0.1)
    assert search.get_goal() == [2]
    search.process_response([])
    assert search.get_goal() == [2]
    graph.mark_explored(2)
    graph.add(2, "late", goals(), -0.2)
    assert graph.root.status is Status.PROVED
    search.process_response([])
    assert search.get_goal() == []
    graph.invalidate(closing.id, "not a proof")
    assert search.get_goal() == [1]


def test_after_a_refusal_goals_that_were_proved_compete_again():
    search = BestFirst()
    graph = begin(search)
    search.get_goal()
    search.process_response([graph.add(0, "t", goals("a", "b"), -1.0), graph.add(0, "u", goals("c"), -5.0)])
    graph.mark_explored(0)
    closing = graph.add(1, "close", goals(), -0.1)
    assert search.get_goal() == [2]
    search.process_response([graph.add(2, "t", Failure("rejected"), -9.0)])
    graph.invalidate(closing.id, "refused")
    assert search.get_goal() == [1]


@pytest.mark.parametrize("search", SEARCHES)
def test_goals_dropped_as_useless_are_found_again_when_a_failed_goal_is_revived(search):
    search = search()
    graph = begin(search)
    search.get_goal()
    edge = graph.add(0, "t", goals("a", "b"), -1.0)
    graph.mark_explored(0)
    graph.mark_explored(1)
    search.process_response([edge])
    assert search.get_goal() == []
    graph.add(1, "new idea", goals("c"), -1.0)
    first = search.get_goal()
    assert first
    assert set(first) <= {2, 3}


@pytest.mark.parametrize("search", [BestFirst, BreadthFirst])
def test_a_batch_has_distinct_open_goals(search):
    search = search(batch_size=3)
    graph = begin(search)
    assert search.get_goal() == [0]
    search.process_response([graph.add(0, "t", goals("a", "b", "c", "d", "a"), -1.0)])
    graph.mark_explored(0)
    first = search.get_goal()
    assert first == [1, 2, 3]
    search.process_response([graph.add(n, "t", Failure("rejected"), -2.0) for n in first])
    assert search.get_goal()[0] == 4


@pytest.mark.parametrize("search", SEARCHES)
def test_the_trace_fits_its_table_also_for_impossible_tactics(search):
    search = search()
    graph = begin(search)
    search.get_goal()
    search.process_response([graph.add(0, "t", goals("a"), -math.inf)])
    graph.mark_explored(0)
    assert search.get_goal() == [1]
    events = search.search_trace.events
    assert [(event.node, event.edges) for event in events if event.kind == "select"] == [(0, 0), (1, 1)]
    table = pa.array(events, pa.struct(SEARCH_FIELDS))
    assert [row["node"] for row in table.to_pylist()] == [event.node for event in events]


def test_a_trace_keeps_so_many_rows_and_says_that_it_was_cut():
    trace = SearchTrace(ProofGraph(Goal.single("root")), max_events=3)
    for node in range(3):
        trace.begin()
        trace.add("select", node)
    assert [(event.index, event.node) for event in trace.events] == [(0, 0), (1, 1), (2, 2)]
    assert not trace.is_cut
    trace.add("select", 3)
    assert len(trace.events) == 3
    assert trace.is_cut


@pytest.mark.parametrize("search", SEARCHES)
def test_reset_forgets_the_attempt_before(search):
    search = search()
    begin(search)
    search.get_goal()
    begin(search)
    assert search.search_trace.events == []
    assert search.get_goal() == [0]


@pytest.mark.parametrize("search", [*BY_PRIORITY, Fringe, UpDown])
def test_a_batch_has_at_least_one_goal(search):
    with pytest.raises(BadInput, match=r"batch_size must be at least 1.*, got 0"):
        search(batch_size=0)


def test_depth_first_goes_down_the_likeliest_tactic_and_its_first_subgoal():
    search = DepthFirst()
    graph = begin(search)
    search.get_goal()
    search.process_response([graph.add(0, "t", goals("a", "b"), -0.1), graph.add(0, "u", goals("c"), -2.0)])
    assert search.get_goal() == [1]
    search.process_response([graph.add(1, "t", goals("d"), -9.0)])
    assert search.get_goal() == [4]
    graph.mark_explored(4)
    search.process_response([])
    assert search.get_goal() == [1]
    graph.mark_explored(1)
    search.process_response([])
    # "a" has failed, and with it the tactic that needs it: "b" cannot help any more.
    assert search.get_goal() == [3]


def test_depth_first_in_bands_explores_all_of_a_band_before_the_next():
    search = DepthFirst(band=2)
    graph = begin(search)
    visited = []
    for depth in range(4):
        (n,) = search.get_goal()
        visited.append(n)
        edges = [graph.add(n, "t", goals(f"left {depth}"))]
        if depth == 0:
            edges.append(graph.add(n, "u", goals("right")))
        graph.mark_explored(n)
        search.process_response(edges)
    # left 0 is node 1, right node 2; left 1, at depth 2, belongs to the next band.
    assert visited == [0, 1, 2, 3]


def test_a_band_has_at_least_one_tactic():
    with pytest.raises(BadInput, match="band must be at least 1 or None, got 0"):
        DepthFirst(band=0)


def test_usefulness_sees_through_long_paths_and_cycles():
    graph = ProofGraph(Goal.single("root"))
    for i in range(400):
        graph.add(i, "t", goals(f"g{i}"))
        graph.add(i + 1, "back", goals("root"))
    assert is_useful(graph, 400)
    assert is_useful(graph, 100)
    graph.add(50, "close", goals())
    assert graph.root.status is Status.PROVED
    assert not is_useful(graph, 100)


def test_the_first_useful_goal_is_the_oldest_that_can_help():
    graph = ProofGraph(Goal.single("root"))
    assert first_useful(graph) == 0
    graph.add(0, "t", goals("a", "dead"))
    graph.add(0, "u", goals("b"))
    graph.mark_explored(0)
    assert first_useful(graph) == 1
    graph.mark_explored(2)
    assert first_useful(graph) == 3
    graph.mark_explored(3)
    assert graph.root.status is Status.FAILED
    assert first_useful(graph) is None
