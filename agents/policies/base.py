"""Protocol of a tactic policy: goals in, ranked tactics out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from aitp_gym.proof import Goal, Premises

__all__ = ["Suggestion", "TacticPolicy"]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A tactic and the natural logarithm of the probability (<= 0) that the policy gives it for the goal."""

    tactic: str
    logprob: float


@runtime_checkable
class TacticPolicy(Protocol):
    """Suggests tactics for goals.

    Attributes:
        versions: identity of the policy: name, menu digest, digest of the weights.
    """

    versions: Mapping[str, str]

    def reset(self, seed: int) -> None:
        """Begin an attempt; everything random that follows derives from `seed` and the goals."""
        ...

    def get_tactics(self, goals: Sequence[Goal], premises: Sequence[Premises], k: int) -> list[list[Suggestion]]:
        """The `k` best distinct tactics for each goal, best first.

        Within one attempt the answer for a goal with a larger `k` extends the answer with a smaller one; an answer
        shorter than `k` means that the policy has nothing more for that goal.

        Args:
            goals: batch of B goals.
            premises: premises that each goal may use; length B.
            k: number of suggestions to return for each goal, at most; >= 1.

        Returns:
            B lists of at most `k` suggestions; log-probabilities are normalised over all that the policy could say.
        """
        ...
