"""Frames between client and server: a length in decimal, a newline, and as many bytes of JSON."""

from __future__ import annotations

from .. import pipes
from ..pipes import ReplyLate, ServerGone

__all__ = ["MAX_REPLY_BYTES", "Frames", "ReplyLate", "ServerGone"]

MAX_REPLY_BYTES = 256 * 2**20
_MAX_HEADER = 16


class Frames(pipes.Frames):
    """Sends and receives frames over two pipes; see `pipes.Frames`."""

    def _header(self, size: int) -> bytes:
        return b"%d\n" % size

    def _payload(self) -> tuple[int, int] | None:
        newline = self._buffer.find(b"\n", 0, _MAX_HEADER)
        if newline < 0:
            if len(self._buffer) >= _MAX_HEADER:
                raise ServerGone(f"expected the length of a frame, found {bytes(self._buffer[:_MAX_HEADER])!r}")
            return None
        header = bytes(self._buffer[:newline])
        if not header.isdigit() or int(header) > MAX_REPLY_BYTES:
            raise ServerGone(f"expected the length of a frame, at most {MAX_REPLY_BYTES}, found {header!r}")
        return newline + 1, newline + 1 + int(header)
