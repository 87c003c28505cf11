"""Wrappers that turn a `ProofEnv` into what standard RL libraries take, and the presets made of them.

From the inside out: `FocusGoal` chooses the goal, `TacticMenu` makes the tactics of a menu the actions, `ShapeReward`
may add rewards, and one of `HashGoal`, `TokenizeGoal` and `GoalGraph` makes numbers of the goal.
"""

from .focus_goal import FocusGoal
from .goal_observations import GoalGraph, HashGoal, TokenizeGoal
from .shape_reward import ShapeReward
from .tactic_menu import TacticMenu

__all__ = ["FocusGoal", "GoalGraph", "HashGoal", "ShapeReward", "TacticMenu", "TokenizeGoal"]
