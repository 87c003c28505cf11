"""Proofs: which tactic closes which goal, as a DAG, and as the linear script a prover replays."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import BadInput

__all__ = ["Proof", "ProofStep"]


@dataclass(frozen=True, slots=True)
class ProofStep:
    """One tactic of a proof.

    Attributes:
        tactic: the tactic's text.
        goal: the text of the goal it is applied to (for people; a check does not rely on it).
        children: indices of the steps that prove the subgoals, in the prover's order.
        edge: id of the edge in the `ProofGraph` it came from, or -1.
    """

    tactic: str
    goal: str
    children: tuple[int, ...]
    edge: int = -1


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof as a DAG of steps.

    Step 0 proves the theorem, and every child has a larger index than its parents. A subgoal that two steps share is
    stored once.
    """

    steps: tuple[ProofStep, ...]

    def order(self, max_steps: int = 10_000) -> list[int]:
        """Step indices in the order a goal stack needs them: depth first, subgoals left to right.

        A shared step appears once for each use.

        Raises:
            BadInput: the linear form is longer than `max_steps` (sharing can make it exponentially longer).
        """
        linear: list[int] = []
        stack = [0] if self.steps else []
        while stack:
            index = stack.pop()
            linear.append(index)
            if len(linear) > max_steps:
                raise BadInput(f"The proof has {len(self.steps)} shared steps but over {max_steps} when written out.")
            stack.extend(reversed(self.steps[index].children))
        return linear

    def script(self, max_steps: int = 10_000) -> list[str]:
        """The tactics in the order of `order`."""
        return [self.steps[i].tactic for i in self.order(max_steps)]
