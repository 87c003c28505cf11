"""Frames between client and server: a length of 4 bytes (big endian), then fields separated by NUL."""

from __future__ import annotations

import socket
from collections.abc import Sequence

from ...errors import BadInput

__all__ = ["MAX_REPLY_BYTES", "ConnectionLost", "Frames", "ReplyLate"]

MAX_REPLY_BYTES = 256 * 2**20
_CHUNK = 1 << 16
_SEND_TIMEOUT_S = 5.0


class ConnectionLost(Exception):
    """Raised when the other side closes the connection, or sends what is not a frame."""


class ReplyLate(Exception):
    """Raised when nothing came for as long as the socket's timeout."""


class Frames:
    """Sends and receives frames over a connected socket."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._buffer = bytearray()

    def send(self, fields: Sequence[str]) -> None:
        """Send one request.

        Raises:
            BadInput: a field holds a NUL.
            ConnectionLost: the other side is gone.
            ReplyLate: the other side does not read.
        """
        payload = "\0".join(fields).encode()
        if payload.count(0) != len(fields) - 1:
            raise BadInput("A goal or a statement holds a NUL character, which no text of HOL Light does.")
        usual = self._socket.gettimeout()
        try:
            # What does not fit into the socket's buffer waits for the other side to read it.
            self._socket.settimeout(_SEND_TIMEOUT_S)
            self._socket.sendall(len(payload).to_bytes(4, "big") + payload)
        except TimeoutError as error:
            raise ReplyLate from error
        except OSError as error:
            raise ConnectionLost(str(error)) from error
        finally:
            self._socket.settimeout(usual)

    def receive(self) -> list[str]:
        """Receive one frame.

        A part of a frame that came before `ReplyLate` is kept for the next call.

        Raises:
            ConnectionLost: the connection ended, perhaps within a frame.
            ReplyLate: the socket's timeout passed without a byte.
        """
        buffer = self._buffer
        while True:
            if len(buffer) >= 4:
                end = 4 + int.from_bytes(buffer[:4], "big")
                if end > MAX_REPLY_BYTES:
                    raise ConnectionLost(f"a frame of {end} bytes is announced, at most {MAX_REPLY_BYTES} are read")
                if len(buffer) >= end:
                    payload = buffer[4:end].decode(errors="replace")
                    del buffer[:end]
                    return payload.split("\0")
            try:
                chunk = self._socket.recv(_CHUNK)
            except TimeoutError as error:
                raise ReplyLate from error
            except OSError as error:
                raise ConnectionLost(str(error)) from error
            if not chunk:
                raise ConnectionLost("the connection ended within a reply" if buffer else "the connection ended")
            buffer += chunk

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()
