"""Goals as text."""

from __future__ import annotations

import pytest

from aitp_gym.proof import Goal
from aitp_gym.proof.goal import Sequent


@pytest.mark.parametrize(
    "goal",
    [
        Goal.single("p"),
        Goal.single("p ∧ q", ["p", "p → q"]),
        Goal.single("∀ x,\n  p x", ["h : q"]),
        Goal((Sequent(("h : a",), "b"), Sequent((), "c")), None),
    ],
)
def test_a_goal_comes_back_from_its_text(goal):
    again = Goal.from_text(goal.text, goal.key)
    assert again == goal
    assert again.text == goal.text
