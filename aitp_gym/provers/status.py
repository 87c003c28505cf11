"""Readiness of a prover on this machine."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Readiness"]


@dataclass(frozen=True, slots=True)
class Readiness:
    """State of a prover on this machine.

    Attributes:
        ready: whether it can be used now (a server may still have to load).
        version: of the prover; empty if it was not found.
        message: one sentence about its state.
        command: shell command that would make it ready, or empty.
    """

    ready: bool
    version: str
    message: str
    command: str = ""
