"""Child of the HOL Light server: a connection, and the process at its other end."""

from __future__ import annotations

import contextlib
import os
import socket
import struct
from collections.abc import Sequence

from ...errors import ProverUnavailable
from .. import process
from ..frames import ConnectionLost, ReplyLate
from ..prover_process import ProverProcess
from .wire import FieldFrames

__all__ = ["Child", "peer"]

PROTOCOL = "2"


def peer(connection: socket.socket) -> tuple[int, int]:
    """Process and user at the other end; for a listening socket those that called `listen`, the server's parent."""
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    pid, uid, _ = struct.unpack("3i", credentials)
    return pid, uid


class Child(ProverProcess[Sequence[str]]):
    """A forked HOL Light that serves this connection alone.

    `memory_mb`, beyond which it is killed, lies above what the server's own limit allows, which acts first.

    Attributes:
        pid: its process.
    """

    def __init__(self, connection: socket.socket, handle: process.ProcessHandle, frames: FieldFrames) -> None:
        super().__init__()
        self._connection = connection
        self._handle = handle
        self._frames = frames
        self.pid = handle.pid

    @classmethod
    def greet(cls, connection: socket.socket, identity: str | None, timeout_s: float) -> Child:
        """Read the child's hello and take hold of its process.

        Args:
            connection: just connected.
            identity: of the build that must be running; `None` for any.
            timeout_s: how long to wait for the hello.

        Raises:
            ConnectionLost: the server or the child ended meanwhile, or keeps silent.
            ProverUnavailable: something else answers there.
        """
        parent, uid = peer(connection)
        frames = FieldFrames(connection.fileno(), connection.fileno())
        try:
            hello = frames.receive(timeout_s)
        except ReplyLate as error:
            raise ConnectionLost("the server keeps silent") from error
        if uid != os.getuid() or len(hello) != 5 or hello[0] != "hello":
            raise ProverUnavailable(
                f"Expected a HOL Light server of user {os.getuid()}, found user {uid} saying {hello[:2]}."
            )
        if identity is not None and (hello[1] != PROTOCOL or hello[2] != identity):
            raise ProverUnavailable("A HOL Light server of another build listens here; `aitp stop` ends it.")
        try:
            handle = process.ProcessHandle(int(hello[3]))
        except ProcessLookupError as error:
            raise ConnectionLost("the child ended at once") from error
        # Having said hello the child waits for us; what carries its number and has the right parent now is it.
        if process.parent_of(handle.pid) != parent or not handle.alive():
            handle.close()
            raise ConnectionLost("the child ended at once")
        return cls(connection, handle, frames)

    @property
    def resident_mb(self) -> float:
        """Memory that it holds now."""
        return process.resident_mb(self.pid)

    def _end(self) -> None:
        self._handle.kill()

    def _let_go(self) -> None:
        self._handle.close()
        with contextlib.suppress(OSError):
            self._connection.close()
