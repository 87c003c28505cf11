"""Slots: what a policy chooses among, a template of a tactic with its numbers filled in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Slot", "SlotKind"]

SlotKind = Literal["plain", "premise", "premises", "index", "hypothesis"]


@dataclass(frozen=True, slots=True)
class Slot:
    """One choice.

    Attributes:
        template: the tactic's text with a placeholder, for example `MATCH_MP_TAC {premise}`.
        kind: `plain` (no placeholder), `premise` (`{premise}`: one premise), `premises` (`{premises}`: a list), `index`
            (`{index}`: the place of an assumption) or `hypothesis` (`{hypothesis}`: the name of one).
        number: the rank of the premise, from 1; the length of the list (all premises where there are fewer); the
            index of the assumption, from 0; the place of the hypothesis, from 1 for the last; or 0 for a plain tactic.
        group: slots of one group differ only in the rank of their premise. What a model learns about a slot it learns
            about the group, and about the premise.
    """

    template: str
    kind: SlotKind
    number: int
    group: int

    @property
    def label(self) -> str:
        """Unique in the menu, and the same in every version of it that has the slot."""
        return self.template if self.kind == "plain" else f"{self.template} {self.number}"
