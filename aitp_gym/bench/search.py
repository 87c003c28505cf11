"""Figures of the search models: what choosing goals costs as the graph grows, the graph's own work left out."""

from __future__ import annotations

import gc
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..proof import Failure, Goal, ProofGraph, Status, Subgoals

__all__ = ["SEARCHES", "SIZES", "Overhead", "grow", "make_search", "overheads", "search_figures"]

SEARCHES = ("best_first", "breadth_first", "depth_first", "fringe", "updown", "updown_sampled", "htps", "htps_puct")
SIZES = (1_000, 10_000, 100_000)
_TACTICS = 32
_EXPANSIONS = 400


def search_figures(sizes: Sequence[int] = SIZES) -> dict[str, Any]:
    """Measure every search model on graphs of each size.

    Args:
        sizes: numbers of nodes, ascending.

    Returns:
        For each search `overhead_ms` and `p99_ms`, each by the size of the graph: milliseconds in `get_goal` and
        `process_response` for each goal expanded with 32 tactics, median and 99th percentile. CPU time, with that of
        the garbage collector, so that what the machine does besides is left out.
    """
    return {name: _figures(overheads(make_search(name), sizes)) for name in SEARCHES}


def make_search(name: str) -> Any:
    """A search model by its name in `SEARCHES`."""
    from .. import search

    makers: dict[str, Callable[[], Any]] = {
        "best_first": search.BestFirst,
        "breadth_first": search.BreadthFirst,
        "depth_first": lambda: search.DepthFirst(band=8),
        "fringe": search.Fringe,
        "updown": lambda: search.UpDown(batch_size=1),
        "updown_sampled": lambda: search.UpDown(batch_size=1, temperature=1.0),
        "htps": search.HTPS,
        "htps_puct": lambda: search.HTPS(settings=search.HTPSSettings(policy="alpha_zero")),
    }
    return makers[name]()


@dataclass(frozen=True, slots=True)
class Overhead:
    """Cost of one decision of a search.

    Attributes:
        nodes: in the graph when it was taken.
        expanded: goals it offered.
        seconds: of CPU time in `get_goal` and `process_response`.
    """

    nodes: int
    expanded: int
    seconds: float


def overheads(search: Any, sizes: Sequence[int], expansions: int = _EXPANSIONS) -> dict[int, list[Overhead]]:
    """The decisions of a search from the moment its graph has a size, a few hundred for each size."""
    found: dict[int, list[Overhead]] = {size: [] for size in sizes}
    waiting = sorted(sizes, reverse=True)
    size = 0
    gc.collect()  # of what was measured before
    for decision in grow(search):
        if waiting and decision.nodes >= waiting[-1]:
            size = waiting.pop()
        # Small graphs grow out of their size soon.
        if size and len(found[size]) < max(10, min(expansions, size // 20)):
            found[size].append(decision)
        elif not waiting:
            break
    return found


def grow(search: Any, seed: int = 0) -> Iterator[Overhead]:
    """Let a search work on a random problem that is never solved and never ends.

    A third of the tactics work and leave one to three goals. One goal in five is easy and soon closed, one in ten
    cannot be proved, one in ten is an old one. Each goal has 64 tactics, 32 of which are applied at a time.
    """
    source = random.Random(seed)
    graph = ProofGraph(Goal.single("hard 0"))
    names = ["hard 0"]
    search.reset(graph)
    while True:
        nodes = len(graph.nodes)
        started = time.thread_time()
        chosen = search.get_goal()
        seconds = time.thread_time() - started
        edges = []
        for n in chosen:
            edges += [graph.add(n, *application) for application in _applications(graph, n, names, source)]
            if graph.nodes[n].status is Status.OPEN and graph.nodes[n].visits >= 2 * _TACTICS:
                graph.mark_explored(n)
        started = time.thread_time()
        search.process_response(edges)
        seconds += time.thread_time() - started
        yield Overhead(nodes, len(chosen), seconds)


def _applications(
    graph: ProofGraph, n: int, names: list[str], source: random.Random
) -> Iterator[tuple[str, Subgoals | Failure, float]]:
    """Tactics, outcomes and log-probabilities, until the goal is closed."""
    node = graph.nodes[n]
    kind = node.goal.parts[0].conclusion.split()[0]
    logprob = graph.edges[node.edges[-1]].logprob if node.edges else -0.7
    for i in range(_TACTICS):
        logprob -= source.expovariate(8.0)
        outcome: Subgoals | Failure = Failure("rejected")
        if kind == "easy" and source.random() < 0.02:
            outcome = Subgoals(())
        elif kind != "dead" and source.random() < 1 / 3:
            # A hard goal always leaves a hard one, so that the theorem stays open.
            kinds = [kind, *source.choices(["hard", "easy", "dead"], [7, 2, 1], k=source.choice([0, 0, 1, 2]))]
            source.shuffle(kinds)
            outcome = Subgoals(tuple(Goal.single(_name(one, names, source)) for one in kinds))
        yield f"tactic {node.visits + i}", outcome, logprob
        if outcome == Subgoals(()):
            return


def _name(kind: str, names: list[str], source: random.Random) -> str:
    if source.random() < 0.1:
        old = source.choice(names)
        if old.startswith(kind):
            return old
    names.append(f"{kind} {len(names)}")
    return names[-1]


def _figures(found: dict[int, list[Overhead]]) -> dict[str, dict[str, float]]:
    costs = {
        size: sorted(1e3 * one.seconds / max(1, one.expanded) for one in decisions) for size, decisions in found.items()
    }
    return {
        "overhead_ms": {str(size): statistics.median(cost) for size, cost in costs.items()},
        "p99_ms": {str(size): cost[int(0.99 * len(cost))] for size, cost in costs.items()},
    }
