"""Readiness of HOL Light, for `aitp doctor`."""

from __future__ import annotations

import shutil

from ...errors import ProverUnavailable
from ..frames import ConnectionLost
from ..status import Readiness
from .build import PACKAGES, locate
from .sources import HolLightSources

__all__ = ["Readiness", "status"]


def status() -> Readiness:
    """Look, without starting or building anything."""
    from .server import Server

    install = f"apt-get install {' '.join(PACKAGES)}"
    try:
        version = HolLightSources.find().version
    except ProverUnavailable as error:
        return Readiness(False, "", str(error), install)
    missing = [tool for tool in ("ocamlfind", "ocamlopt", "camlp5", "gcc") if shutil.which(tool) is None]
    if missing:
        return Readiness(False, version, f"HOL Light is installed, but not {', '.join(missing)}.", install)
    try:
        build = locate()
    except ProverUnavailable as error:
        return Readiness(False, version, str(error), install)
    if not build.ready:
        message = "Installed; the server has not been built yet (about a minute)."
        return Readiness(False, version, message, "aitp build hollight")
    try:
        Server.of(build).connect().close()
    except (ConnectionLost, ProverUnavailable):
        return Readiness(True, version, "Built; the server starts when first used (about 15 seconds).")
    return Readiness(True, version, "Built, and the server is running.")
