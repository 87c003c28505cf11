"""What HTPS would teach, on a graph built by hand."""

from __future__ import annotations

import json
from dataclasses import asdict
from math import log

import pytest

from aitp_gym.errors import BadInput
from aitp_gym.proof import Goal, ProofGraph, Subgoals
from aitp_gym.search import HTPS, HTPSSettings, HTPSTargetSettings
from aitp_gym.search.proof_metrics import minimal_proofs


def goals(*names: str, s: float = 1.0) -> Subgoals:
    return Subgoals(tuple(map(Goal.single, names)), s)


def two_proofs() -> ProofGraph:
    """Two proofs of the theorem, and a goal that only helped itself.

    Edges: 0 root -wide-> a, b (1 s); 1 root -long-> c (1 s); 2 a closed (9 s); 3 b closed (9 s); 4 c -> d (1 s);
    5 d closed (1 s); 6 root -idle-> e, f; 7 e closed; 8 a -detour-> d (1 s).
    """
    graph = ProofGraph(Goal.single("root"))
    graph.add(0, "wide", goals("a", "b"), log(0.5))
    graph.add(0, "long", goals("c"), log(0.2))
    graph.add(1, "close", goals(s=9.0), log(0.5))
    graph.add(2, "close", goals(s=9.0), log(0.5))
    graph.add(3, "on", goals("d"), log(0.5))
    graph.add(4, "close", goals(), log(0.5))
    graph.add(0, "idle", goals("e", "f"), log(0.1))
    graph.add(5, "close", goals(), log(0.5))
    graph.add(1, "detour", goals("d"), log(0.3))
    return graph


@pytest.mark.parametrize(
    ("metric", "size", "edges", "in_minimal"),
    [
        # wide: 1 + 1 + 1; long: 1 + 1 + 1. Both are minimal; a by its first tactic.
        ("length", 3, (0, 1), {0, 1, 2, 3, 4}),
        # wide: 2, long: 3.
        ("depth", 2, (0,), {0, 1, 2}),
        # wide: 1 + min(9, 1 + 1) + 9, long: 3.
        ("time", 3.0, (1,), {0, 3, 4}),
    ],
)
def test_minimal_proofs_by_each_metric(metric, size, edges, in_minimal):
    proofs = minimal_proofs(two_proofs(), metric)
    assert (proofs.size[0], proofs.edges[0]) == (size, edges)
    assert proofs.in_proof == {0, 1, 2, 3, 4}
    assert proofs.in_minimal_proof == in_minimal
    assert set(proofs.size) == {0, 1, 2, 3, 4, 5}
    assert proofs.edges[1] == ((8,) if metric == "time" else (2,))


def test_length_is_the_distance_of_the_graph():
    graph = two_proofs()
    assert minimal_proofs(graph, "length").size == {n.id: n.distance for n in graph.nodes if n.distance is not None}


def test_an_unproved_theorem_has_proved_goals_but_none_in_a_proof():
    graph = ProofGraph(Goal.single("root"))
    graph.add(0, "t", goals("a", "b"))
    graph.add(1, "close", goals())
    proofs = minimal_proofs(graph, "depth")
    assert proofs.size == {1: 1}
    assert proofs.in_proof == proofs.in_minimal_proof == frozenset()


def test_metrics_without_a_name_are_refused():
    with pytest.raises(BadInput, match="metric must be one of length, depth, time, got 'size'"):
        minimal_proofs(two_proofs(), "size")


def rows(graph: ProofGraph, **settings) -> dict[int, dict[str, float]]:
    search = HTPS(target_settings=HTPSTargetSettings(**settings))
    search.reset(graph)
    return {row.node: dict(zip(row.tactics, row.probabilities, strict=True)) for row in search.targets().policy}


def test_goals_of_minimal_proofs_teach_their_minimal_tactics():
    assert rows(two_proofs()) == {0: {"wide": 1.0}, 1: {"close": 1.0}, 2: {"close": 1.0}}
    assert rows(two_proofs(), metric="time") == {0: {"long": 1.0}, 3: {"on": 1.0}, 4: {"close": 1.0}}


def test_masks_choose_goals_and_proved_goals_teach_all_that_proves_them():
    root, a, closed = {"wide": 0.5, "long": 0.5}, {"close": 0.5, "detour": 0.5}, {"close": 1.0}
    in_proof = {0: root, 1: a, 2: closed, 3: {"on": 1.0}, 4: closed}
    assert rows(two_proofs(), node_mask="proof") == in_proof
    assert rows(two_proofs(), node_mask="solving") == {**in_proof, 5: closed}
    assert rows(two_proofs(), node_mask="none") == {**in_proof, 5: closed}
    minimal = rows(two_proofs(), node_mask="proof", minimal_tactics=True)
    assert (minimal[0], minimal[1]) == ({"wide": 1.0}, {"close": 1.0})


