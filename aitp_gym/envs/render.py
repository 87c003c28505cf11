"""The proof tree of an attempt as text."""

from __future__ import annotations

from collections.abc import Callable

from ..errors import AitpError
from ..proof import Edge, Goal, ProofGraph, Status, Theorem

__all__ = ["readable", "render_tree"]

_MARK = {Status.OPEN: "?", Status.PROVED: "✓", Status.FAILED: "✗"}


def render_tree(
    graph: ProofGraph, theorem: Theorem, pretty: Callable[[Goal], str], max_lines: int = 200, width: int = 120
) -> str:
    """Draw the graph as a tree from the root: a line per goal, and below it the tactics that left or closed goals.

    A goal that several tactics lead to is drawn once and referred to afterwards. Failed tactics are only counted.

    Args:
        graph: what to draw.
        theorem: its name is the title.
        pretty: how a person would write a goal; where it fails, the exact text is used.
        max_lines: the rest is left out, and said so.
        width: of a line, in characters.
    """
    lines = [f"{theorem.name}: {_MARK[graph.nodes[0].status]} {len(graph.nodes)} goals, {len(graph.edges)} tactics"]
    drawn: set[int] = set()
    stack: list[tuple[int, Edge | int]] = [(0, 0)]  # depth, and an edge or the id of a goal
    while stack and len(lines) < max_lines:
        depth, item = stack.pop()
        if isinstance(item, Edge):
            label = f"{_MARK[item.status]} by {item.tactic}"
            stack.extend((depth + 1, child) for child in reversed(item.children))
        else:
            node = graph.nodes[item]
            label = f"{_MARK[node.status]} [{item}] {' '.join(readable(node.goal, pretty).split())}"
            if item in drawn:
                label += "  (drawn above)"
            else:
                drawn.add(item)
                edges = [graph.edges[edge] for edge in node.edges]
                shown = [edge for edge in edges if edge.status is not Status.FAILED]
                if len(shown) < len(edges):
                    label += f"  ({len(edges) - len(shown)} tactics failed)"
                stack.extend((depth + 1, edge) for edge in reversed(shown))
        lines.append(_clip("  " * depth + label.replace("\n", " "), width))
    if stack:
        lines.append(f"… and more: only the first {max_lines} lines are drawn")
    return "\n".join(lines)


def readable(goal: Goal, pretty: Callable[[Goal], str]) -> str:
    """The goal as a person would write it, or its exact text where the prover cannot say.

    Args:
        goal: to be written.
        pretty: of the prover session.
    """
    try:
        return pretty(goal)
    except AitpError:
        return goal.text


def _clip(line: str, width: int) -> str:
    return line if len(line) <= width else line[: width - 1] + "…"
