"""Readiness of HOL4, for `aitp doctor`."""

from __future__ import annotations

from ...errors import ProverUnavailable
from ..status import ProverStatus
from .heap import locate

__all__ = ["status"]


def status() -> ProverStatus:
    """Look, without starting or building anything."""
    try:
        heap = locate()
    except ProverUnavailable as error:
        return ProverStatus("hol4", False, False, "", str(error), "export HOLDIR=/path/to/HOL")
    version = heap.installation.version
    if heap.ready:
        return ProverStatus("hol4", True, True, version, f"Built, in {heap.installation.directory}.")
    message = f"Found in {heap.installation.directory}; a heap with our server is made when first used (a second)."
    return ProverStatus("hol4", True, True, version, message)
