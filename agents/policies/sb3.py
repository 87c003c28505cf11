"""Policy that Stable-Baselines3 or sb3-contrib trained: PPO, A2C, DQN, MaskablePPO."""

from __future__ import annotations

from .exported import ExportedPolicy

__all__ = ["Sb3Policy"]


class Sb3Policy(ExportedPolicy):
    """Tactic policy that `aitp train sb3` exported; see `ExportedPolicy`."""

    name = "sb3"
