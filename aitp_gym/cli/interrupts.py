"""Interrupts of `aitp`: a command told to stop ends soon, leaves no process behind, and exits with 130 or 143."""

from __future__ import annotations

import _thread
import contextlib
import os
import signal
import sys
import threading
import time
from types import FrameType

import psutil

__all__ = ["Interrupts"]

# From the signal on: commands may close what they have open, then their processes are asked to end, then killed.
_UNWIND_S = 1.2
_TERMINATE_S = 0.3


class Interrupts:
    """Handlers of SIGINT (Ctrl-C) and SIGTERM for one command.

    The first signal raises `KeyboardInterrupt`, so that everything is closed as usual. A thread gives that a limit:
    libraries may wait for something else meanwhile, or hold the exception back. A server that a prover keeps for
    all runs is no descendant of the command and stays.

    Attributes:
        signum: the signal that came first; `None` while none has.
    """

    def __init__(self) -> None:
        self.signum: int | None = None
        self._over = False
        self._lock = threading.Lock()
        for signum in (signal.SIGINT, signal.SIGTERM):
            if signal.getsignal(signum) is not signal.SIG_IGN:
                signal.signal(signum, self._on_signal)

    @property
    def exit_code(self) -> int:
        """What shells expect of a command that a signal ended: 128 and the signal's number."""
        return 128 + (self.signum or signal.SIGINT)

    def over(self) -> None:
        """The command has done its work: a signal from here on ends the process at once."""
        self._over = True
        if self.signum is not None:
            self.finish()

    def _on_signal(self, signum: int, frame: FrameType | None) -> None:
        if self.signum is not None:
            return
        self.signum = signum
        if self._over:
            self.finish()
        # What is interrupted in a finaliser or a thread would be printed with a traceback.
        sys.unraisablehook = threading.excepthook = _silent
        # Not `threading.Thread`: the signal may have come while the locks of that module were held.
        _thread.start_new_thread(self._limit, ())
        raise KeyboardInterrupt

    def _limit(self) -> None:
        time.sleep(_UNWIND_S)
        self.finish()

    def finish(self) -> None:
        """Say that the command was interrupted, end all processes that it has started, and end itself."""
        # Held until the end: of two callers one does it.
        with self._lock:
            for stream in (sys.stdout, sys.stderr):
                with contextlib.suppress(OSError, ValueError):
                    stream.flush()
            word = "interrupted" if self.signum == signal.SIGINT else "terminated"
            terminal = _mute()
            _end_descendants()
            with contextlib.suppress(OSError):
                shown_cursor = "\x1b[?25h" if os.isatty(terminal) else ""
                os.write(terminal, f"{shown_cursor}aitp: {word}\n".encode())
            os._exit(self.exit_code)


def _silent(*_: object) -> None:
    """Print nothing."""


def _mute() -> int:
    """Send what the process still prints, closing its progress bars, nowhere; returns its stderr, for the last word."""
    try:
        terminal = os.dup(2)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (1, 2):
            os.dup2(nowhere, stream)
    except OSError:  # as many files are open as may be
        return 2
    return terminal


def _end_descendants() -> None:
    """Ask all descendants to end, and kill those that do not."""
    found = psutil.Process().children(recursive=True)
    for process in found:
        with contextlib.suppress(psutil.Error):
            process.terminate()
    _, alive = psutil.wait_procs(found, timeout=_TERMINATE_S)
    # Those that have been started meanwhile, too.
    for process in {*alive, *psutil.Process().children(recursive=True)}:
        with contextlib.suppress(psutil.Error):
            process.kill()
