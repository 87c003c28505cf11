"""Fixed-order policy: the menu's own order for every goal."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from aitp_gym.proof import Goal, Premises

from .menu_base import Answer, MenuBase

__all__ = ["FixedOrderPolicy"]


class FixedOrderPolicy(MenuBase):
    """Tries the menu from top to bottom; the n-th distinct tactic has probability in proportion to 1/n."""

    name = "fixed-order"

    def _answer(self, goals: Sequence[Goal], premises: Sequence[Premises]) -> list[Answer]:
        return [self._in_order(goal, given) for goal, given in zip(goals, premises, strict=True)]

    def _in_order(self, goal: Goal, premises: Premises) -> Answer:
        texts = list(dict.fromkeys(candidate.tactic for candidate in self._candidates(goal, premises)))
        weights = 1.0 / np.arange(1, len(texts) + 1)
        return Answer(texts, np.log(weights / weights.sum()))
