"""Runs a reader on damaged files, in a process with limits of its own, and says what it made of them."""

from __future__ import annotations

import multiprocessing
import os
import random
import resource
import signal
import traceback
from collections.abc import Callable
from pathlib import Path

from aitp_gym.errors import AitpError

__all__ = ["EXAMPLES", "fuzz"]

EXAMPLES = int(os.environ.get("AITP_FUZZ_EXAMPLES", "2000"))
SEED = int(os.environ.get("AITP_FUZZ_SEED", "0"))
_SECONDS = 20
_BYTES = 4 * 2**30


def fuzz(prepare: Callable[[random.Random], object], read: Callable[[], object], kept: Path) -> str:
    """Read many damaged files.

    Args:
        prepare: writes the next damaged file, or files.
        read: reads them.
        kept: takes the traceback of the first one that ended in something else than an `AitpError` or success.

    Returns:
        What was wrong, with the number of the example; empty if nothing was.
    """
    process = multiprocessing.get_context("fork").Process(target=_loop, args=(prepare, read, kept))
    process.start()
    process.join()
    if kept.exists():
        return kept.read_text(encoding="utf-8", errors="backslashreplace")
    return "" if process.exitcode == 0 else f"the process ended with {process.exitcode}"


class _Late(BaseException):
    """Reading took too long: no exception that a reader expects, and so none that it makes an error of ours."""


def _loop(prepare: Callable[[random.Random], object], read: Callable[[], object], kept: Path) -> None:
    def late(*_: object) -> None:
        raise _Late(f"not read within {_SECONDS} s")

    signal.signal(signal.SIGALRM, late)
    held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (held + _BYTES, held + _BYTES))
    for number in range(EXAMPLES):
        prepare(random.Random(f"{SEED} {number}"))
        signal.alarm(_SECONDS)
        try:
            read()
        except AitpError as error:
            str(error).encode()
        except BaseException:
            kept.write_text(f"example {number} of seed {SEED}\n{traceback.format_exc()}", errors="backslashreplace")
            return
        finally:
            signal.alarm(0)
