"""One child of the server: a connection, and a firm hold of the process at its other end."""

from __future__ import annotations

import os
import socket
import struct
import time
from collections.abc import Sequence

from ...errors import ProverUnavailable
from .. import process
from .wire import ConnectionLost, Frames, ReplyLate

__all__ = ["Child", "ChildDied", "ChildSilent", "peer"]

PROTOCOL = "1"
# How often a silent child's memory and the deadline are looked at.
_WATCH_S = 0.1


def peer(connection: socket.socket) -> tuple[int, int]:
    """Process and user at the other end; for a listening socket those that called `listen`, the server's parent."""
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    pid, uid, _ = struct.unpack("3i", credentials)
    return pid, uid


class ChildDied(Exception):
    """Raised when the child ends; `out_of_memory` tells whether it held too much memory when last seen."""

    def __init__(self, reason: str, out_of_memory: bool = False) -> None:
        super().__init__(reason)
        self.out_of_memory = out_of_memory


class ChildSilent(Exception):
    """Raised when no reply has come by the deadline; the child has been killed."""


class Child:
    """A forked HOL Light that serves this connection alone.

    Attributes:
        pid: its process.
        memory_mb: it is killed when it holds more; raised above what the server's own limit allows, which acts first.
    """

    def __init__(self, connection: socket.socket, handle: process.ProcessHandle, frames: Frames) -> None:
        connection.settimeout(_WATCH_S)
        self._handle = handle
        self._frames = frames
        self._resident_mb = 0.0
        self._owner = os.getpid()
        self.pid = handle.pid
        self.memory_mb = float("inf")

    @classmethod
    def greet(cls, connection: socket.socket, identity: str | None) -> Child:
        """Read the child's hello and take hold of its process.

        Args:
            connection: just connected.
            identity: of the build that must be running; `None` for any.

        Raises:
            ConnectionLost: the server or the child ended meanwhile.
            ProverUnavailable: something else answers there.
        """
        parent, uid = peer(connection)
        frames = Frames(connection)
        hello = frames.receive()
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

    def send(self, fields: Sequence[str]) -> None:
        """Send a request.

        Raises:
            ChildDied: it is gone.
            ChildSilent: it does not read.
        """
        self._resident_mb = 0.0
        try:
            self._frames.send(fields)
        except ConnectionLost as error:
            raise ChildDied(str(error)) from error
        except ReplyLate as error:
            self.close()
            raise ChildSilent("the prover does not read its input") from error

    def receive(self, timeout_s: float) -> list[str]:
        """The next reply.

        Raises:
            ChildDied: it ended before the reply was complete.
            ChildSilent: the reply was not complete within `timeout_s`.
        """
        deadline = time.monotonic() + timeout_s
        while True:
            try:
                return self._frames.receive()
            except ReplyLate:
                self._watch(deadline)
            except ConnectionLost as error:
                raise ChildDied(str(error), out_of_memory=self._resident_mb > self.memory_mb / 2) from error

    def request(self, fields: Sequence[str], timeout_s: float = 120.0) -> list[str]:
        """Send a request and wait for its one reply."""
        self.send(fields)
        return self.receive(timeout_s)

    def _watch(self, deadline: float) -> None:
        self._resident_mb = process.resident_mb(self.pid)
        if self._resident_mb > self.memory_mb:
            self.close()
            raise ChildDied(f"the prover held {self._resident_mb:.0f} MB of memory", out_of_memory=True)
        if time.monotonic() >= deadline:
            self.close()
            raise ChildSilent("the prover gave no answer in time and was killed")

    def close(self) -> None:
        """End the child. Calling it twice is allowed; a fork of this process only lets go of its copy."""
        if os.getpid() == self._owner:
            self._handle.kill()
        self._handle.close()
        self._frames.close()

    def __del__(self) -> None:
        self.close()
