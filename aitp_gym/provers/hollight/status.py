"""Readiness of HOL Light, for `aitp doctor`."""

from __future__ import annotations

import shutil

from ...cache import cache_root, needs_writing
from ...errors import ProverUnavailable
from ...files import runtime_problem
from ..frames import ConnectionLost
from ..status import ProverStatus
from .build import PACKAGES, locate
from .sources import HolLightSources

__all__ = ["status"]


def status() -> ProverStatus:
    """Look, without starting or building anything."""
    from .server import Server

    install = f"apt-get install {' '.join(PACKAGES)}"
    try:
        version = HolLightSources.find().version
    except ProverUnavailable as error:
        return _missing("", str(error), install)
    missing = [tool for tool in ("ocamlfind", "ocamlopt", "camlp5", "gcc") if shutil.which(tool) is None]
    if missing:
        return _missing(version, f"HOL Light is installed, but not {', '.join(missing)}.", install)
    try:
        cache_root()
    except ProverUnavailable as error:
        return _missing(version, str(error))
    try:
        build = locate()
    except ProverUnavailable as error:
        return _missing(version, str(error), install)
    if problem := runtime_problem() or ("" if build.ready else needs_writing(build.directory)):
        return _missing(version, problem)
    if not build.ready:
        message = "Installed; the server has not been built yet (about a minute)."
        return ProverStatus("hollight", False, True, version, message, "aitp build hollight")
    try:
        Server.of(build).connect().close()
    except (ConnectionLost, ProverUnavailable):
        message = "Built; the server starts when first used (about 15 seconds)."
        return ProverStatus("hollight", True, True, version, message)
    return ProverStatus("hollight", True, True, version, "Built, and the server is running.")


def _missing(version: str, message: str, command: str = "") -> ProverStatus:
    return ProverStatus("hollight", False, False, version, message, command)
