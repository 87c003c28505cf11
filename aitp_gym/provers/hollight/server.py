"""The shared server: one per machine, user and build; started when first needed, gone when long unused."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ...errors import ProverUnavailable
from ...files import file_lock, private_dir, runtime_root
from .. import process
from ..frames import ConnectionLost
from ..prover_process import ProcessFault
from .build import SERVER, Build, build
from .child import Child, peer
from .progress import Progress, console

__all__ = ["Server", "stop_all"]

DEFAULT_IDLE_S = 900.0
_LOAD_TIMEOUT_S = 600.0
_CONNECT_TIMEOUT_S = 10.0
# Deep recursions in HOL Light overflow this stack, which OCaml turns into an exception.
_LIMITS = process.ProcessLimits(stack_mb=64, address_space_mb=8192)


def _idle_s() -> float:
    text = os.environ.get("AITP_HOLLIGHT_IDLE_S", "")
    try:
        return float(text) if text else DEFAULT_IDLE_S
    except ValueError:
        raise ProverUnavailable(f"AITP_HOLLIGHT_IDLE_S must be a number of seconds, got {text!r}.") from None


@dataclass(frozen=True)
class Server:
    """Access to the server of one build.

    Attributes:
        build: what the server runs.
        folder: private folder with its socket, its lock and its log.
    """

    build: Build
    folder: Path

    @classmethod
    def of(cls, wanted: Build) -> Server:
        """The server of a build, in the runtime folder of this user; nothing is started."""
        return cls(wanted, runtime_root() / f"hollight-{wanted.identity[:8]}")

    @property
    def socket_path(self) -> Path:
        """The Unix socket it listens on."""
        return self.folder / "socket"

    @property
    def log(self) -> Path:
        """What the server wrote to standard error."""
        return self.folder / "server.log"

    def connect(self) -> Child:
        """Open a connection, which makes the server fork a child for it.

        Raises:
            ConnectionLost: no server is running, or it is just ending.
        """
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.settimeout(_CONNECT_TIMEOUT_S)
            connection.connect(os.fspath(self.socket_path))
            return Child.greet(connection, self.build.identity, _CONNECT_TIMEOUT_S)
        except OSError as error:
            connection.close()
            raise ConnectionLost(f"no HOL Light server answers at {self.socket_path}: {error}") from error
        except BaseException:
            connection.close()
            raise

    def open(self, progress: Progress | None = None) -> Child:
        """A connection to the server, which is built and started first if needed (a minute, then 15 seconds).

        Raises:
            ProverUnavailable: it cannot be built or started.
        """
        with contextlib.suppress(ConnectionLost):
            return self.connect()
        if progress is None:
            with console("Starting HOL Light") as progress:
                return self.open(progress)
        build(progress)
        private_dir(self.folder.parent)
        private_dir(self.folder)
        with file_lock(self.folder / "lock"):
            # Somebody else may have started it while we waited for the lock.
            with contextlib.suppress(ConnectionLost):
                return self.connect()
            self._start(progress)
            try:
                return self.connect()
            except ConnectionLost as error:
                raise ProverUnavailable(f"The HOL Light server started but does not answer: {error}") from error

    def _start(self, progress: Progress) -> None:
        argv = [os.fspath(self.build.executable), os.fspath(self.socket_path), str(_idle_s()), self.build.identity]
        deadline = process.Deadline.after(_LOAD_TIMEOUT_S)
        self.log.unlink(missing_ok=True)
        with process.spawn(argv, self.log, limits=_LIMITS, cwd=self.folder, detached=True) as shell:
            assert shell.stdout is not None
            lines = process.lines_until(shell.stdout, deadline)
            with contextlib.suppress(ProcessLookupError), process.ProcessHandle(int(next(lines))) as server:
                try:
                    if self._loaded(lines, progress):
                        return
                    server.kill()
                except BaseException:
                    server.kill()
                    raise
        raise ProverUnavailable(
            f"The HOL Light server did not start (within {_LOAD_TIMEOUT_S:.0f} s). Its log, {self.log}, ends with:\n"
            f"{process.tail(self.log)}"
        )

    @staticmethod
    def _loaded(lines: Iterator[str], progress: Progress) -> bool:
        """Follow the server's report of its loading; `False` if it ends before the server is ready."""
        for line in lines:
            match line.split():
                case ["LOADING", number, count, name]:
                    progress(f"loading {name}", int(number) / int(count))
                case ["READY", _]:
                    progress("ready", 1.0)
                    return True
        return False

    def stop(self) -> bool:
        """End the server and its children; `False` if none was running."""
        return _stop(self.socket_path)


def _is_server(pid: int) -> bool:
    """Whether the process runs a HOL Light server."""
    try:
        # A program that was replaced meanwhile is marked as deleted.
        return Path(f"/proc/{pid}/exe").readlink().name.split()[0] == SERVER.name
    except OSError:
        return False


def _stop(path: Path) -> bool:
    """Ask the server that listens on a socket to end, and wait until it has; kill it if it does not answer."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(_CONNECT_TIMEOUT_S)
        try:
            connection.connect(os.fspath(path))
        except OSError:
            return False
        pid, uid = peer(connection)
        if uid != os.getuid():
            return False
        with contextlib.suppress(ProcessLookupError), process.ProcessHandle(pid) as server:
            if not _is_server(pid) or not server.alive():
                return False
            with contextlib.suppress(ConnectionLost, ProcessFault, ProverUnavailable):
                Child.greet(connection, None, _CONNECT_TIMEOUT_S).request(["SHUTDOWN"], _CONNECT_TIMEOUT_S)
            if not server.wait(_CONNECT_TIMEOUT_S):
                server.kill()
                server.wait(_CONNECT_TIMEOUT_S)
    return True


def _sockets() -> Iterator[Path]:
    yield from sorted(runtime_root().glob("hollight-*/socket"))


def stop_all() -> int:
    """End every HOL Light server of this user, whatever build it runs; returns how many there were."""
    return sum(_stop(path) for path in _sockets())
