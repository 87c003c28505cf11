"""The compiled stepper of a toolchain, in the cache; whether it works is found out when it is first needed."""

from __future__ import annotations

import hashlib
import logging
import os
from functools import lru_cache
from pathlib import Path

from ....cache import cache_root, writable_cache
from ....errors import ProverUnavailable, StatementError
from ....files import file_lock, remove, writing
from ... import process
from ...prover_process import ProcessFault
from ..source import Source
from ..toolchain import Toolchain
from .process import Stepper, StepperLimits

__all__ = ["stepper_of"]

_MODULE = "AitpStepper"
_SERVE = f"import {_MODULE}\naitp_serve\n"
_REFUSED = "refused"
_OURS = (Path(__file__), Path(__file__).with_name("process.py"))
_BUILD_TIMEOUT_S = 300.0
_TRIES = 3
_MEMORY_MB = 4096
_STEP_S = 10.0
_STOP_S = 0.2
# Something to prove that needs nothing of any library, and a tactic without end.
_TEST = Source("", "theorem aitp_test (p q : Prop) (hp : p) (hq : q) : p ∧ q")
_LOOP = "repeat' (have := hp)"
_log = logging.getLogger(__name__)


@lru_cache(maxsize=16)
def _source(kind: str) -> str:
    name = "embedded" if kind == "embedded" else "full"
    return Path(__file__).with_name(f"{name}.lean").read_text(encoding="utf-8")


def stepper_of(toolchain: Toolchain) -> Path:
    """Folder with the stepper for a toolchain; compiled and tested when it is asked for the first time.

    Lean's interfaces change from release to release, so what decides is a test: two steps, an error, an interrupt. A
    toolchain that fails it is not tried again until the stepper or the toolchain is another one.

    Raises:
        ProverUnavailable: the stepper does not work with this Lean, or the cache cannot be written.
    """
    text = _source(toolchain.kind)
    # How it is built and tried counts too: what was refused before a change of ours may work after it.
    parts = (toolchain.identity, *toolchain.lean, text, *(path.read_text(encoding="utf-8") for path in _OURS))
    place = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    folder = cache_root() / "lean" / f"stepper-{place[:16]}"
    if not _ready(folder):
        writable_cache(folder.parent)
        with file_lock(folder.with_suffix(".lock")), writing(folder):
            if not _ready(folder):
                _build(toolchain, text, folder)
    refused = folder / _REFUSED
    if refused.is_file():
        raise ProverUnavailable(f"The stepper does not work with Lean {toolchain.version}: {refused.read_text()}")
    return folder


def _ready(folder: Path) -> bool:
    """Whether it was built and tried, however that ended; an empty folder in its place does not count."""
    return os.path.isfile(folder / "Serve.lean")


def _build(toolchain: Toolchain, text: str, folder: Path) -> None:
    work, log = folder.with_suffix(".building"), folder.with_suffix(".log")
    # What a killed build has left.
    for path in (work, log, folder):
        remove(path)
    work.mkdir()
    (work / f"{_MODULE}.lean").write_text(text, encoding="utf-8")
    (work / "Serve.lean").write_text(_SERVE, encoding="utf-8")
    reason = _compile(toolchain, work, log)
    for _ in range(_TRIES if not reason else 0):
        # A machine that has no time for it is not at fault for good.
        if not (reason := _test(toolchain, work)):
            break
    if reason:
        _log.warning(
            "The stepper does not work with Lean %s, the language server is used: %s", toolchain.version, reason
        )
        (work / _REFUSED).write_text(reason, encoding="utf-8")
    os.rename(work, folder)


def _compile(toolchain: Toolchain, work: Path, log: Path) -> str:
    """Compile the stepper; why that failed, or empty."""
    module = os.fspath(work / _MODULE)
    # In the toolchain's own folder: what `lean` means may depend on where it is called.
    argv = [*toolchain.lean, f"--root={work}", "-o", f"{module}.olean", f"{module}.lean"]
    status = process.run(argv, log, timeout_s=_BUILD_TIMEOUT_S, cwd=toolchain.directory, env=toolchain.env)
    if status is None or status < 0:
        raise ProverUnavailable(f"Lean could not compile its stepper: it ended with status {status}.")
    return "" if status == 0 else f"it does not compile: {process.tail(log)}"


def _test(toolchain: Toolchain, work: Path) -> str:
    """Try the stepper; what is wrong with it, or empty."""
    try:
        stepper = Stepper(toolchain, work, "", _MEMORY_MB)
    except (ProverUnavailable, StatementError) as error:
        return str(error)
    try:
        stepper.open(_TEST)
        limits = StepperLimits(_STEP_S, _STEP_S)
        first = stepper.step(0, (0,), "constructor", limits)
        second = stepper.step(first.state, (1,), "exact hq", limits)
        wrong = stepper.step(first.state, (1,), "exact hp", limits)
        loop = stepper.step(0, (0,), _LOOP, StepperLimits(_STOP_S, _STEP_S))
        statuses = [first.status, second.status, wrong.status, loop.status]
        if statuses[:2] != ["ok", "ok"] or wrong.status not in ("error", "logged") or loop.status != "stopped":
            return f"a test of it gave {', '.join(statuses)}"
        if len(first.goals) != 2 or second.goals:
            return f"a test of it left {len(first.goals)} and {len(second.goals)} goals"
    except (ProcessFault, StatementError) as error:
        return f"a test of it failed: {error}"
    finally:
        stepper.close()
    return ""
