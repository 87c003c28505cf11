"""A menu: one TOML file in the folder of its prover, or the user's own."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, Self

from ..errors import BadInput
from ..files import read_text
from .hypotheses import hypothesis_names
from .menu_file import Slot, SlotKind, read_content
from .registry import find_menu
from .syntax import PremiseSyntax

__all__ = ["Candidate", "Menu", "Parsed"]

# Menus have some kilobytes.
_MAX_BYTES = 2**20


class Candidate(NamedTuple):
    """A tactic that the menu offers for a goal.

    Attributes:
        tactic: its text.
        slot: index into `Menu.slots`.
        premises: the premises it names, as indices into the ranking it was made from.
    """

    tactic: str
    slot: int
    premises: tuple[int, ...]


class Parsed(NamedTuple):
    """A tactic's text taken apart.

    Attributes:
        template: the `Slot.template` it was made from.
        premises: names of its premises, in order.
        assumption: the place it names, if it names one.
    """

    template: str
    premises: tuple[str, ...]
    assumption: int | None


@dataclass(frozen=True)
class Menu:
    """The tactics and premise slots a policy may choose from.

    Attributes:
        name, version: of the artefact; `digest` tells whether the content is the same.
        prover: whose tactic language it is written in.
        syntax: how premises are written.
        slots: the choices, in the order of the file.
    """

    name: str
    version: int
    prover: str
    syntax: PremiseSyntax
    slots: tuple[Slot, ...]

    @classmethod
    def load(cls, name: str | Path) -> Self:
        """Read a menu of ours by its name, or a TOML file by its path.

        Raises:
            UnknownName: there is no menu of that name, or no such file.
            BadInput: the file is not a menu.
        """
        path = find_menu(name)
        try:
            return cls.from_dict(tomllib.loads(read_text(path, _MAX_BYTES)))
        except (OSError, ValueError, RecursionError) as error:
            raise BadInput(f"{path} is not a menu: {error}") from error

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Self:
        """Build a menu from the content of its TOML file.

        Raises:
            BadInput: a field is missing, unknown, or of the wrong type, or two entries are the same tactic.
        """
        syntax, slots = read_content(content)
        return cls(content["name"], content["version"], content["prover"], syntax, slots)

    def within(self, k: int) -> Self:
        """The menu with the slots that reach no further than the `k` nearest premises, hypotheses or assumptions.

        Args:
            k: number of them; 0 keeps the tactics that name none.

        Raises:
            BadInput: the menu reaches no further anyway, or nothing would be left.
        """
        reaches = [slot.reach for slot in self.slots]
        if type(k) is not int or not min(reaches) <= k <= max(reaches):
            raise BadInput(
                f"k must be a whole number from {min(reaches)} to {max(reaches)}, as far as the menu {self.name!r} "
                f"reaches among premises, hypotheses and assumptions; got {k!r}."
            )
        return replace(self, slots=tuple(slot for slot in self.slots if slot.reach <= k))

    @cached_property
    def digest(self) -> str:
        """SHA-256 of everything that decides which tactics the menu offers."""
        content = [self.prover, asdict(self.syntax), [[slot.template, slot.number] for slot in self.slots]]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    @cached_property
    def max_premises(self) -> int:
        """How many of the best premises the menu can make use of."""
        return max((slot.number for slot in self.slots if slot.kind in ("premise", "premises")), default=0)

    @cached_property
    def names_hypotheses(self) -> bool:
        """Whether it offers tactics that name a hypothesis of the goal."""
        return any(slot.kind == "hypothesis" for slot in self.slots)

    @cached_property
    def num_groups(self) -> int:
        """How many groups the slots fall into."""
        return 1 + max(slot.group for slot in self.slots)

    def candidates(self, ranked: Sequence[str], goal: str = "") -> list[Candidate]:
        """What the menu offers, in the order of the file.

        Args:
            ranked: names of premises, best first; only the first `max_premises` matter.
            goal: `Goal.text`, whose hypotheses may be named.

        Returns:
            A candidate for each slot, except ranks that the ranking does not reach and hypotheses that the goal does
            not have. Texts can repeat where premises are few.
        """
        candidates = []
        hypotheses = self._hypotheses(goal)
        written = [self.syntax.one(name) for name in ranked[: self.max_premises]]
        for position, slot in enumerate(self.slots):
            if slot.kind == "plain":
                candidates.append(Candidate(slot.template, position, ()))
            elif slot.kind == "index":
                candidates.append(Candidate(slot.template.replace("{index}", str(slot.number)), position, ()))
            elif slot.kind == "hypothesis":
                if slot.number <= len(hypotheses):
                    text = slot.template.replace("{hypothesis}", hypotheses[slot.number - 1])
                    candidates.append(Candidate(text, position, ()))
            elif slot.kind == "premise":
                if slot.number <= len(written):
                    text = slot.template.replace("{premise}", written[slot.number - 1])
                    candidates.append(Candidate(text, position, (slot.number - 1,)))
            else:
                used = min(slot.number, len(written))
                text = slot.template.replace("{premises}", self.syntax.many(ranked[:used]))
                candidates.append(Candidate(text, position, tuple(range(used))))
        return candidates

    def parse(self, tactic: str, goal: str = "") -> Parsed | None:
        """Take a tactic apart that `candidates` put together; `None` if no slot of the menu can have written it.

        Args:
            tactic: its text.
            goal: `Goal.text` of the goal it was for: a name in it is that of a hypothesis if the goal has one.
        """
        hypotheses = self._hypotheses(goal)
        for template, (kind, pattern) in self._patterns.items():
            if match := pattern.fullmatch(tactic):
                if kind == "hypothesis" and match[1] not in hypotheses:
                    continue
                if kind == "index":
                    return Parsed(template, (), int(match[1]))
                if kind == "premise":
                    return Parsed(template, (match[1],), None)
                return Parsed(template, self.syntax.names_of(match[1]) if kind == "premises" else (), None)
        return None

    def slot_of(self, tactic: str, ranked: Sequence[str] = (), goal: str = "") -> int | None:
        """The slot a tactic was written by, as far as its text and a ranking of premises tell.

        Where the ranking does not give the text, a list belongs to the shortest slot that can hold it, and a premise
        to the last of its template's ranks. `None` if the menu cannot have written it.
        """
        for candidate in self.candidates(ranked, goal):
            if candidate.tactic == tactic:
                return candidate.slot
        parsed = self.parse(tactic, goal)
        if parsed is None:
            return None
        slots = [index for index, slot in enumerate(self.slots) if slot.template == parsed.template]
        kind = self.slots[slots[0]].kind
        if kind in ("premise", "hypothesis"):
            # What the goal has and none of the candidates names lies further back than any slot reaches.
            return slots[-1] if kind == "premise" else None
        enough = [index for index in slots if self.slots[index].number >= len(parsed.premises)]
        return enough[0] if enough and parsed.assumption is None else None

    def _hypotheses(self, goal: str) -> list[str]:
        return hypothesis_names(goal) if self.names_hypotheses else []

    @cached_property
    def _patterns(self) -> dict[str, tuple[SlotKind, re.Pattern[str]]]:
        holes: dict[SlotKind, tuple[str, str]] = {
            "premise": ("{premise}", self.syntax.one_pattern),
            "premises": ("{premises}", self.syntax.many_pattern),
            "index": ("{index}", r"(\d+)"),
            "hypothesis": ("{hypothesis}", r"(\S+)"),
        }
        patterns: dict[str, tuple[SlotKind, re.Pattern[str]]] = {}
        # The narrowest reading first: `exact h0` as such before `exact {premise}`, one premise before a list of one.
        narrowest: list[SlotKind] = ["plain", "index", "hypothesis", "premise", "premises"]
        for slot in sorted(self.slots, key=lambda slot: narrowest.index(slot.kind)):
            text = re.escape(slot.template)
            if slot.kind != "plain":
                hole, pattern = holes[slot.kind]
                text = text.replace(re.escape(hole), pattern)
            patterns.setdefault(slot.template, (slot.kind, re.compile(text)))
        return patterns
