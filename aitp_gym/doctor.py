"""What `aitp doctor` knows: for each prover, whether it is ready, and the command that would make it so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .errors import UnknownName

__all__ = ["ProverStatus", "examine", "find"]


@dataclass(frozen=True, slots=True)
class ProverStatus:
    """State of a prover on this machine.

    Attributes:
        name: of the prover.
        ready: whether it can be used now.
        buildable: whether everything that it is built from is there.
        version: of the prover; empty if it was not found.
        message: one sentence about its state.
        command: shell command that would make it ready, or take it a step further; empty if it is ready.
    """

    name: str
    ready: bool
    buildable: bool
    version: str
    message: str
    command: str = ""


def examine() -> list[ProverStatus]:
    """Look at every prover, without starting or building anything."""
    return [look() for look in _PROVERS.values()]


def find(name: str) -> ProverStatus:
    """Look at one prover.

    Raises:
        UnknownName: there is none of that name.
    """
    if name not in _PROVERS:
        raise UnknownName(f"There is no prover {name!r}; known: {', '.join(_PROVERS)}.")
    return _PROVERS[name]()


def _propositional() -> ProverStatus:
    from . import __version__

    return ProverStatus("propositional", True, True, __version__, "Part of aitp-gym; runs in process.")


def _hollight() -> ProverStatus:
    from .provers.hollight import status

    found = status()
    buildable = found.ready or found.command.startswith("aitp build")
    return ProverStatus("hollight", found.ready, buildable, found.version, found.message, found.command)


def _hol4() -> ProverStatus:
    from .provers.hol4 import status

    found = status()
    return ProverStatus("hol4", found.ready, found.ready, found.version, found.message, found.command)


def _lean() -> ProverStatus:
    from .provers.lean.embedded.status import status

    found = status()
    return ProverStatus("lean", found.ready, found.ready, found.version, found.message, found.command)


def _leandojo() -> ProverStatus:
    from .provers.lean.dojo.status import status

    found = status()
    return ProverStatus("leandojo", found.ready, found.ready, found.version, found.message, found.command)


_PROVERS: dict[str, Callable[[], ProverStatus]] = {
    "propositional": _propositional,
    "hollight": _hollight,
    "hol4": _hol4,
    "lean": _lean,
    "leandojo": _leandojo,
}
