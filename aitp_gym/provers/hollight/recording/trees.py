"""Recorded steps as proof trees."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from .recording import RecordedGoal, RecordedProof, RecordedStep

__all__ = ["ProofTree", "proof_tree"]


@dataclass(eq=False, slots=True)
class ProofTree:
    """A goal, what was done at it, and the trees of the subgoals.

    Attributes:
        goal: of the root.
        done: the step at it; `None` while the goal is open.
        children: one for each subgoal, in order.
    """

    goal: RecordedGoal
    done: RecordedStep | None = None
    children: list[ProofTree] = field(default_factory=list)

    @property
    def step(self) -> RecordedStep:
        """The step at the root of a whole tree."""
        assert self.done is not None
        return self.done

    @property
    def idle(self) -> bool:
        """Whether the step left the goal as it was, which an environment calls a failure."""
        return self.step.subgoals == (self.goal,)

    def walk(self) -> Iterator[ProofTree]:
        """All trees in it, each before those below it, from left to right."""
        pending = [self]
        while pending:
            tree = pending.pop()
            yield tree
            pending.extend(reversed(tree.children))


def proof_tree(proof: RecordedProof) -> ProofTree | None:
    """The tree of a proof, `None` if a goal is left open.

    Steps are taken in the order of time. A step belongs to the youngest open goal that equals its own. Where none is
    open, what was done at such a goal was given up (by `TRY`, `ORELSE`, `REPEAT`), and the step replaces it, at the
    youngest one. Equal goals are not the same goal: one can come back below itself (`RAW_SUBGOAL_TAC`, then
    `RAW_POP_TAC`), with other theorems in the proof's hands.
    """
    root = ProofTree((proof.goal,))
    still_open: dict[RecordedGoal, list[ProofTree]] = defaultdict(list, {root.goal: [root]})
    done: dict[RecordedGoal, list[ProofTree]] = defaultdict(list)
    for step in proof.steps:
        if still_open[step.goal]:
            tree = still_open[step.goal].pop()
        elif done[step.goal]:
            tree = done[step.goal].pop()
            for below in list(tree.walk())[1:]:
                (done if below.done else still_open)[below.goal].remove(below)
        else:
            continue
        tree.done, tree.children = step, [ProofTree(goal) for goal in step.subgoals]
        done[step.goal].append(tree)
        for child in reversed(tree.children):
            still_open[child.goal].append(child)
    return root if all(tree.done for tree in root.walk()) else None
