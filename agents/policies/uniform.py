"""Uniform policy: everything the menu offers, in random order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from aitp_gym.proof import Goal, Premises

from .menu_base import Answer, MenuBase, goal_generator

__all__ = ["UniformPolicy"]


class UniformPolicy(MenuBase):
    """Gives every distinct tactic of the menu the same probability, in an order drawn anew for each goal and seed."""

    name = "uniform"

    def _answer(self, goals: Sequence[Goal], premises: Sequence[Premises]) -> list[Answer]:
        return [self._shuffled(goal, given) for goal, given in zip(goals, premises, strict=True)]

    def _shuffled(self, goal: Goal, premises: Premises) -> Answer:
        texts = list(dict.fromkeys(candidate.tactic for candidate in self._candidates(goal, premises)))
        order = goal_generator(self._seed, goal).permutation(len(texts))
        return Answer([texts[i] for i in order], np.full(len(texts), -np.log(len(texts))))
