"""Frames between client and server: a length in decimal, a newline, and as many bytes of JSON."""

from __future__ import annotations

import json
import os
import select
from typing import Any

__all__ = ["MAX_REPLY_BYTES", "Frames", "ReplyLate", "ServerGone"]

MAX_REPLY_BYTES = 256 * 2**20
_MAX_HEADER = 16
_CHUNK = 1 << 16


class ServerGone(Exception):
    """Raised when the other side closes a pipe, or sends what is not a frame."""


class ReplyLate(Exception):
    """Raised when a pipe stays silent, or unread, for as long as allowed."""


class Frames:
    """Sends and receives frames over two pipes.

    Args:
        reader: descriptor that replies come from; `writer`: descriptor that requests go to. Both are made non-blocking.
    """

    def __init__(self, reader: int, writer: int) -> None:
        self._reader, self._writer = reader, writer
        self._buffer = bytearray()
        self._readable, self._writable = select.poll(), select.poll()
        self._readable.register(reader, select.POLLIN)
        self._writable.register(writer, select.POLLOUT)
        os.set_blocking(writer, False)

    def send(self, message: dict[str, Any], timeout_s: float) -> None:
        """Send one request.

        Raises:
            ServerGone: the other side is gone.
            ReplyLate: it did not read for `timeout_s`.
        """
        payload = json.dumps(message).encode()
        pending = memoryview(b"%d\n%b" % (len(payload), payload))
        while pending:
            try:
                pending = pending[os.write(self._writer, pending) :]
            except BlockingIOError:
                if not self._writable.poll(timeout_s * 1000):
                    raise ReplyLate("the prover does not read its input") from None
            except OSError as error:
                raise ServerGone(str(error)) from error

    def receive(self, timeout_s: float) -> dict[str, Any]:
        """Receive one reply.

        A part of a frame that came before `ReplyLate` is kept for the next call.

        Raises:
            ServerGone: the pipe ended, perhaps within a frame, or holds something else.
            ReplyLate: nothing came for `timeout_s`.
        """
        while (frame := self._frame()) is None:
            if not self._readable.poll(timeout_s * 1000):
                raise ReplyLate("no reply")
            chunk = os.read(self._reader, _CHUNK)
            if not chunk:
                raise ServerGone("the connection ended within a reply" if self._buffer else "the connection ended")
            self._buffer += chunk
        return frame

    def _frame(self) -> dict[str, Any] | None:
        """The first whole frame of the buffer, taken out of it."""
        newline = self._buffer.find(b"\n", 0, _MAX_HEADER)
        if newline < 0:
            if len(self._buffer) >= _MAX_HEADER:
                raise ServerGone(f"expected the length of a frame, found {bytes(self._buffer[:_MAX_HEADER])!r}")
            return None
        header = bytes(self._buffer[:newline])
        if not header.isdigit() or int(header) > MAX_REPLY_BYTES:
            raise ServerGone(f"expected the length of a frame, at most {MAX_REPLY_BYTES}, found {header!r}")
        end = newline + 1 + int(header)
        if len(self._buffer) < end:
            return None
        payload = self._buffer[newline + 1 : end].decode(errors="replace")
        del self._buffer[:end]
        try:
            message = json.loads(payload)
        except ValueError as error:
            raise ServerGone(f"a reply is not JSON: {error}") from error
        if not isinstance(message, dict):
            raise ServerGone(f"a reply is not an object: {payload[:60]!r}")
        return message
