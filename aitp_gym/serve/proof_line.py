"""Line of a proof: of all that was tried, the tactics that lead to the goal worked on last, and what they leave."""

from __future__ import annotations

from ..proof import Edge, ProofGraph, Status

__all__ = ["goals_on_line"]


def goals_on_line(graph: ProofGraph, newest: int) -> set[int]:
    """Open goals that are left on the line of a proof which leads to a goal: proving them all proves the theorem.

    At a goal to which several tactics were applied the line follows the one that leads to `newest`, where none does the
    last one that can still succeed.

    Args:
        graph: of an attempt at an open theorem.
        newest: id of an open goal; it is on the line itself, and what was tried below it is not.
    """
    towards = graph.ancestors(newest) | {newest}
    left = {newest}
    seen, pending = {0}, [0]
    while pending:
        node = graph.nodes[pending.pop()]
        if node.id == newest:
            continue
        edge = _followed([graph.edges[edge] for edge in reversed(node.edges)], towards)
        if edge is None:
            left.add(node.id)
            continue
        for child in edge.children:
            if child not in seen and graph.nodes[child].status is Status.OPEN:
                seen.add(child)
                pending.append(child)
    return left


def _followed(edges: list[Edge], towards: set[int]) -> Edge | None:
    """Of the tactics applied to a goal, the last first, the one on the line."""
    # Without those that closed a cycle there is none, and a goal that leads back to itself counts as left.
    alive = [edge for edge in edges if edge.status is Status.OPEN and not edge.closes_cycle]
    leading = (edge for edge in alive if not towards.isdisjoint(edge.children))
    return next(leading, alive[0] if alive else None)
