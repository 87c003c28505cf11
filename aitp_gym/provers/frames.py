"""Framed messages over the pipes of a process, never waiting longer than asked to."""

from __future__ import annotations

import json
import os
import select
from abc import ABC, abstractmethod
from typing import Any, Self

from .process import Running

__all__ = ["MAX_REPLY_BYTES", "Frames", "ReplyLate", "ServerGone", "SizedFrames"]

MAX_REPLY_BYTES = 256 * 2**20
_CHUNK = 1 << 16
_MAX_SIZE_LINE = 16


class ServerGone(Exception):
    """Raised when the other side closes a pipe, or sends what is not a frame."""


class ReplyLate(Exception):
    """Raised when a pipe stays silent, or unread, for as long as allowed."""


class Frames(ABC):
    """Sends and receives JSON objects in frames; how a frame begins is for subclasses to say.

    Args:
        reader: descriptor that replies come from; `writer`: descriptor that requests go to. The writer is made
            non-blocking.
    """

    def __init__(self, reader: int, writer: int) -> None:
        self._reader, self._writer = reader, writer
        self._buffer = bytearray()
        self._readable, self._writable = select.poll(), select.poll()
        self._readable.register(reader, select.POLLIN)
        self._writable.register(writer, select.POLLOUT)
        os.set_blocking(writer, False)

    @classmethod
    def over(cls, running: Running) -> Self:
        """Frames over the pipes of a process that was started with `pipes=True`."""
        assert running.stdin is not None
        assert running.stdout is not None
        return cls(running.stdout.fileno(), running.stdin.fileno())

    @abstractmethod
    def _header(self, size: int) -> bytes:
        """What comes before a payload of that many bytes."""

    @abstractmethod
    def _payload(self) -> tuple[int, int] | None:
        """Where the payload of the first frame begins and ends in the buffer; `None` while its header is incomplete.

        Raises:
            ServerGone: the buffer begins with something else than a header.
        """

    def send(self, message: dict[str, Any], timeout_s: float) -> None:
        """Send one message.

        Raises:
            ServerGone: the other side is gone.
            ReplyLate: it did not read for `timeout_s`.
        """
        payload = json.dumps(message).encode()
        pending = memoryview(self._header(len(payload)) + payload)
        while pending:
            try:
                pending = pending[os.write(self._writer, pending) :]
            except BlockingIOError:
                if not self._writable.poll(timeout_s * 1000):
                    raise ReplyLate("the prover does not read its input") from None
            except OSError as error:
                raise ServerGone(str(error)) from error

    def receive(self, timeout_s: float) -> dict[str, Any]:
        """Receive one message.

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
        place = self._payload()
        if place is None or len(self._buffer) < place[1]:
            return None
        payload = self._buffer[place[0] : place[1]].decode(errors="replace")
        del self._buffer[: place[1]]
        try:
            message = json.loads(payload)
        except ValueError as error:
            raise ServerGone(f"a reply is not JSON: {error}") from error
        if not isinstance(message, dict):
            raise ServerGone(f"a reply is not an object: {payload[:60]!r}")
        return message


class SizedFrames(Frames):
    """Frames that begin with their length in decimal and a line break."""

    def _header(self, size: int) -> bytes:
        return b"%d\n" % size

    def _payload(self) -> tuple[int, int] | None:
        newline = self._buffer.find(b"\n", 0, _MAX_SIZE_LINE)
        if newline < 0:
            if len(self._buffer) >= _MAX_SIZE_LINE:
                raise ServerGone(f"expected the length of a frame, found {bytes(self._buffer[:_MAX_SIZE_LINE])!r}")
            return None
        header = bytes(self._buffer[:newline])
        if not header.isdigit() or int(header) > MAX_REPLY_BYTES:
            raise ServerGone(f"expected the length of a frame, at most {MAX_REPLY_BYTES}, found {header!r}")
        return newline + 1, newline + 1 + int(header)
