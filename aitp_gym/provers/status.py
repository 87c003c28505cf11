"""Readiness of a prover on this machine."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ProverStatus"]


@dataclass(frozen=True, slots=True)
class ProverStatus:
    """State of a prover on this machine.

    Attributes:
        name: of the prover.
        ready: whether it can be used now (a server may still have to load).
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
