"""Replay of an attempt from its rows, which tells how each goal that was worked on ended."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from aitp_gym.proof import Attempt, Failure, Goal, Outcome, ProofGraph, Status, Step, Subgoals

__all__ = ["Worked", "replay"]


@dataclass(frozen=True, slots=True)
class Worked:
    """End of one goal.

    Attributes:
        goal: text of the goal.
        status: status when the attempt ended. `FAILED` needs the record that goals were fully explored.
        visits: number of tactics applied to the goal and to goals below it: up to its proof if it was proved, else in
            all.
        critic_target: probability in [0, 1] that the search itself gave the goal, if it says.
    """

    goal: str
    status: Status
    visits: int
    critic_target: float | None


def replay(attempt: Attempt) -> list[Worked]:
    """The goals of an attempt to which a tactic was applied, by node.

    Statuses come out as they were, because the graph that computes them is the one that the attempt had. A step that a
    check refused counts as a failure from the start, and one at a goal that no earlier step leads to counts for
    nothing, which happens in imported proofs alone.

    A goal below several others counts for each of them; what was tried before it came to lie below one does not.
    """
    graph = ProofGraph(_placeholder(0))
    node_of = {0: 0}
    rows: dict[int, Step] = {}
    visits: Counter[int] = Counter()
    proved_after: dict[int, int] = {}
    above: set[int] = set()
    previous = -1
    for step in attempt.steps:
        node = node_of.get(step.node)
        if node is None:
            continue
        edge = graph.add(node, step.tactic, _outcome(step))
        node_of.update(zip(step.children, edge.children, strict=False))
        rows.setdefault(node, step)
        if node != previous or edge.closes_cycle:
            above, previous = graph.ancestors(node) | {node}, node
        visits.update(above)
        if graph.nodes[node].status is Status.PROVED:
            # What this step proved lies above it, or is it.
            for n in above:
                if graph.nodes[n].status is Status.PROVED:
                    proved_after.setdefault(n, visits[n])
    for node, step in rows.items():
        if step.explored:
            graph.mark_explored(node)
    return [
        Worked(step.goal, graph.nodes[n].status, proved_after.get(n, visits[n]), step.critic_target)
        for n, step in sorted(rows.items())
    ]


def _outcome(step: Step) -> Outcome:
    if step.outcome != "subgoals" or step.refused:
        return Failure("rejected")
    return Subgoals(tuple(map(_placeholder, step.children)))


def _placeholder(node: int) -> Goal:
    """A goal that merges as the recorded node did; its text does not matter."""
    return Goal((), str(node))
