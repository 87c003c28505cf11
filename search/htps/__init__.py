"""HyperTree Proof Search (HTPS, arXiv:2205.11491) and what it teaches policies and goal scorers."""

from .model import HTPS
from .settings import HTPSSettings
from .targets import CriticTarget, HTPSTargets, HTPSTargetSettings, PolicyTarget

__all__ = ["HTPS", "CriticTarget", "HTPSSettings", "HTPSTargetSettings", "HTPSTargets", "PolicyTarget"]
