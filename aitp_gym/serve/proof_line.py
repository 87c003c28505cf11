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
    left: set[int] = set()
    seen, pending = {0}, [0]
    while pending:
        node = graph.nodes[pending.pop()]
        edge = None if node.id == newest else _followed([graph.edges[edge] for edge in reversed(node.edges)], towards)
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
    alive = [edge for edge in edges if edge.status is Status.OPEN]
    leading = (edge for edge in alive if not towards.isdisjoint(edge.children))
    return next(leading, alive[0] if alive else None)
