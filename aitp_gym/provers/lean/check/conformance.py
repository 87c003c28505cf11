"""Conformance of the check: its verdicts on texts that must be refused and on honest ones like them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from ..toolchain import Toolchain
from .cheats import Cheat, cheats
from .verify import Finding, verify

__all__ = ["Examination", "examination"]

_TIMEOUT_S = 60.0
_SIDE_BY_SIDE = 2
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Examination:
    """Counts of cheats that the check refused and of honest proofs that it accepted.

    Attributes:
        cheats_refused: cheats that were refused for a reason that fits; `cheats_total`: all.
        honest_accepted: of as many honest proofs as there are cheats, those that were accepted.
        faults: what went wrong with the others.
    """

    cheats_refused: int
    cheats_total: int
    honest_accepted: int
    faults: tuple[str, ...]


def examination(toolchain: Toolchain, progress: Progress = lambda done, total: None) -> Examination:
    """Put every cheat and its honest twin to the check."""
    listed = cheats()
    refused = accepted = 0
    faults: list[str] = []

    def look(cheat: Cheat) -> tuple[Finding, Finding]:
        return (
            verify(toolchain, cheat.source, cheat.body, _TIMEOUT_S),
            verify(toolchain, cheat.honest, cheat.proof, _TIMEOUT_S),
        )

    with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
        for done, (cheat, (false, true)) in enumerate(zip(listed, pool.map(look, listed), strict=True), start=1):
            progress(done, len(listed))
            if false.status == "refused" and cheat.reason in false.reason:
                refused += 1
            else:
                faults.append(f"{cheat.name}: {false.status}, {false.reason or 'without a reason'}")
            if true.status == "accepted":
                accepted += 1
            else:
                faults.append(f"{cheat.name}, the honest twin: {true.status}, {true.reason}")
    return Examination(refused, len(listed), accepted, tuple(faults))
