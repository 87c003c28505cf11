"""Goals as graphs of numbers: what the encoders over expression DAGs read of a text. Needs numpy alone."""

from __future__ import annotations

import re
import zlib
from collections import deque
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from aitp_gym.terms.dag import ExpressionDag, NodeKind, goal_dag

__all__ = ["MAX_HEIGHT", "NUM_POSITIONS", "NUM_TYPES", "NUM_VARIABLES", "EncodedGraph", "below", "read_graph"]

MAX_HEIGHT = 63
"""Greatest height of a node above the leaves that is told apart."""

NUM_POSITIONS = 32
"""Places among the children of a node that are told apart; the last stands for all that follow too."""

NUM_TYPES = 1024
"""Buckets of types; 0 is that of nodes without one."""

_NAMED = 16
NUM_VARIABLES = 1 + 2 * _NAMED
"""Ways in which a node can be a variable: none, bound at one of 16 heights, free as one of 16; beyond, in circles."""

# A type variable is a bare word; after an opening bracket stands an operator.
_TYPE_VARIABLE = re.compile(r"(?<!\S)[^\s()]+")
# As numbers: a look-up in an enumeration costs more than all else that is done at a node.
_FREE, _BOUND = int(NodeKind.FREE), int(NodeKind.BOUND)
_GOAL, _HYPOTHESIS, _PARTS = "goal", "hypothesis", "parts"


class EncodedGraph(NamedTuple):
    """Graph of a goal: N nodes and E edges; children come before their parents, and the root is the last node.

    Above the terms stand nodes of the goal itself: one for each hypothesis, and a root whose children are the
    conclusion and then the hypotheses in order.

    Attributes:
        labels: hash buckets of what the nodes are: a constant, any free variable, any bound variable; shape (N,).
        types: hash buckets of types, whose variables have no names; below `NUM_TYPES`, shape (N,).
        variables: which variable a node is, below `NUM_VARIABLES`, 0 for what is none, shape (N,). A bound one has
            the height of its binder, a free one the number of its first occurrence, the conclusion read first.
        heights: greatest distance to a leaf below, at most `MAX_HEIGHT`, shape (N,).
        parents: upper ends of the edges, ascending, shape (E,).
        children: lower ends of the edges, shape (E,).
        positions: places among the children of a parent, below `NUM_POSITIONS`, shape (E,).
        written: nodes in the order in which the goal is written, the root first, a shared subterm wherever it stands;
            cut after a number of them; shape (T,).
    """

    labels: NDArray[np.int64]
    types: NDArray[np.int64]
    variables: NDArray[np.int64]
    heights: NDArray[np.int64]
    parents: NDArray[np.int64]
    children: NDArray[np.int64]
    positions: NDArray[np.int64]
    written: NDArray[np.int64]


def read_graph(text: str, buckets: int, max_nodes: int, max_tokens: int) -> EncodedGraph:
    """Read a goal as a graph of at most `max_nodes` nodes.

    Of a goal with more, the hypotheses are left out; of conclusions with still more, the nodes farthest from the root.

    Args:
        text: `Goal.text`; any other text is legal too, and is read as `terms.dag` does.
        buckets: number of hash buckets of the labels.
        max_nodes: number of nodes, at least 1.
        max_tokens: length of the written order, at least 1.
    """
    dag = goal_dag(text)
    builder = _Builder(dag, with_hypotheses=True)
    kept = builder.nearest(max_nodes + 1)
    if len(kept) > max_nodes:
        builder = _Builder(dag, with_hypotheses=False)
        kept = builder.nearest(max_nodes)
    return builder.graph(sorted(kept), buckets, max_tokens)


def below(graph: EncodedGraph) -> NDArray[np.bool_]:
    """Whether the node of a column is that of the row or below it, shape (N, N)."""
    found: NDArray[np.bool_] = np.eye(len(graph.labels), dtype=np.bool_)
    # Children come before their parents, so they are complete when they are asked for.
    for parent, child in zip(graph.parents.tolist(), graph.children.tolist(), strict=True):
        found[parent] |= found[child]
    return found


