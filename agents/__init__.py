"""Agents: a tactic policy joined to a search model, and the policies themselves."""

if not __name__.startswith("aitp_gym."):
    raise ImportError("`agents` is part of aitp-gym: install the project and import `aitp_gym.agents`.")

from .agent import SearchAgent
from .policies.base import Suggestion, TacticPolicy

__all__ = ["SearchAgent", "Suggestion", "TacticPolicy"]
