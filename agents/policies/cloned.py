"""Policy that imitates proofs: a network over a menu, for a preset to start from."""

from __future__ import annotations

from .exported import ExportedPolicy

__all__ = ["ClonedPolicy"]


class ClonedPolicy(ExportedPolicy):
    """Tactic policy that `aitp train clone` exported; see `ExportedPolicy`."""

    name = "cloned"