class _Builder:
    """A DAG with nodes of the goal above its terms.

    Args:
        dag: terms.
        with_hypotheses: whether the hypotheses are part of the graph.
    """

    def __init__(self, dag: ExpressionDag, with_hypotheses: bool) -> None:
        self._dag = dag
        self._kinds: list[int] = dag.kinds.tolist()
        self._children: list[list[int]] = [[] for _ in dag.labels]
        for parent, child in zip(dag.parents.tolist(), dag.children.tolist(), strict=True):
            self._children[parent].append(child)
        self._above: list[str] = []
        goals = []
        for hypotheses, conclusion in _parts(dag):
            shown = [self._add(_HYPOTHESIS, [root]) for root in hypotheses] if with_hypotheses else []
            goals.append(self._add(_GOAL, [*conclusion, *shown]))
        self._root = goals[0] if len(goals) == 1 else self._add(_PARTS, goals)

    def _add(self, label: str, children: list[int]) -> int:
        self._above.append(label)
        self._children.append(children)
        return len(self._children) - 1

    def nearest(self, count: int) -> list[int]:
        """The first nodes by their distance from the root, at most so many."""
        found = {self._root}
        pending = deque(found)
        while pending and len(found) < count:
            for child in self._children[pending.popleft()]:
                if child not in found and len(found) < count:
                    found.add(child)
                    pending.append(child)
        return list(found)

    def graph(self, kept: Sequence[int], buckets: int, max_tokens: int) -> EncodedGraph:
        """The graph of some nodes, ascending; whatever else there is stands nowhere."""
        place = {node: number for number, node in enumerate(kept)}
        children: list[list[int]] = []
        positions: list[int] = []
        heights: list[int] = []
        for node in kept:
            own: list[int] = []
            for position, child in enumerate(self._children[node]):
                if child in place:
                    own.append(place[child])
                    positions.append(min(position, NUM_POSITIONS - 1))
            children.append(own)
            heights.append(min(MAX_HEIGHT, 1 + max(heights[child] for child in own)) if own else 0)
        types, variables = self._typed(kept, children)
        return EncodedGraph(
            labels=np.array([_bucket(self._label(node)) % buckets for node in kept], np.int64),
            types=np.array(types, np.int64),
            variables=np.array(variables, np.int64),
            heights=np.array(heights, np.int64),
            parents=np.repeat(np.arange(len(kept)), [len(own) for own in children]),
            children=np.array([child for own in children for child in own], np.int64),
            positions=np.array(positions, np.int64),
            written=np.array(_written(children, max_tokens), np.int64),
        )

    def _label(self, node: int) -> str:
        if node >= len(self._dag):
            return self._above[node - len(self._dag)]
        kind = self._kinds[node]
        return f"{kind}" if kind in (_FREE, _BOUND) else f"{kind} {self._dag.labels[node]}"

    def _typed(self, kept: Sequence[int], children: Sequence[Sequence[int]]) -> tuple[list[int], list[int]]:
        """Buckets of types and numbers of variables, both of length N, named in the order of the first occurrence."""
        labels, types, kinds = self._dag.labels, self._dag.types, self._kinds
        buckets, variables = [0] * len(kept), [0] * len(kept)
        type_names: dict[str, str] = {}
        free: dict[tuple[str, str], int] = {}
        for place in _first_visits(children):
            node = kept[place]
            if node >= len(labels):
                continue
            type_ = types[node]
            if type_:
                if _has_variables(type_):
                    type_ = _TYPE_VARIABLE.sub(
                        lambda found: type_names.setdefault(found[0], f"?{len(type_names)}"), type_
                    )
                buckets[place] = 1 + _bucket(type_) % (NUM_TYPES - 1)
            if kinds[node] == _BOUND:
                variables[place] = 1 + int(labels[node]) % _NAMED
            elif kinds[node] == _FREE:
                number = free.setdefault((labels[node], types[node]), len(free))
                variables[place] = 1 + _NAMED + number % _NAMED
        return buckets, variables


def _parts(dag: ExpressionDag) -> Iterator[tuple[list[int], list[int]]]:
    """Hypotheses and conclusion of each part; the conclusion is missing where there is no text at all."""
    hypotheses: list[int] = []
    conclusions = 0
    for root, is_conclusion in zip(dag.roots.tolist(), dag.conclusions.tolist(), strict=True):
        if is_conclusion:
            yield hypotheses, [root]
            hypotheses = []
            conclusions += 1
        else:
            hypotheses.append(root)
    # A statement is a conclusion, with or without the mark of one.
    if hypotheses or not conclusions:
        yield hypotheses[:-1], hypotheses[-1:]


def _first_visits(children: Sequence[Sequence[int]]) -> Iterator[int]:
    """Each node once, in the order in which the goal is written."""
    seen: set[int] = set()
    pending = [len(children) - 1]
    while pending:
        node = pending.pop()
        if node not in seen:
            seen.add(node)
            yield node
            pending.extend(reversed(children[node]))


def _written(children: Sequence[Sequence[int]], most: int) -> list[int]:
    """Nodes in the order in which the goal is written, shared ones wherever they stand, at most so many."""
    found: list[int] = []
    pending = [len(children) - 1]
    while pending and len(found) < most:
        node = pending.pop()
        found.append(node)
        pending.extend(reversed(children[node]))
    return found


@lru_cache(maxsize=50_000)
def _has_variables(type_: str) -> bool:
    return _TYPE_VARIABLE.search(type_) is not None


@lru_cache(maxsize=50_000)
def _bucket(text: str) -> int:
    return zlib.crc32(text.encode(errors="surrogatepass"))
