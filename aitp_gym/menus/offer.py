"""Offer of a menu for one goal: the distinct tactics that exist there, by slot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..proof import Goal, Premises
from .menu import Menu
from .premise_ranking import nearest_premises

__all__ = ["Offer", "make_offer", "slot_that_writes"]


class Offer(NamedTuple):
    """Tactics that a menu offers for a goal.

    Attributes:
        tactics: distinct texts by slot; slots for which nothing exists, or which write a text that another one writes,
            are left out.
        similarities: similarities to the goal of the nearest premises, nearest first, in [0, 1], shape (P,); P is the
            number of premises that the menu can make use of, or that there are.
        library_share: share of the library that the theorem may use, in [0, 1].
    """

    tactics: Mapping[int, str]
    similarities: NDArray[np.float32]
    library_share: float


def make_offer(menu: Menu, goal: Goal, premises: Premises) -> Offer:
    """Work out what a menu offers for a goal.

    Args:
        menu: the menu.
        goal: the goal.
        premises: premises that it may use; ranked by tf-idf over constants.
    """
    text = goal.text
    names, similarities = nearest_premises(text, premises, menu.max_premises)
    num_hypotheses = len(goal.parts[0].hypotheses)
    tactics: dict[int, str] = {}
    texts: set[str] = set()
    for candidate in menu.candidates(names, text):
        slot = menu.slots[candidate.slot]
        # Menus offer assumptions by their place whatever the goal.
        exists = slot.kind != "index" or slot.number < num_hypotheses
        if exists and candidate.tactic not in texts:
            texts.add(candidate.tactic)
            tactics[candidate.slot] = candidate.tactic
    size = len(premises.library.entries)
    return Offer(tactics, similarities, len(premises) / size if size else 0.0)


def slot_that_writes(
    menu: Menu, offer: Offer, tactic: str, goal: str
) -> tuple[Literal["exactly", "nearly", "not"], int | None]:
    """The slot by which a menu writes a tactic that somebody applied to a goal.

    A tactic that the menu writes with other premises only gets the slot of its template that comes next: which tactic
    it was is known then, and which premises were is not.

    Args:
        menu: the menu.
        offer: what it offers for the goal.
        tactic: text of the tactic.
        goal: text of the goal.

    Returns:
        How the menu writes the tactic, and the slot; `None` where it does not.
    """
    for slot, text in offer.tactics.items():
        if text == tactic:
            return "exactly", slot
    near = menu.slot_of(tactic, (), goal)
    return ("nearly", near) if near in offer.tactics else ("not", None)
