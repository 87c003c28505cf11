"""The check of a finished proof, in a fresh child that took no part in the search."""

from __future__ import annotations

import time
from collections.abc import Sequence

from ...errors import ProverUnavailable
from ...proof import Verdict
from ...text import unsendable, unsendable_step
from ..prover_process import ProcessDied, ProcessFault
from .progress import Progress
from .server import Server
from .setting import HolLightSetting, child_memory_mb, microseconds

__all__ = ["check"]

_GRACE_S = 2.0
_TRIES = 2


def check(
    server: Server,
    setting: HolLightSetting,
    statement: str,
    tactics: Sequence[str],
    timeout_s: float,
    progress: Progress | None = None,
) -> tuple[Verdict, int | None]:
    """Replay a proof, depth first as a goal stack does, and compare what was proved with the statement.

    Args:
        server: where fresh children come from.
        setting: the context, and the place of the theorem in it.
        statement: typed S-expression of the theorem, which has no hypotheses.
        tactics: of the proof, in order.
        timeout_s: CPU seconds that the replay may take.
        progress: is told about building and starting.

    Returns:
        The verdict, whose `step` is an index into `tactics`, and the fingerprint of the theorem that was proved. The
        verdict is `unavailable` only if two tries in a row failed for other reasons than the proof's own: a child that
        was lost, or that the machine left too little time.
    """
    started = time.monotonic()
    limits = [microseconds(timeout_s), microseconds(timeout_s)]
    request = ["CHECK", *setting.fields(), *limits, "0", statement, *tactics]
    if reason := unsendable(statement):
        return Verdict.refuse(f"the statement cannot be sent to the prover: {reason}"), None
    if (found := unsendable_step(tactics)) is not None:
        return Verdict.refuse(found[1], found[0]), None
    reason = ""
    for _ in range(_TRIES):
        try:
            reply = _ask_fresh_child(server, setting, request, timeout_s + _GRACE_S, progress)
        except (ProcessFault, ProverUnavailable) as error:
            reason = str(error)
            if isinstance(error, ProcessDied) and error.out_of_memory:
                return Verdict.refuse(f"out of memory: {reason}", None, time.monotonic() - started), None
            continue
        if reply[0] != "late":
            return _verdict(reply, time.monotonic() - started)
        reason = reply[1]
    return Verdict.unavailable(reason, time.monotonic() - started), None


def _ask_fresh_child(
    server: Server, setting: HolLightSetting, request: list[str], timeout_s: float, progress: Progress | None
) -> Sequence[str]:
    child = server.open(progress)
    child.memory_mb = child_memory_mb(setting.memory_mb)
    try:
        return child.request(request, timeout_s)
    finally:
        child.close()


def _verdict(reply: Sequence[str], elapsed_s: float) -> tuple[Verdict, int | None]:
    match reply:
        case ["accepted", fingerprint]:
            return Verdict.accept(elapsed_s), int(fingerprint)
        case ["refused", step, reason]:
            return Verdict.refuse(reason, int(step) if int(step) >= 0 else None, elapsed_s), None
        case ["error", reason]:
            return Verdict.refuse(reason, None, elapsed_s), None
        case _:
            return Verdict.unavailable(f"the prover answered {reply[:1]}", elapsed_s), None
