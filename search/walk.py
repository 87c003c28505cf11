"""A walk from the theorem down to goals to expand: one tactic for each goal on the way, and never in a circle."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from aitp_gym.proof import Node, ProofGraph

__all__ = ["EXPAND", "SETTLED", "PartialProof", "walk"]

EXPAND = -1
"""Instead of an edge: the goal itself is to be expanded."""
SETTLED = -2
"""Instead of an edge: the goal needs no more work."""

Usable = Callable[[int], bool]


@dataclass(frozen=True, slots=True)
class PartialProof:
    """A partial proof: a choice for the theorem and for every goal that the choices lead to.

    Attributes:
        choices: for each goal of the partial proof, by node id, the id of the edge it is to be proved by, `EXPAND` or
            `SETTLED`. Children come before the goals above them, and the theorem last.
    """

    choices: dict[int, int]

    @property
    def leaves(self) -> list[int]:
        """The goals to expand, first subgoals first."""
        return [n for n, choice in self.choices.items() if choice == EXPAND]


def walk(graph: ProofGraph, choose: Callable[[Node, Usable], int | None]) -> PartialProof | None:
    """Choose tactics from the theorem downwards, depth first, until every way ends.

    A goal that is reached twice is chosen for once. An edge back to a goal on the way to it is not usable, since no
    proof needs a goal in order to prove it; where this leaves a goal without any usable edge, the edge above it is
    given up too and the goal above chooses again. An edge is given up at most once, so the walk ends.

    Args:
        graph: of the attempt.
        choose: what to do with a goal: the id of one of its edges for which the second argument, a function of an edge
            id, is true, or `EXPAND`, `SETTLED`, or `None` if it has no such choice.

    Returns:
        The partial proof, or `None` if there is none.
    """
    edges, nodes = graph.edges, graph.nodes
    choices: dict[int, int] = {}
    above: list[tuple[int, int]] = []  # goals on the way to the current one, each with the place of the next subgoal
    on_way: set[int] = set()
    given_up: set[int] = set()

    def usable(e: int) -> bool:
        return e not in given_up and on_way.isdisjoint(edges[e].children)

    n = 0
    while True:
        on_way.add(n)
        choice = choose(nodes[n], usable)
        if choice is not None:
            choices[n] = choice
            place = 0
        elif above:
            on_way.discard(n)
            n, _ = above.pop()
            given_up.add(choices.pop(n))
            continue
        else:
            return None
        # Go on with the next subgoal that was not chosen for, here or further up.
        while True:
            children = edges[choices[n]].children if choices[n] >= 0 else ()
            while place < len(children) and children[place] in choices:
                place += 1
            if place < len(children):
                above.append((n, place + 1))
                n = children[place]
                break
            on_way.discard(n)
            if not above:
                return PartialProof(_used(graph, choices))
            n, place = above.pop()


def _used(graph: ProofGraph, choices: dict[int, int]) -> dict[int, int]:
    """The choices that the theorem's leads to, children first; others are left from edges that were given up."""
    order: dict[int, int] = {}
    stack = [(0, False)]
    seen: set[int] = set()
    while stack:
        n, below_done = stack.pop()
        if below_done:
            order[n] = choices[n]
        elif n not in seen:
            seen.add(n)
            stack.append((n, True))
            if choices[n] >= 0:
                stack.extend((child, False) for child in reversed(graph.edges[choices[n]].children))
    return order
