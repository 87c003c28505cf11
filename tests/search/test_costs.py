"""Least costs in an AND/OR graph, against the definition iterated to its fixpoint."""

from __future__ import annotations

from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aitp_gym.proof import Edge, Failure, Goal, Node, ProofGraph, Status, Subgoals
from aitp_gym.search.costs import Costs


def goals(*names: str) -> Subgoals:
    return Subgoals(tuple(map(Goal.single, names)))


def own(node: Node) -> float:
    return inf if node.explored else 1.0 + node.id % 4


def step(edge: Edge) -> float:
    return 0.25 + edge.id % 3


def by_definition(graph: ProofGraph) -> list[float]:
    """From above no goal is cheap because of itself: costs begin at their own and only fall."""
    costs = [0.0 if node.status is Status.PROVED else own(node) for node in graph.nodes]
    changed = True
    while changed:
        changed = False
        for edge in graph.edges:
            if isinstance(edge.outcome, Subgoals):
                cost = step(edge) + sum(costs[child] for child in edge.children)
                if cost < costs[edge.node]:
                    costs[edge.node], changed = cost, True
    return costs


def test_a_hand_computed_case():
    graph = ProofGraph(Goal.single("root"))
    costs = Costs(graph, own=lambda node: inf if node.explored else 2.0, step=lambda edge: 0.5)
    graph.add(0, "t", goals("a", "b"))
    graph.add(0, "u", goals("c"))
    costs.refresh([0])
    # The root left open costs 2; by t it costs 0.5 + 2 + 2, by u 0.5 + 2.
    assert (costs[0], costs.best_edge(0)) == (2.0, (2.5, 1))
    graph.mark_explored(0)
    costs.refresh([0])
    assert costs[0] == 2.5
    graph.add(1, "close", goals())
    graph.add(2, "v", goals("d"))
    graph.mark_explored(2)
    costs.refresh([1, 2])
    # a is proved and b costs 0.5 + 2, so t costs 0.5 + 0 + 2.5.
    assert [costs[n] for n in range(5)] == [2.5, 0.0, 2.5, 2.0, 2.0]
    assert costs.edge(0) == 3.0
    graph.mark_explored(3)
    costs.refresh([3])
    assert (costs[0], costs[3]) == (3.0, inf)


def test_goals_that_only_lead_to_each_other_are_not_cheap():
    graph = ProofGraph(Goal.single("root"))
    costs = Costs(graph, own, step)
    graph.add(0, "t", goals("a"))
    graph.add(1, "t", goals("b"))
    graph.add(2, "t", goals("a"))
    graph.mark_explored(0)
    graph.mark_explored(1)
    costs.refresh([0, 1, 2])
    assert costs[0] < inf
    graph.mark_explored(2)
    costs.refresh([2])
    assert [costs[n] for n in range(3)] == [inf] * 3


ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(0, 9), st.lists(st.integers(0, 7), max_size=3)),
        st.tuples(st.just("fail"), st.integers(0, 9), st.none()),
        st.tuples(st.just("explore"), st.integers(0, 9), st.none()),
    ),
    max_size=40,
)


@settings(max_examples=300, deadline=None)
@given(actions=ACTIONS, every=st.integers(1, 4))
def test_every_history_agrees_with_the_definition(actions, every):
    graph = ProofGraph(Goal.single("0"))
    costs = Costs(graph, own, step)
    touched = set()
    for i, (action, number, names) in enumerate(actions):
        n = number % len(graph.nodes)
        touched.add(n)
        if action == "add":
            graph.add(n, f"t{i}", goals(*map(str, names)))
        elif action == "fail":
            graph.add(n, f"t{i}", Failure("rejected"))
        else:
            graph.mark_explored(n)
        if i % every == 0:
            costs.refresh(touched)
            touched.clear()
            expected = by_definition(graph)
            assert [costs[n] for n in range(len(graph.nodes))] == pytest.approx(expected)
            assert not any(costs.is_stale(node) for node in graph.nodes)
            for node in graph.nodes:
                cost, e = costs.best_edge(node.id)
                if cost < inf and node.status is Status.OPEN:
                    assert cost == pytest.approx(
                        step(graph.edges[e]) + sum(expected[c] for c in graph.edges[e].children)
                    )
