"""Offer of a menu for one goal: the distinct tactics that exist there, by slot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..proof import Goal, Premises
from .menu import Menu
from .premise_ranking import nearest_premises

__all__ = ["Offer", "make_offer"]


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
