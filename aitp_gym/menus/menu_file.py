"""TOML files of menus, and the slots that they stand for.

name = "example"
version = 1
prover = "toy"
syntax = { premise = "THM {name}", separator = " ; ", open = "[ ", close = " ]", empty = "[ ]" }

[[tactic]]
text = "CONJ_TAC"                    # as it is

[[tactic]]
text = "MATCH_MP_TAC {premise}"      # one premise: the nearest, the second nearest, ...
ranks = [1, 2]

[[tactic]]
text = "REWRITE_TAC {premises}"      # a list of the n nearest
nearest = [0, 4, 16]

[[tactic]]
text = "MP_TAC ASSUM {index}"        # an assumption by its place
indices = [0, 1]

[[tactic]]
text = "cases {hypothesis}"          # a hypothesis by its name: the last, the second to last, ...
last = [1, 2, 3]

[[tactic]]
text = "MESON_TAC {premises}"        # searches by itself: that somebody did something else there does not say that it
nearest = [0, 4]                     # would have failed
hammer = true
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ..errors import BadInput
from .syntax import PremiseSyntax

__all__ = ["Slot", "SlotKind", "read_content"]

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
        hammer: whether the tactic searches for a proof, or decides a theory, by itself.
    """

    template: str
    kind: SlotKind
    number: int
    group: int
    hammer: bool = False

    @property
    def label(self) -> str:
        """Unique in the menu, and the same in every version of it that has the slot."""
        return self.template if self.kind == "plain" else f"{self.template} {self.number}"

    @property
    def reach(self) -> int:
        """How far it looks: the number of premises, hypotheses or assumptions up to the last one that it can name."""
        return self.number + (self.kind == "index")


# Placeholder -> the field that lists its numbers.
_PLACEHOLDERS: dict[SlotKind, str] = {
    "premise": "ranks",
    "premises": "nearest",
    "index": "indices",
    "hypothesis": "last",
}
_FIELDS = {"name": str, "version": int, "prover": str, "description": str, "syntax": dict, "tactic": list}
_OPTIONAL = {"description", "syntax"}


def read_content(content: Mapping[str, Any]) -> tuple[PremiseSyntax, tuple[Slot, ...]]:
    """Check the content of a menu's file and lay out its slots.

    Raises:
        BadInput: a field is missing, unknown, or of the wrong type, or two entries are the same tactic.
    """
    if wrong := sorted((_FIELDS.keys() - _OPTIONAL - content.keys()) | (content.keys() - _FIELDS.keys())):
        raise BadInput(f"the fields {wrong} are missing or unknown; a menu has {sorted(_FIELDS)}.")
    for field, kind in _FIELDS.items():
        if field in content and not isinstance(content[field], kind):
            raise BadInput(f"`{field}` must be of type {kind.__name__}, got {content[field]!r}.")
    try:
        syntax = PremiseSyntax(**content.get("syntax", {}))
        syntax.check()
    except TypeError as error:
        raise BadInput(f"`syntax` has a field that it should not have: {error}.") from error
    slots = _slots(content["tactic"])
    labels = Counter(slot.label for slot in slots)
    if doubled := sorted(label for label, times in labels.items() if times > 1):
        raise BadInput(f"two entries offer the same tactic: {doubled[:5]}.")
    if not slots:
        raise BadInput("it offers no tactic; give at least one [[tactic]] entry.")
    return syntax, slots


def _slots(entries: Sequence[Mapping[str, Any]]) -> tuple[Slot, ...]:
    """The slots of the `[[tactic]]` entries, in order."""
    slots: list[Slot] = []
    for entry in entries:
        template = entry.get("text") if isinstance(entry, Mapping) else None
        if not isinstance(template, str):
            raise BadInput(f"each [[tactic]] needs a `text`, got {entry!r}.")
        kinds = [kind for kind in _PLACEHOLDERS if f"{{{kind}}}" in template]
        fields, hammer = entry.keys() - {"text", "hammer"}, entry.get("hammer", False)
        if not isinstance(hammer, bool):
            raise BadInput(f"[[tactic]] {template!r}: `hammer` must be true or false, got {hammer!r}.")
        if not kinds and not fields:
            slots.append(Slot(template, "plain", 0, _next_group(slots), hammer))
            continue
        if len(kinds) != 1 or template.count(f"{{{kinds[0]}}}") != 1 or fields != {_PLACEHOLDERS[kinds[0]]}:
            raise BadInput(
                f"[[tactic]] {template!r} has the fields {sorted(fields)}: {{premise}} goes with `ranks`, {{premises}} "
                "with `nearest`, {index} with `indices`, {hypothesis} with `last`, one of them at most, and once."
            )
        numbers = entry[_PLACEHOLDERS[kinds[0]]]
        least = 1 if kinds[0] in ("premise", "hypothesis") else 0
        if not isinstance(numbers, list) or not numbers or not all(type(n) is int and n >= least for n in numbers):
            raise BadInput(f"[[tactic]] {template!r} needs a list of integers >= {least}, got {numbers!r}.")
        if numbers != sorted(set(numbers)):
            raise BadInput(f"[[tactic]] {template!r} must list its numbers in ascending order, got {numbers!r}.")
        group = _next_group(slots)
        for offset, number in enumerate(numbers):
            own_group = group if kinds[0] == "premise" else group + offset
            slots.append(Slot(template, kinds[0], number, own_group, hammer))
    return tuple(slots)


def _next_group(slots: Sequence[Slot]) -> int:
    return slots[-1].group + 1 if slots else 0
