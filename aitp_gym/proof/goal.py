"""Goals: what is left to prove."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Self

__all__ = ["Goal", "Sequent"]


@dataclass(frozen=True, slots=True)
class Sequent:
    """A conclusion under hypotheses, in the prover's exact text.

    The hypotheses keep the prover's order, because tactics name them by position.
    """

    hypotheses: tuple[str, ...]
    conclusion: str

    def __str__(self) -> str:
        return "\n".join((*self.hypotheses, f"⊢ {self.conclusion}"))


@dataclass(frozen=True, slots=True)
class Goal:
    """One node's worth of proving: usually a single sequent.

    Attributes:
        parts: the sequents; several only where they share metavariables and have to be solved together.
        key: identity for merging; goals with equal keys are one node. `None` means "never merge".
        ref: the prover's own handle, opaque to everybody else and left out of comparison.
    """

    parts: tuple[Sequent, ...]
    key: str | None
    ref: Any = field(default=None, compare=False, repr=False)

    @classmethod
    def single(cls, conclusion: str, hypotheses: Iterable[str] = (), ref: Any = None) -> Self:
        """A goal of one sequent whose key is its exact text, the hypotheses in order."""
        sequent = Sequent(tuple(hypotheses), conclusion)
        return cls((sequent,), str(sequent), ref)

    @classmethod
    def from_text(cls, text: str, key: str | None = None, ref: Any = None) -> Self:
        """A goal from its `text`.

        Args:
            text: `Goal.text` of a goal.
            key: identity for merging, which the text does not tell.
            ref: what `ref` shall be.
        """
        parts = []
        for part in text.split("\n\n"):
            hypotheses, _, conclusion = f"\n{part}".rpartition("\n⊢ ")
            parts.append(Sequent(tuple(hypotheses.split("\n")[1:]), conclusion.removeprefix("\n")))
        return cls(tuple(parts), key, ref)

    @property
    def text(self) -> str:
        """The whole goal as text: hypotheses one per line, then `⊢ conclusion`; parts separated by an empty line."""
        return "\n\n".join(map(str, self.parts))
