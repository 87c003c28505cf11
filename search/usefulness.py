"""Test of whether work on a goal can still help to prove the theorem."""

from __future__ import annotations

from aitp_gym.proof import ProofGraph, Status

__all__ = ["first_useful", "is_useful"]


def is_useful(graph: ProofGraph, node: int, *, max_steps: int = 256) -> bool:
    """Whether open goals and open edges lead from the root to an open goal.

    A goal that hangs only below proved or failed goals, or beside failed ones, is not worth a tactic. The walk goes
    upwards, oldest parents first, which in a tree is the path to the root.

    Args:
        graph: of the attempt.
        node: id of an open goal.
        max_steps: edges to look at; beyond them the goal is taken to be useful.
    """
    if graph.root.status is not Status.OPEN:
        return False
    seen = {node}
    stack = [node]
    steps = 0
    while stack:
        n = stack.pop()
        if n == 0:
            return True
        for e in reversed(graph.nodes[n].parents):
            steps += 1
            if steps > max_steps:
                return True
            edge = graph.edges[e]
            above = graph.nodes[edge.node]
            if edge.status is Status.OPEN and above.status is Status.OPEN and above.id not in seen:
                seen.add(above.id)
                stack.append(above.id)
    return False


def first_useful(graph: ProofGraph) -> int | None:
    """The oldest goal that is open, not explored and useful; `None` if nothing is left to do.

    An open theorem always has one, since it can still be proved, and by open goals only.
    """
    for n in graph.open_nodes:
        if not graph.nodes[n].explored and is_useful(graph, n):
            return n
    return None