def test_proved_goals_need_as_many_trajectories_only_if_asked_for():
    assert rows(two_proofs(), threshold_for_solved=True) == {}
    assert rows(two_proofs(), threshold_for_solved=True, count_threshold=0) == rows(two_proofs())


class Table:
    versions = {"name": "table"}  # noqa: RUF012

    def score(self, goals):
        return [log({"a": 0.8, "b": 0.3}.get(goal.parts[0].conclusion, 0.5)) for goal in goals]


def searched(**settings) -> HTPS:
    """The theorem unproved: a of value 0.8 was followed 3 times, b of 0.3 once, and a third tactic failed."""
    search = HTPS(
        Table(),
        HTPSSettings(policy="alpha_zero", backup_once=False),
        HTPSTargetSettings(node_mask="none", count_threshold=4, **settings),
    )
    graph = ProofGraph(Goal.single("root"))
    search.reset(graph)
    search.get_goal()
    edges = [graph.add(0, "t", goals("a"), log(0.5)), graph.add(0, "u", goals("b"), log(0.4))]
    edges.append(graph.add(0, "v", goals("dead"), log(0.1)))
    graph.mark_explored(3)
    graph.mark_explored(0)
    search.process_response(edges)
    for _ in range(4):
        search.get_goal()
        search.process_response([])
    assert [way.count for way in search.statistics[0].edges.values()] == [3, 1, 0]
    return search


def test_goals_not_proved_teach_the_shares_of_their_trajectories():
    (row,) = searched(policy="counts").targets().policy
    assert (row.node, row.goal, row.tactics, row.edges) == (0, "⊢ root", ("t", "u"), (0, 1))
    assert row.probabilities == pytest.approx((0.75, 0.25))
    assert (row.visits, row.solved, row.in_proof, row.in_minimal_proof) == (4, False, False, False)


def test_goals_not_proved_teach_the_tree_policy():
    (row,) = searched().targets().policy
    # P = 5/9 and 4/9, sqrt(4) = 2: 0.8 + 10/9 / 4 = 1.07778; 0.3 + 8/9 / 2 = 0.74444; together 1.82222.
    assert row.probabilities == pytest.approx((0.591463, 0.408537), abs=1e-6)


def test_unlikely_tactics_are_left_out():
    (row,) = searched(policy="counts", min_probability=0.3).targets().policy
    assert (row.tactics, row.probabilities) == (("t",), (0.75,))


def test_the_critic_learns_the_value_of_the_preferred_tactic_or_what_became_of_the_goal():
    soft, hard = searched().targets().critic, searched(critic="hard").targets().critic
    assert [(row.node, row.value) for row in soft] == [(0, pytest.approx(0.8))]
    assert [(row.node, row.value) for row in hard] == [(0, 0.0)]
    assert (soft[0].critic, soft[0].visits, soft[0].solved, soft[0].failed) == (pytest.approx(0.5), 4, False, False)
    search = HTPS()
    search.reset(two_proofs())
    assert {row.node: row.value for row in search.targets().critic} == dict.fromkeys(range(6), 1.0)


def test_failed_goals_teach_the_critic_zero():
    search = searched()
    search.graph.mark_explored(1)
    search.graph.mark_explored(2)
    (row,) = search.targets().critic
    assert (row.value, row.failed) == (0.0, True)
    assert search.targets().policy == ()


def test_rows_are_plain_data():
    targets = searched().targets()
    json.dumps([asdict(row) for row in (*targets.policy, *targets.critic)], allow_nan=False)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"node_mask": "all"}, "node_mask must be one of none, solving, proof, minimal_proof, got 'all'"),
        ({"metric": "size"}, "metric must be one of length, depth, time, got 'size'"),
        ({"policy": "visits"}, "policy must be one of tree_policy, counts, got 'visits'"),
        ({"critic": "mean"}, "critic must be one of soft, hard, got 'mean'"),
        ({"count_threshold": -1}, "count_threshold must be at least 0, got -1"),
    ],
)
def test_settings_out_of_range_are_refused(settings, message):
    with pytest.raises(BadInput, match=message):
        HTPSTargetSettings(**settings)
