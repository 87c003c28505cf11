"""Policy that RLlib trained: PPO with masked actions."""

from __future__ import annotations

from .exported import ExportedPolicy

__all__ = ["RllibPolicy"]


class RllibPolicy(ExportedPolicy):
    """Tactic policy that `aitp train rllib` exported; see `ExportedPolicy`."""

    name = "rllib"
