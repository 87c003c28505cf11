"""Shortest proofs by several measures, and which goals and tactics belong to them."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import Literal, get_args

from aitp_gym.errors import BadInput
from aitp_gym.proof import Edge, ProofGraph, Status

__all__ = ["MinimalProofs", "ProofMetric", "minimal_proofs"]

ProofMetric = Literal["length", "depth", "time"]


@dataclass(frozen=True, slots=True)
class MinimalProofs:
    """The minimal proofs of every goal of a graph.

    Attributes:
        size: of the minimal proof of each proved goal, by node id.
        edges: of each proved goal, the edges that begin a minimal proof of it.
        in_proof: goals that some proof of the theorem uses.
        in_minimal_proof: goals that some minimal proof of the theorem uses.
    """

    size: dict[int, float]
    edges: dict[int, tuple[int, ...]]
    in_proof: frozenset[int]
    in_minimal_proof: frozenset[int]


def minimal_proofs(graph: ProofGraph, metric: ProofMetric) -> MinimalProofs:
    """Measure all proofs in a graph, by Knuth's generalisation of Dijkstra's algorithm.

    Args:
        graph: of an attempt.
        metric: `length` counts the tactics of the proof written out as a tree, `depth` those on its longest branch, and
            `time` adds up the wall seconds they took.

    Raises:
        BadInput: there is no such metric.
    """
    if metric not in get_args(ProofMetric):
        raise BadInput(f"metric must be one of {', '.join(get_args(ProofMetric))}, got {metric!r}.")
    size: dict[int, float] = {}
    waiting = {edge.id: len(edge.children) for edge in graph.edges if edge.status is Status.PROVED}
    heap = [(_size(graph.edges[e], metric, size), e) for e, missing in waiting.items() if missing == 0]
    heapq.heapify(heap)
    edges: dict[int, list[int]] = {}
    while heap:
        value, e = heapq.heappop(heap)
        n = graph.edges[e].node
        if n in size:
            if value == size[n]:
                edges[n].append(e)
            continue
        size[n], edges[n] = value, [e]
        for above in graph.nodes[n].parents:
            if above in waiting:
                waiting[above] -= 1
                if waiting[above] == 0:
                    heapq.heappush(heap, (_size(graph.edges[above], metric, size), above))
    minimal = {n: tuple(found) for n, found in edges.items()}
    proving = {n: tuple(e for e in graph.nodes[n].edges if graph.edges[e].status is Status.PROVED) for n in size}
    return MinimalProofs(size, minimal, _reached(graph, proving), _reached(graph, minimal))


def _size(edge: Edge, metric: ProofMetric, size: dict[int, float]) -> float:
    below = [size[child] for child in edge.children]
    match metric:
        case "length":
            return 1 + sum(below)
        case "depth":
            return 1 + max(below, default=0)
        case "time":
            return edge.outcome.elapsed_s + sum(below)


def _reached(graph: ProofGraph, edges: dict[int, tuple[int, ...]]) -> frozenset[int]:
    """Goals that the edges lead to from the theorem, if that is proved."""
    seen = {0} & edges.keys()
    stack = list(seen)
    while stack:
        for e in edges[stack.pop()]:
            for child in graph.edges[e].children:
                if child not in seen:
                    seen.add(child)
                    stack.append(child)
    return frozenset(seen)
