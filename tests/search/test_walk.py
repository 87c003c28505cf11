"""The walk from the theorem to goals to expand."""

from __future__ import annotations

import random

from aitp_gym.proof import Goal, ProofGraph, Status, Subgoals
from aitp_gym.search.walk import EXPAND, SETTLED, walk


def goals(*names: str) -> Subgoals:
    return Subgoals(tuple(map(Goal.single, names)))


def first(graph):
    """Follow the first usable edge; expand a goal that has no edges."""

    def choose(node, usable):
        if node.status is Status.PROVED:
            return SETTLED
        return next((e for e in node.edges if usable(e)), None if node.edges else EXPAND)

    return choose


def test_an_untouched_theorem_is_the_only_leaf():
    graph = ProofGraph(Goal.single("root"))
    assert walk(graph, first(graph)).choices == {0: EXPAND}


def test_children_come_before_what_needs_them_and_first_subgoals_first():
    graph = ProofGraph(Goal.single("root"))
    graph.add(0, "t", goals("a", "b", "c"))
    graph.add(1, "t", goals("d"))
    graph.add(2, "close", goals())
    found = walk(graph, first(graph))
    assert found.choices == {4: EXPAND, 1: 1, 2: SETTLED, 3: EXPAND, 0: 0}
    assert list(found.choices) == [4, 1, 2, 3, 0]
    assert found.leaves == [4, 3]


def test_a_shared_goal_is_chosen_for_once():
    graph = ProofGraph(Goal.single("root"))
    graph.add(0, "t", goals("a", "b", "a"))
    graph.add(1, "t", goals("c"))
    graph.add(2, "t", goals("c", "a"))
    assert walk(graph, first(graph)).leaves == [3]


def test_an_edge_back_is_avoided_and_where_nothing_else_is_left_the_goal_above_chooses_again():
    graph = ProofGraph(Goal.single("root"))
    graph.add(0, "t", goals("a", "b"))
    graph.add(0, "u", goals("c"))
    graph.add(1, "t", goals("d"))
    graph.add(2, "back", goals("e"))
    graph.add(5, "back", goals("root"))
    # t needs b, b needs e, and e only leads back: root chooses u, and what was chosen below t is gone.
    assert walk(graph, first(graph)).choices == {3: EXPAND, 0: 1}


def test_there_is_no_partial_proof_where_everything_leads_back():
    graph = ProofGraph(Goal.single("root"))
    graph.add(0, "t", goals("a"))
    graph.add(1, "back", goals("root"))
    assert walk(graph, first(graph)) is None


def test_a_path_of_ten_thousand_goals_is_no_problem():
    graph = ProofGraph(Goal.single("0"))
    for i in range(10_000):
        graph.add(i, "t", goals(str(i + 1)))
    assert walk(graph, first(graph)).leaves == [10_000]


def test_random_walks_are_partial_proofs_without_circles():
    source = random.Random(0)
    found_some = 0
    for _ in range(500):
        graph = ProofGraph(Goal.single("0"))
        for _ in range(20):
            n = source.randrange(len(graph.nodes))
            graph.add(n, "t", goals(*map(str, source.choices(range(8), k=source.randint(1, 3)))))

        def choose(node, usable, source=source):
            ways = [e for e in node.edges if usable(e)]
            return source.choice(ways or [EXPAND]) if source.random() < 0.9 else None

        found = walk(graph, choose)
        if found is None:
            continue
        found_some += 1
        place = {n: i for i, n in enumerate(found.choices)}
        reached = {0}
        for n in reversed(found.choices):
            if (e := found.choices[n]) >= 0:
                assert graph.edges[e].node == n
                assert all(place[child] < place[n] for child in graph.edges[e].children)
                reached.update(graph.edges[e].children)
        assert reached == set(found.choices)
    assert found_some > 200
