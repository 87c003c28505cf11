"""Extraction of one proof from a graph with shortest proofs."""

from __future__ import annotations

from collections.abc import Sequence

from .nodes import Edge, Node
from .proof import Proof, ProofStep

__all__ = ["extract_proof"]


def extract_proof(nodes: Sequence[Node], edges: Sequence[Edge], best: Sequence[int], root: int) -> Proof:
    """Follow the best edges from a proved node.

    Args:
        nodes: of the graph.
        edges: of the graph.
        best: for each node, the edge that begins its shortest proof; acyclic from `root` on.
        root: a proved node.

    Returns:
        The proof as a DAG: step 0 proves `root`, shared subgoals are stored once, and steps stand in the order of
        their first use from left to right as far as "parents before children" allows.
    """
    # Reversed postorder of a depth-first walk is a topological order; it visits children from right to left so that
    # the reversal puts the left ones first.
    postorder: list[int] = []
    seen: set[int] = set()
    stack = [(root, False)]
    while stack:
        node, children_done = stack.pop()
        if children_done:
            postorder.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            # The last one pushed is walked first.
            stack.extend((child, False) for child in edges[best[node]].children if child not in seen)
    order = postorder[::-1]
    step = {node: i for i, node in enumerate(order)}
    return Proof(
        tuple(
            ProofStep(edge.tactic, nodes[node].goal.text, tuple(step[child] for child in edge.children), edge.id)
            for node, edge in ((node, edges[best[node]]) for node in order)
        )
    )
