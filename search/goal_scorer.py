"""The protocol of a goal scorer: how likely goals are to be provable."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from aitp_gym.errors import BadInput
from aitp_gym.proof import Goal

__all__ = ["ConstantScorer", "GoalScorer"]


@runtime_checkable
class GoalScorer(Protocol):
    """Judges goals before they are worked on: the critic of HTPS, the goal model of UpDown and Fringe.

    A search asks once for each response of the prover, for all goals that are new to it at once, and keeps the answers
    for the rest of the attempt.

    Attributes:
        versions: what identifies the scorer: name, settings, digest of the weights.
    """

    versions: Mapping[str, str]

    def score(self, goals: Sequence[Goal]) -> list[float]:
        """Natural logarithms of the probabilities (<= 0) that the goals are provable.

        Args:
            goals: a batch of B goals, not empty.

        Returns:
            B numbers, each at most 0; minus infinity means "certainly not provable".
        """
        ...


class ConstantScorer:
    """Says the same of every goal.

    A search that adds up scores then counts goals: with one half, the answer of who knows nothing, every goal that is
    still to be proved halves the chances.

    Args:
        probability: that a goal is provable, above 0 and at most 1.
    """

    def __init__(self, probability: float = 0.5) -> None:
        if not 0.0 < probability <= 1.0:
            raise BadInput(f"probability must be above 0 and at most 1, got {probability!r}.")
        self.versions: Mapping[str, str] = {"name": "constant", "probability": str(probability)}
        self._logprob = math.log(probability)

    def score(self, goals: Sequence[Goal]) -> list[float]:
        """The same number for every goal."""
        return [self._logprob] * len(goals)
