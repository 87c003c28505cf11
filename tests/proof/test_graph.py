"""What a proof graph promises, case by case."""

from __future__ import annotations

import copy
import math
import pickle
from itertools import islice

import pytest

from aitp_gym.errors import BadInput
from aitp_gym.proof import DISTANCE_CAP, Failure, Goal, ProofGraph, Status, Subgoals


def goals(*names: str | None) -> Subgoals:
    return Subgoals(tuple(Goal((), name) for name in names))


@pytest.fixture
def graph() -> ProofGraph:
    return ProofGraph(Goal((), "root"))


def test_a_new_graph_has_an_open_root(graph):
    assert (graph.root.status, graph.root.distance, graph.proof()) == (Status.OPEN, None, None)
    assert list(graph.open_nodes) == [0]
    assert repr(graph) == "<ProofGraph: OPEN, 1 nodes, 0 edges>"


def test_goals_with_equal_keys_are_one_node_and_goals_without_a_key_never_are(graph):
    edge = graph.add(0, "t", goals("a", None, "a", None))
    assert edge.children == (1, 2, 1, 3)
    assert graph.nodes[1].parents == [0, 0]
    assert graph.add(2, "t", goals(None)).children == (4,)


def test_distance_counts_a_repeated_subgoal_each_time_and_the_proof_stores_it_once(graph):
    graph.add(0, "split", goals("a", "a"))
    graph.add(1, "step", goals("b"))
    graph.add(2, "close", goals())
    assert graph.root.distance == 1 + 2 * 2
    proof = graph.proof()
    assert proof is not None
    assert [step.children for step in proof.steps] == [(1, 1), (2,), ()]
    assert proof.script() == ["split", "step", "close", "step", "close"]


def test_a_shorter_proof_found_later_replaces_the_longer_one(graph):
    graph.add(0, "long", goals("a"))
    graph.add(1, "longer", goals("b"))
    graph.add(2, "close", goals())
    assert graph.root.distance == 3
    shortcut = graph.add(1, "close at once", goals())
    assert (graph.root.distance, graph.nodes[1].distance) == (2, 1)
    assert graph.best_edge(1) is shortcut
    proof = graph.proof()
    assert proof is not None
    assert [step.tactic for step in proof.steps] == ["long", "close at once"]


def test_subgoals_stand_in_the_proof_in_the_order_of_the_tactic(graph):
    graph.add(0, "split", goals("left", "right"))
    graph.add(2, "close right", goals())
    graph.add(1, "close left", goals())
    proof = graph.proof()
    assert proof is not None
    assert [step.tactic for step in proof.steps] == ["split", "close left", "close right"]
    assert [step.edge for step in proof.steps] == [0, 2, 1]


def test_a_proof_of_a_subgoal_can_be_asked_for(graph):
    graph.add(0, "split", goals("a", "b"))
    graph.add(1, "close", goals())
    proof = graph.proof(1)
    assert proof is not None
    assert [step.tactic for step in proof.steps] == ["close"]
    assert graph.proof() is None


def test_distances_saturate_and_proofs_stay_acyclic_there(graph):
    names = ["root", *(f"g{i}" for i in range(100))]
    for i in range(100):
        graph.add(i, "double", goals(names[i + 1], names[i + 1]))
    for i in range(0, 100, 10):
        graph.add(100 - i, "back", goals(names[0]))
    graph.add(100, "close", goals())
    for i in range(0, 90, 10):
        graph.add(i + 5, "back again", goals(names[i]))
    assert graph.root.distance == DISTANCE_CAP
    assert graph.nodes[60].distance == 2**41 - 1
    proof = graph.proof()
    assert proof is not None
    assert len(proof.steps) == 101
    assert all(child > i for i, step in enumerate(proof.steps) for child in step.children)


def test_an_edge_back_to_an_ancestor_or_to_itself_closes_a_cycle_and_proves_nothing(graph):
    assert not graph.add(0, "t", goals("a")).closes_cycle
    assert graph.add(1, "t", goals("root", "b")).closes_cycle
    assert graph.add(2, "t", goals("b")).closes_cycle
    assert not graph.add(0, "u", goals("c", "c")).closes_cycle
    assert graph.root.status is Status.OPEN
    assert graph.ancestors(2) == {0, 1, 2}
    assert graph.ancestors(3) == {0, 1}


def test_goals_that_close_only_through_each_other_fail_once_both_are_explored(graph):
    graph.add(0, "t", goals("a"))
    graph.add(1, "t", goals("b"))
    graph.add(2, "t", goals("a"))
    graph.mark_explored(0)
    graph.mark_explored(1)
    assert graph.root.status is Status.OPEN
    graph.mark_explored(2)
    assert [n.status for n in graph.nodes] == [Status.FAILED] * 3
    assert [e.status for e in graph.edges] == [Status.FAILED] * 3
    assert list(graph.open_nodes) == []


def test_one_way_out_keeps_a_whole_circle_open(graph):
    graph.add(0, "t", goals("a"))
    graph.add(1, "t", goals("b"))
    graph.add(2, "t", goals("a"))
    graph.add(2, "out", goals("c"))
    for n in range(3):
        graph.mark_explored(n)
    assert [n.status for n in graph.nodes] == [Status.OPEN] * 4
    graph.mark_explored(3)
    assert [n.status for n in graph.nodes] == [Status.FAILED] * 4


