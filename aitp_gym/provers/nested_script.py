"""Proofs as nested text, in the style that HOL users write."""

from __future__ import annotations

from collections.abc import Callable

from ..errors import BadInput
from ..proof import Proof

__all__ = ["nested_script"]


def nested_script(proof: Proof, write: Callable[[str], str], *, then: str, branches: tuple[str, str, str]) -> str:
    """A proof with a tactical between a tactic and what follows on its one subgoal, and lists where there are more.

    Args:
        proof: a proof; a shared step is written once for each use.
        write: how a tactic is written.
        then: what stands between a tactic and the one that proves its only subgoal.
        branches: before the proof of the first of several subgoals, between two of them, and after the last.

    Raises:
        BadInput: the proof is empty.
    """
    if not proof.steps:
        raise BadInput("A proof has at least one step.")
    opening, between, closing = branches
    # What still has to be written, the next on top: a step's number or a piece of text.
    pending: list[int | str] = [0]
    parts: list[str] = []
    while pending:
        item = pending.pop()
        if isinstance(item, str):
            parts.append(item)
            continue
        step = proof.steps[item]
        parts.append(write(step.tactic))
        if len(step.children) == 1:
            pending.extend((step.children[0], then))
        elif step.children:
            pending.append(closing)
            for child in reversed(step.children[1:]):
                pending.extend((child, between))
            pending.extend((step.children[0], opening))
    return "".join(parts)
