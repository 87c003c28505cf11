"""Menu coverage: how much of what people did a menu can write."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence, Set
from dataclasses import asdict, dataclass
from typing import Any, Literal

from ...menus import Menu
from .known_steps import KnownStep

__all__ = ["Coverage", "Writable", "coverage", "meaning", "writable"]

Writable = Literal["exactly", "template", "no"]
"""Whether a menu can write a tactic: as it is, with other premises or another hypothesis only, or not at all."""


Nearest = Callable[[KnownStep, int], Sequence[str]]


@dataclass
class Coverage:
    """Counts of what a menu can write of the steps of one split.

    Attributes:
        steps: steps of proofs; `template`: of these whose template the menu has, whatever stands in its slots;
            `exactly`: of these that it offers as they are, given the goal's nearest premises.
        proofs: accepted proofs; `proofs_template`, `proofs_exactly`: of these with all of their steps so.
    """

    steps: int = 0
    template: int = 0
    exactly: int = 0
    proofs: int = 0
    proofs_template: int = 0
    proofs_exactly: int = 0

    def as_json(self) -> dict[str, Any]:
        """The counts by name."""
        return asdict(self)


def meaning(menu: Menu, tactic: str, goal: str) -> Hashable | None:
    """A tactic as a menu reads it, whatever the order of premises in a list; `None` if the menu has no template for it.

    Args:
        menu: menu to read with.
        tactic: text of the tactic.
        goal: `Goal.text` of the goal it is for.
    """
    parsed = menu.parse(tactic, goal)
    if parsed is None:
        return None
    return _meaning(parsed.template, parsed.premises, tactic)


def writable(menu: Menu, tactic: str, goal: str, offered: Set[Hashable]) -> Writable:
    """Whether a menu can write a tactic.

    Args:
        menu: menu to write with.
        tactic: text of the tactic.
        goal: `Goal.text` of the goal it is for.
        offered: `meaning` of each tactic that can be chosen there.
    """
    wanted = meaning(menu, tactic, goal)
    if wanted is None:
        return "no"
    return "exactly" if wanted in offered else "template"


def _meaning(template: str, premises: Iterable[str], tactic: str) -> Hashable:
    named = frozenset(premises)
    return (template, named) if named else tactic


def coverage(menu: Menu, steps: Iterable[KnownStep], nearest: Nearest) -> dict[str, Coverage]:
    """Count what a menu can write, by split.

    Args:
        menu: menu to measure.
        steps: steps of proofs.
        nearest: names the premises nearest to the goal of a step, at most so many, nearest first.
    """
    found: dict[str, Coverage] = {}
    proofs: dict[tuple[str, str], list[Writable]] = {}
    for step in steps:
        ranked = nearest(step, menu.max_premises)
        offered = {
            _meaning(menu.slots[each.slot].template, (ranked[place] for place in each.premises), each.tactic)
            for each in menu.candidates(ranked, step.goal)
        }
        how = writable(menu, step.tactic, step.goal, offered)
        counts = found.setdefault(step.split, Coverage())
        counts.steps += 1
        counts.template += how != "no"
        counts.exactly += how == "exactly"
        if step.whole:
            proofs.setdefault((step.split, step.theorem), []).append(how)
    for (split, _), each in proofs.items():
        counts = found[split]
        counts.proofs += 1
        counts.proofs_template += "no" not in each
        counts.proofs_exactly += set(each) == {"exactly"}
    return found
