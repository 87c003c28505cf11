"""Search models: which goal of a proof graph to work on next."""

if not __name__.startswith("aitp_gym."):
    raise ImportError("`search` is part of aitp-gym: install the project and import `aitp_gym.search`.")

from .base import SearchModel
from .best_first import BestFirst
from .breadth_first import BreadthFirst
from .depth_first import DepthFirst
from .fringe import Fringe
from .goal_scorer import ConstantScorer, GoalScorer
from .htps import HTPS, CriticTarget, HTPSSettings, HTPSTargets, HTPSTargetSettings, PolicyTarget
from .trace import MAX_SEARCH_EVENTS, SearchTrace
from .updown import UpDown

__all__ = [
    "HTPS",
    "MAX_SEARCH_EVENTS",
    "BestFirst",
    "BreadthFirst",
    "ConstantScorer",
    "CriticTarget",
    "DepthFirst",
    "Fringe",
    "GoalScorer",
    "HTPSSettings",
    "HTPSTargetSettings",
    "HTPSTargets",
    "PolicyTarget",
    "SearchModel",
    "SearchTrace",
    "UpDown",
]
