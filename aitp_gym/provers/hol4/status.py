"""Readiness of HOL4, for `aitp doctor`."""

from __future__ import annotations

from ...cache import needs_writing
from ...errors import ProverUnavailable
from ...files import runtime_problem
from ..status import ProverStatus
from .heap import locate
from .installation import Installation

__all__ = ["status"]


def status() -> ProverStatus:
    """Look, without starting or building anything."""
    try:
        version = Installation.find().version
    except ProverUnavailable as error:
        return ProverStatus("hol4", False, False, "", str(error), "export HOLDIR=/path/to/HOL")
    try:
        heap = locate()
    except ProverUnavailable as error:
        return ProverStatus("hol4", False, False, version, str(error))
    if problem := runtime_problem() or ("" if heap.ready else needs_writing(heap.directory)):
        return ProverStatus("hol4", False, False, version, problem)
    if heap.ready:
        return ProverStatus("hol4", True, True, version, f"Built, in {heap.installation.directory}.")
    message = f"Found in {heap.installation.directory}; a heap with our server is made when first used (a second)."
    return ProverStatus("hol4", True, True, version, message)
