"""Large graphs: the cost of building and settling them grows with their size, not with its square."""

from __future__ import annotations

import gc
import random
import time
from collections.abc import Callable

import pytest

from aitp_gym.proof import Goal, ProofGraph, Status, Subgoals


def goals(*names: object) -> Subgoals:
    return Subgoals(tuple(Goal((), str(name)) for name in names))


def chain(length: int) -> ProofGraph:
    graph = ProofGraph(Goal((), "0"))
    for i in range(length):
        graph.add(i, "t", goals(i + 1))
    return graph


def explore_all(graph: ProofGraph, order: str = "ascending") -> None:
    nodes = list(range(len(graph.nodes)))
    if order == "descending":
        nodes.reverse()
    elif order == "random":
        random.Random(0).shuffle(nodes)
    for n in nodes:
        graph.mark_explored(n)
    assert not len(graph.open_nodes)


def proved_chain(size: int) -> None:
    graph = chain(size)
    graph.add(size, "close", goals())
    proof = graph.proof()
    assert proof is not None
    assert len(proof.steps) == graph.root.distance == size + 1
    graph.invalidate(size, "refused")
    assert graph.root.status is Status.OPEN


def failed_ring(size: int) -> None:
    for order in ("ascending", "random"):
        graph = chain(size // 2)
        assert graph.add(size // 2, "back", goals(0)).closes_cycle
        explore_all(graph, order)


def chain_of_rings(size: int) -> None:
    graph = ProofGraph(Goal((), "0"))
    rng = random.Random(1)
    for i in range(size // 2):
        graph.add(i, "t", goals(i + 1))
        assert graph.add(i + 1, "back", goals(max(0, i - rng.randrange(20)))).closes_cycle
    explore_all(graph, "descending")


def wide_tree(size: int) -> None:
    graph = ProofGraph(Goal((), "root"))
    for i in range(size // 2):
        graph.add(0, "or", goals(i))
    graph.add(0, "and", goals(*range(size // 2, size)))
    for n in range(size // 2 + 1, size + 1):
        graph.add(n, "close", goals())
    assert graph.root.distance == size - size // 2 + 1
    for n in range(1, size // 2 + 1):
        graph.mark_explored(n)
    assert not len(graph.open_nodes)


def one_lemma(size: int) -> None:
    graph = ProofGraph(Goal((), "root"))
    for i in range(size // 2):
        graph.add(0, "t", goals(i))
        graph.add(graph.edges[-1].children[0], "use", goals("lemma"))
    explore_all(graph, "descending")


def two_ladders(size: int) -> None:
    graph = ProofGraph(Goal((), "root"))
    tip = 0
    for i in range(size // 3):
        tip = graph.add(tip, "t", goals(f"a{i}")).children[0]
    tip = 0
    for i in range(size // 3):
        tip = graph.add(tip, "t", goals(f"b{i}")).children[0]
        assert not graph.add(tip, "across", goals(f"a{i}")).closes_cycle
    explore_all(graph, "random")


def random_merges(size: int) -> None:
    graph = ProofGraph(Goal((), "root"))
    rng = random.Random(2)
    while len(graph.nodes) < size // 3:
        count = len(graph.nodes)
        graph.add(rng.randrange(count), "t", goals(f"new {count}"))
        for _ in range(2):
            graph.add(rng.randrange(count), "merge", Subgoals((graph.nodes[rng.randrange(count)].goal,)))
    explore_all(graph, "random")


def support_that_fades(size: int) -> None:
    """A long chain whose last goal leans on older goals that fail one by one."""
    graph = ProofGraph(Goal((), "root"))
    sides = [graph.add(0, "t", goals(f"s{i}")).children[0] for i in range(size // 4)]
    tip = 0
    for i in range(size // 4):
        tip = graph.add(tip, "t", goals(f"c{i}")).children[0]
    for i in range(size // 4):
        graph.add(tip, "lean", goals(f"s{i}"))
    for n in {*range(len(graph.nodes))} - {*sides}:
        graph.mark_explored(n)
    for n in sides:
        assert graph.root.status is Status.OPEN
        graph.mark_explored(n)
    assert graph.root.status is Status.FAILED


@pytest.mark.parametrize(
    "build",
    [
        proved_chain,
        failed_ring,
        chain_of_rings,
        wide_tree,
        one_lemma,
        two_ladders,
        random_merges,
        support_that_fades,
    ],
)
def test_four_times_the_graph_costs_far_less_than_sixteen_times(build: Callable[[int], None]):
    def cpu_s(size: int) -> float:
        started = time.process_time()
        build(size)
        return time.process_time() - started

    # The collector walks all live objects, those of other tests included.
    gc.collect()
    gc.disable()
    try:
        small = cpu_s(25_000)
        large = cpu_s(100_000)
    finally:
        gc.enable()
    assert large < 9 * small, f"{small:.2f} s for 25,000 and {large:.2f} s for 100,000"
