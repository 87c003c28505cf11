"""The verdict of an independent check of a found proof."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Self

__all__ = ["Verdict"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Judgement of `Prover.check` on a proof.

    Attributes:
        status: `accepted`, `refused` (the proof is not one), or `unavailable` (no checker could answer).
        reason: why not; of an accepted proof, why it does not count in reports all the same: its statement stands after
            an axiom, for example. Empty if it counts.
        step: index of the guilty step in `Proof.steps`, where the checker knows it.
        elapsed_s: wall seconds of the check, outside every attempt's budget.
        strict: of a proof accepted in another context: whether it also holds in the strict one. `None` where that is
            the context of the check, and where nobody knows.
        axioms: names of the axioms that an accepted proof rests on, sorted; `None` where the prover has none to name.
        prover_s: seconds of the check that were the prover's own (CPU seconds of its processes); `None` if unknown.
    """

    status: Literal["accepted", "refused", "unavailable"]
    reason: str = ""
    step: int | None = None
    elapsed_s: float = 0.0
    strict: bool | None = None
    axioms: tuple[str, ...] | None = None
    prover_s: float | None = field(default=None, compare=False)

    @classmethod
    def accept(cls, elapsed_s: float = 0.0, strict: bool | None = None, reservation: str = "") -> Self:
        """The proof holds, with a reservation if it does not count all the same."""
        return cls("accepted", reservation, elapsed_s=elapsed_s, strict=strict)

    @classmethod
    def refuse(cls, reason: str, step: int | None = None, elapsed_s: float = 0.0) -> Self:
        """The proof does not hold, and why."""
        return cls("refused", reason, step, elapsed_s)

    @classmethod
    def unavailable(cls, reason: str, elapsed_s: float = 0.0) -> Self:
        """Nobody could check, and why."""
        return cls("unavailable", reason, None, elapsed_s)

    @property
    def accepted(self) -> bool:
        """Whether the proof holds."""
        return self.status == "accepted"
