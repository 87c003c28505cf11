"""Frames between client and server of HOL Light: a length of 4 bytes (big endian), then fields separated by NUL."""

from __future__ import annotations

from collections.abc import Sequence

from ...errors import BadInput
from ..frames import MAX_REPLY_BYTES, ConnectionLost, Frames

__all__ = ["FieldFrames"]


class FieldFrames(Frames[Sequence[str]]):
    """Messages of text fields; the first field of a request is its number, and that of its replies too."""

    def _header(self, size: int) -> bytes:
        return size.to_bytes(4, "big")

    def _payload(self) -> tuple[int, int] | None:
        if len(self._buffer) < 4:
            return None
        end = 4 + int.from_bytes(self._buffer[:4], "big")
        if end > MAX_REPLY_BYTES:
            raise ConnectionLost(f"a frame of {end} bytes is announced, at most {MAX_REPLY_BYTES} are read")
        return 4, end

    def _encoded(self, message: Sequence[str]) -> bytes:
        payload = "\0".join(message).encode()
        if payload.count(0) != len(message) - 1:
            raise BadInput("A goal or a statement holds a NUL character, which no text of HOL Light does.")
        return payload

    def _decoded(self, payload: bytes) -> Sequence[str]:
        return payload.decode(errors="replace").split("\0")

    def numbered(self, message: Sequence[str], number: int) -> Sequence[str]:
        """The request with its number in front."""
        return [str(number), *message]

    def opened(self, reply: Sequence[str]) -> tuple[int | None, Sequence[str]]:
        """The number of the request that is answered, and the other fields."""
        number = reply[0]
        return (int(number) if number.isascii() and number.isdigit() else None), reply[1:]
