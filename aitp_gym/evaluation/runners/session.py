"""A Ray session for the time of an evaluation: a quiet local one, or a cluster that is already there."""

from __future__ import annotations

import logging
import os
import secrets
import shutil
import socket
import tempfile
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil

from ...errors import AitpError, DependencyNotInstalled
from ...files import is_writable, private_dir, runtime_root
from .guard import guarded
from .resources import Resources

__all__ = ["RaySession"]

_SETTINGS = {
    # How long Ray waits for a worker to end by itself before it kills it: a stopped process never ends by itself, and
    # Ray's own five seconds would be added to every restart of a hung runner.
    "kill_worker_timeout_milliseconds": 500,
    # Ray would run them at 15. Runners are the work that the machine is there for, and a prover that they share the
    # cores with is not nice either.
    "worker_niceness": 0,
}
_KNOCK_S = 10.0
# What Ray makes of a folder at most: `/ray-` and 8 letters, `/session_2026-01-31_23-59-59_999999_4194304` and
# `/sockets/plasma_store.99`.
_SOCKET_BYTES = 13 + 43 + 24


class RaySession:
    """Ray, started on entry unless it runs already, and shut down on exit only by the session that started it.

    Args:
        resources: what a local Ray is told it has.
        address: of a cluster to join (`host:port`, or `auto`); `None` starts Ray on this machine.
        log_level: of Ray's own messages, a name of `logging`.
    """

    def __init__(self, resources: Resources, address: str | None = None, log_level: str = "ERROR") -> None:
        self._resources = resources
        self._address = address
        self._log_level = log_level
        self._exit = ExitStack()

    def __enter__(self) -> Self:
        try:
            import ray
        except ModuleNotFoundError as error:
            raise DependencyNotInstalled(
                "Evaluation with runners needs RLlib: pip install 'aitp-gym[rllib]'. num_workers=0 evaluates in this "
                "process and needs nothing more."
            ) from error
        if ray.is_initialized():
            return self
        logging.getLogger("ray.rllib").setLevel(self._log_level)
        quiet: dict[str, Any] = {"include_dashboard": False, "log_to_driver": False, "logging_level": self._log_level}
        try:
            if self._address is None:
                self._start(ray, quiet)
            else:
                self._join(ray, self._address, quiet)
        except BaseException:
            self._exit.close()
            raise
        self._exit.callback(ray.shutdown)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._exit.close()

    def _start(self, ray: Any, quiet: dict[str, Any]) -> None:
        # Nothing of a proof run is anybody else's business.
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        if "RAY_AUTH_TOKEN" not in os.environ and not _home_keeps_token():
            os.environ["RAY_AUTH_TOKEN"] = secrets.token_hex(32)
            self._exit.callback(os.environ.pop, "RAY_AUTH_TOKEN", None)
        folder = _folder()
        self._exit.callback(shutil.rmtree, folder, ignore_errors=True)
        before = _descendants()
        try:
            ray.init(
                address="local",
                _temp_dir=os.fspath(folder),
                num_cpus=self._resources.num_cpus,
                num_gpus=self._resources.num_gpus,
                _system_config=_SETTINGS,
                **quiet,
            )
        # Ray raises whatever its parts raise, `Exception` itself where they took too long.
        except Exception as error:
            raise AitpError(
                f"Ray does not start on this machine: {error} A machine that is busy may be too slow for it; "
                "num_workers=0 evaluates in this process."
            ) from error
        self._exit.enter_context(guarded(_descendants() - before, folder))

    def _join(self, ray: Any, address: str, quiet: dict[str, Any]) -> None:
        try:
            _knock(address)
            ray.init(address=address, **quiet)
        except (OSError, RuntimeError, ValueError) as error:
            raise AitpError(
                f"No Ray cluster answers at ray_address={address!r} ({error}). Start one with "
                "`ray start --head` (where it asks for a token: RAY_AUTH_MODE=token in the environment), or set "
                "ray_address=null to use this machine alone."
            ) from error


def _home_keeps_token() -> bool:
    """Whether Ray can keep the secret of its processes where it wants to: in `~/.ray/auth_token`."""
    if "RAY_AUTH_TOKEN_PATH" in os.environ:
        return True
    try:
        folder = Path.home() / ".ray"
    except RuntimeError:
        return False
    return os.path.isfile(folder / "auth_token") or is_writable(folder)


def _folder() -> Path:
    """A folder for what a local Ray writes, sockets among it.

    Ray's own choice, `$TMPDIR/ray`, may be too long for a socket, stays behind, and is open to every user: Ray lets
    everybody write to its folder, so ours lies in one that nobody else can enter.
    """
    return Path(tempfile.mkdtemp(prefix="ray-", dir=private_dir(runtime_root(_SOCKET_BYTES, bulky=True))))


def _knock(address: str) -> None:
    # Where nothing listens, Ray itself would keep trying for minutes.
    host, separator, port = address.removeprefix("ray://").rpartition(":")
    if separator and port.isdecimal():
        socket.create_connection((host.strip("[]"), int(port)), timeout=_KNOCK_S).close()


def _descendants() -> set[int]:
    return {process.pid for process in psutil.Process().children(recursive=True)}