def test_a_tactic_on_a_failed_goal_revives_what_depends_on_it(graph):
    graph.add(0, "t", goals("a"))
    graph.mark_explored(0)
    graph.mark_explored(1)
    assert graph.root.status is Status.FAILED
    graph.add(1, "new idea", goals("b"))
    assert [n.status for n in graph.nodes] == [Status.OPEN] * 3
    graph.add(2, "close", goals())
    assert graph.root.status is Status.PROVED


def test_a_revived_goal_does_not_hold_up_what_revived_it(graph):
    graph.add(0, "t", goals("way out", "late"))
    graph.add(0, "u", goals("a"))
    graph.add(0, "v", goals("way out"))
    late = 2
    graph.mark_explored(late)
    graph.mark_explored(0)
    graph.add(3, "back", goals("root"))
    graph.mark_explored(3)
    graph.add(3, "t", goals("b"))
    graph.add(4, "back", goals("a"))
    graph.mark_explored(4)
    assert graph.nodes[late].status is Status.FAILED
    graph.add(late, "lean", goals("b"))
    graph.add(4, "lean back", goals("late"))
    assert graph.nodes[4].status is graph.nodes[late].status is Status.OPEN
    graph.mark_explored(1)
    assert [n.status for n in graph.nodes] == [Status.FAILED] * 5


def test_a_failed_sibling_fails_the_edge_and_not_the_goal_beside_it(graph):
    edge = graph.add(0, "t", goals("a", "b"))
    graph.mark_explored(1)
    assert edge.status is Status.FAILED
    assert [n.status for n in graph.nodes] == [Status.OPEN, Status.FAILED, Status.OPEN]


def test_exploring_a_proved_goal_changes_nothing(graph):
    graph.add(0, "close", goals())
    graph.mark_explored(0)
    graph.mark_explored(0)
    assert graph.root.status is Status.PROVED


def test_a_refused_edge_becomes_a_failure_and_keeps_its_children_for_the_record(graph):
    graph.add(0, "t", goals("a"))
    closing = graph.add(1, "cheat", Subgoals((), elapsed_s=0.5, cpu_s=0.25))
    graph.mark_explored(0)
    graph.mark_explored(1)
    graph.invalidate(closing.id, "uses an axiom")
    assert closing.outcome == Failure("rejected", "uses an axiom", 0.5, 0.25)
    assert (closing.refused, closing.status, closing.distance) == (True, Status.FAILED, None)
    assert [n.status for n in graph.nodes] == [Status.FAILED] * 2
    graph.invalidate(0, "no better")
    assert graph.edges[0].children == (1,)
    assert graph.revision == 2


def test_after_a_refusal_the_next_best_proof_stands(graph):
    short = graph.add(0, "cheat", goals())
    graph.add(0, "work", goals("a"))
    graph.add(1, "close", goals())
    graph.invalidate(short.id, "no")
    assert graph.root.distance == 2
    proof = graph.proof()
    assert proof is not None
    assert [step.tactic for step in proof.steps] == ["work", "close"]


def test_depth_and_log_probability_follow_the_best_path_that_reached_the_goal(graph):
    graph.add(0, "t", goals("a"), -1.0)
    graph.add(1, "t", goals("b"), -2.0)
    assert (graph.nodes[2].depth, graph.nodes[2].logprob) == (2, -3.0)
    graph.add(0, "u", goals("b"), -0.5)
    assert (graph.nodes[2].depth, graph.nodes[2].logprob) == (1, -0.5)
    graph.add(1, "v", goals("b"), -9.0)
    assert (graph.nodes[2].depth, graph.nodes[2].logprob) == (1, -0.5)
    edge = graph.add(2, "no probability", goals("c"))
    assert math.isnan(edge.logprob)
    assert graph.nodes[3].logprob == -0.5


def test_failed_tactics_count_as_visits(graph):
    edge = graph.add(0, "t", Failure("timeout", "too slow"))
    assert (edge.children, edge.status) == ((), Status.FAILED)
    assert graph.root.visits == 1
    assert graph.root.status is Status.OPEN


def test_the_first_open_goals_come_in_order_of_creation(graph):
    for i in range(3000):
        graph.add(0, "t", goals(str(i)))
    for n in range(1, 2900):
        graph.mark_explored(n)
    assert list(islice(graph.open_nodes, 3)) == [0, 2900, 2901]
    graph.add(50, "again", goals("new"))
    assert list(islice(graph.open_nodes, 3)) == [0, 50, 2900]
    assert len(graph.open_nodes) == 104


@pytest.mark.parametrize("number", [-1, 1])
def test_ids_that_do_not_exist_are_refused(graph, number):
    for call in (
        lambda: graph.add(number, "t", goals()),
        lambda: graph.mark_explored(number),
        lambda: graph.proof(number),
        lambda: graph.ancestors(number),
    ):
        with pytest.raises(BadInput, match="id of a node, from 0 to 0"):
            call()
    graph.add(0, "t", goals())
    with pytest.raises(BadInput, match="id of an edge, from 0 to 0"):
        graph.invalidate(number, "no")


def test_a_deep_graph_is_copied_and_pickled_without_recursion(graph):
    for i in range(3000):
        graph.add(i, "t", goals(str(i)))
    for twin in (pickle.loads(pickle.dumps(graph)), copy.deepcopy(graph)):
        twin.add(3000, "close", goals())
        assert twin.root.distance == 3001
    assert graph.root.status is Status.OPEN
