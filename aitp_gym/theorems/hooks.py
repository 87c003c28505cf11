"""Where the theorems of a prover come from, without depending on the prover."""

from __future__ import annotations

from importlib import import_module
from typing import Any

__all__ = ["from_prover"]


def from_prover(prover: str, module: str, name: str) -> Any:
    """What `aitp_gym.provers.PROVER.MODULE` calls `name`, imported when it is needed and not before."""
    return getattr(import_module(f"aitp_gym.provers.{prover}.{module}"), name)
