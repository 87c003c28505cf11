"""Whether HOL Light is ready, for `aitp doctor`."""

from __future__ import annotations

import shutil

from ...cache import cache_root, needs_writing
from ...errors import ProverUnavailable
from ...files import runtime_problem
from ..status import Status
from .build import PACKAGES, locate
from .sources import HolLightSources
from .wire import ConnectionLost

__all__ = ["Status", "status"]


def status() -> Status:
    """Look, without starting or building anything."""
    from .server import Server

    install = f"apt-get install {' '.join(PACKAGES)}"
    try:
        version = HolLightSources.find().version
    except ProverUnavailable as error:
        return Status(False, "", str(error), install)
    missing = [tool for tool in ("ocamlfind", "ocamlopt", "camlp5", "gcc") if shutil.which(tool) is None]
    if missing:
        return Status(False, version, f"HOL Light is installed, but not {', '.join(missing)}.", install)
    try:
        cache_root()
    except ProverUnavailable as error:
        return Status(False, version, str(error))
    try:
        build = locate()
    except ProverUnavailable as error:
        return Status(False, version, str(error), install)
    if problem := runtime_problem() or ("" if build.ready else needs_writing(build.directory)):
        return Status(False, version, problem)
    if not build.ready:
        message = "Installed; the server has not been built yet (about a minute)."
        return Status(False, version, message, "aitp build hollight")
    try:
        Server.of(build).connect().close()
    except (ConnectionLost, ProverUnavailable):
        return Status(True, version, "Built; the server starts when first used (about 15 seconds).")
    return Status(True, version, "Built, and the server is running.")
