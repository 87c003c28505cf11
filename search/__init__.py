"""Search models: which goal of a proof graph to work on next."""

if not __name__.startswith("aitp_gym."):
    raise ImportError("`search` is part of aitp-gym: install the project and import `aitp_gym.search`.")

from .base import SearchModel
from .best_first import BestFirst
from .breadth_first import BreadthFirst
from .goal_scorer import ConstantScorer, GoalScorer

__all__ = ["BestFirst", "BreadthFirst", "ConstantScorer", "GoalScorer", "SearchModel"]
