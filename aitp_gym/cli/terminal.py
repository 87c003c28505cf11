"""Standard output and error of `aitp`, whatever they can show and whoever reads them."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from typing import TYPE_CHECKING, TextIO

from ..errors import AitpError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

__all__ = ["OutputLost", "prepare_streams"]


class OutputLost(AitpError):
    """Raised when standard output or error cannot be written, for want of space for example."""


class _Output(io.FileIO):
    """Descriptor that outlives its reader, and fails once in a sentence: from then on everything goes nowhere."""

    def write(self, data: ReadableBuffer, /) -> int:
        try:
            return super().write(data)
        except OSError as error:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)
            if isinstance(error, BrokenPipeError):
                return memoryview(data).nbytes
            raise OutputLost(f"What was to be printed could not be written: {error.strerror}.") from error


def prepare_streams() -> None:
    """Make standard output and error show what their encoding lacks as escapes, and outlive their reader.

    A command then ends with the exit code that its work gives it, and not with one of its last print.
    """
    sys.stdout = _prepared(sys.stdout, 1)
    sys.stderr = _prepared(sys.stderr, 2)


def _prepared(stream: TextIO | None, descriptor: int) -> TextIO:
    if stream is None:
        # Closed by whoever started us.
        return open(os.devnull, "w", encoding="utf-8")  # for the rest of the process
    with contextlib.suppress(OSError, ValueError):
        if stream.fileno() != descriptor:
            return stream
        stream.flush()
        raw = _Output(descriptor, "w", closefd=False)
        unbuffered = isinstance(stream, io.TextIOWrapper) and stream.write_through
        return io.TextIOWrapper(
            raw if unbuffered else io.BufferedWriter(raw),  # as Python itself does with -u
            encoding=stream.encoding,
            errors="backslashreplace",
            line_buffering=descriptor == 2 or stream.isatty(),
            write_through=unbuffered,
        )
    return stream
