"""Targets that a search has for a policy and a goal model: written into an attempt's steps, and read for training."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from ..proof import Attempt, Theorem
from ..traces import TraceReader

if TYPE_CHECKING:
    from aitp_gym.search.htps.targets import HTPSTargets

__all__ = ["PolicyRow", "TeachingSearch", "policy_rows", "read_policy_rows", "with_targets"]


@runtime_checkable
class TeachingSearch(Protocol):
    """A search that has training targets after an attempt."""

    def targets(self) -> HTPSTargets:
        """Targets for the policy and for the goal scorer."""
        ...


def with_targets(attempt: Attempt, targets: HTPSTargets) -> Attempt:
    """The attempt with the targets in its steps: `Step.policy_target` and `Step.critic_target`.

    Args:
        attempt: as the search agent made it.
        targets: of its search.
    """
    shares = {edge: share for row in targets.policy for edge, share in zip(row.edges, row.probabilities, strict=True)}
    # A tactic that was tried at a goal and is not worth learning has share 0, which is not the same as no target.
    taught = {row.node for row in targets.policy}
    values = {row.node: row.value for row in targets.critic}
    steps = []
    edge = -1
    for step in attempt.steps:
        edge += step.node >= 0  # edges are numbered in the order of application; a stray has none
        share = shares.get(edge, 0.0) if step.node in taught else None
        steps.append(replace(step, policy_target=share, critic_target=values.get(step.node)))
    return replace(attempt, steps=tuple(steps))


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """Target of a search for the policy at one goal.

    Attributes:
        theorem: that was attempted.
        goal: text of the goal.
        tactics: texts of the K tactics that were tried there.
        shares: their target probabilities, shape (K,), summing to at most 1.
    """

    theorem: Theorem
    goal: str
    tactics: tuple[str, ...]
    shares: tuple[float, ...]


def policy_rows(attempt: Attempt) -> Iterator[PolicyRow]:
    """The policy targets in the steps of an attempt, a row for each goal that has them."""
    taught = sorted((step for step in attempt.steps if step.policy_target is not None), key=lambda step: step.node)
    for _, group in groupby(taught, key=lambda step: step.node):
        steps = list(group)
        shares = tuple(step.policy_target for step in steps if step.policy_target is not None)
        yield PolicyRow(attempt.theorem, steps[0].goal, tuple(step.tactic for step in steps), shares)


def read_policy_rows(folders: Sequence[Path], split: str = "train") -> Iterator[PolicyRow]:
    """The policy targets in traces; the critic's are read by `training.lightning.goal_model --open-goals search`.

    Raises:
        TraceError: a folder is no trace.
    """
    for folder in folders:
        for _, attempt in TraceReader(folder).records(split=split):
            yield from policy_rows(attempt)
