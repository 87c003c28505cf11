"""Framed messages to and from a process, never waiting longer than asked to."""

from __future__ import annotations

import json
import os
import select
from abc import ABC, abstractmethod
from typing import Any, Generic, Self, TypeVar

from .process import Running

__all__ = [
    "MAX_REPLY_BYTES",
    "ConnectionLost",
    "Frames",
    "JsonFrames",
    "LineFrames",
    "ReplyLate",
    "SizedFrames",
]

M = TypeVar("M")
MAX_REPLY_BYTES = 256 * 2**20
_CHUNK = 1 << 16
_MAX_SIZE_LINE = 16


class ConnectionLost(Exception):
    """Raised when the other side closes the connection, or sends what is not a frame."""


class ReplyLate(Exception):
    """Raised when the other side stays silent, or does not read, for as long as allowed."""


class Frames(ABC, Generic[M]):
    """Messages in frames; what a message is and how a frame begins is for subclasses to say.

    Args:
        reader: descriptor that replies come from.
        writer: descriptor that requests go to; it is made non-blocking.
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
            ConnectionLost: the buffer begins with something else than a header.
        """

    @abstractmethod
    def _encoded(self, message: M) -> bytes:
        """The payload that carries a message."""

    @abstractmethod
    def _decoded(self, payload: bytes) -> M:
        """The message that a payload carries.

        Raises:
            ConnectionLost: it carries none.
        """

    @abstractmethod
    def numbered(self, message: M, number: int) -> M:
        """A request that bears its number."""

    @abstractmethod
    def opened(self, reply: M) -> tuple[int | None, M]:
        """The number of the request that a reply answers, `None` if it names none, and the reply without it."""

    def send(self, message: M, timeout_s: float) -> None:
        """Send one message.

        Raises:
            ConnectionLost: the other side is gone.
            ReplyLate: it did not read for `timeout_s`.
        """
        payload = self._encoded(message)
        pending = memoryview(self._header(len(payload)) + payload)
        while pending:
            try:
                pending = pending[os.write(self._writer, pending) :]
            except BlockingIOError:
                if not self._writable.poll(timeout_s * 1000):
                    raise ReplyLate("the prover does not read its input") from None
            except OSError as error:
                raise ConnectionLost(str(error)) from error

    def receive(self, timeout_s: float) -> M:
        """Receive one message.

        A part of a frame that came before `ReplyLate` is kept for the next call.

        Raises:
            ConnectionLost: the connection ended, perhaps within a frame, or holds something else.
            ReplyLate: nothing came for `timeout_s`.
        """
        while (frame := self._frame()) is None:
            if not self._readable.poll(timeout_s * 1000):
                raise ReplyLate("no reply")
            try:
                chunk = os.read(self._reader, _CHUNK)
            except OSError as error:
                raise ConnectionLost(str(error)) from error
            if not chunk:
                raise ConnectionLost("the connection ended within a reply" if self._buffer else "the connection ended")
            self._buffer += chunk
        return frame

    def detach(self) -> None:
        """Forget the descriptors, which are about to be closed and may soon be something else's.

        Whoever still waits in another thread meets with `ConnectionLost`.
        """
        self._reader = self._writer = -1

    def _frame(self) -> M | None:
        """The first whole frame of the buffer, taken out of it."""
        place = self._payload()
        if place is None or len(self._buffer) < place[1]:
            return None
        payload = bytes(self._buffer[place[0] : place[1]])
        del self._buffer[: place[1]]
        return self._decoded(payload)


class JsonFrames(Frames[dict[str, Any]]):
    """Frames of JSON objects; the number of a request is its `id`, as in JSON-RPC."""

    def _encoded(self, message: dict[str, Any]) -> bytes:
        return json.dumps(message).encode()

    def _decoded(self, payload: bytes) -> dict[str, Any]:
        text = payload.decode(errors="replace")
        try:
            message = json.loads(text)
        except ValueError as error:
            raise ConnectionLost(f"a reply is not JSON: {error}") from error
        if not isinstance(message, dict):
            raise ConnectionLost(f"a reply is not an object: {text[:60]!r}")
        return message

    def numbered(self, message: dict[str, Any], number: int) -> dict[str, Any]:
        """The request with its number."""
        return {**message, "id": number}

    def opened(self, reply: dict[str, Any]) -> tuple[int | None, dict[str, Any]]:
        """The number of the request that is answered, and the rest of the reply."""
        number = reply.pop("id", None)
        return (number if isinstance(number, int) else None), reply


class SizedFrames(JsonFrames):
    """JSON frames that begin with their length in decimal and a line break."""

    def _header(self, size: int) -> bytes:
        return b"%d\n" % size

    def _payload(self) -> tuple[int, int] | None:
        newline = self._buffer.find(b"\n", 0, _MAX_SIZE_LINE)
        if newline < 0:
            if len(self._buffer) >= _MAX_SIZE_LINE:
                raise ConnectionLost(f"expected the length of a frame, found {bytes(self._buffer[:_MAX_SIZE_LINE])!r}")
            return None
        header = bytes(self._buffer[:newline])
        if not header.isdigit() or int(header) > MAX_REPLY_BYTES:
            raise ConnectionLost(f"expected the length of a frame, at most {MAX_REPLY_BYTES}, found {header!r}")
        return newline + 1, newline + 1 + int(header)


class LineFrames(JsonFrames):
    """JSON frames that end with a line break and hold no other."""

    def __init__(self, reader: int, writer: int) -> None:
        super().__init__(reader, writer)
        # How much of the buffer has no line break in it.
        self._searched = 0

    def _header(self, size: int) -> bytes:
        return b""

    def _payload(self) -> tuple[int, int] | None:
        newline = self._buffer.find(b"\n", self._searched)
        if newline < 0:
            self._searched = len(self._buffer)
            if self._searched > MAX_REPLY_BYTES:
                raise ConnectionLost(f"expected a line of {MAX_REPLY_BYTES} bytes at most")
            return None
        self._searched = 0
        return 0, newline + 1

    def _encoded(self, message: dict[str, Any]) -> bytes:
        return super()._encoded(message) + b"\n"
