"""A Ray session for the time of an evaluation: a quiet local one, or a cluster that is already there."""

from __future__ import annotations

import logging
import os
import socket
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self

import psutil

from ...errors import AitpError, DependencyNotInstalled
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
        if self._address is None:
            # Nothing of a proof run is anybody else's business.
            os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
            before = _descendants()
            ray.init(
                address="local",
                num_cpus=self._resources.num_cpus,
                num_gpus=self._resources.num_gpus,
                _system_config=_SETTINGS,
                **quiet,
            )
            self._exit.enter_context(guarded(_descendants() - before))
        else:
            try:
                _knock(self._address)
                ray.init(address=self._address, **quiet)
            except (OSError, RuntimeError, ValueError) as error:
                raise AitpError(
                    f"No Ray cluster answers at ray_address={self._address!r} ({error}). Start one with "
                    "`ray start --head` (where it asks for a token: RAY_AUTH_MODE=token in the environment), or set "
                    "ray_address=null to use this machine alone."
                ) from error
        self._exit.callback(ray.shutdown)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._exit.close()


def _knock(address: str) -> None:
    # Where nothing listens, Ray itself would keep trying for minutes.
    host, separator, port = address.removeprefix("ray://").rpartition(":")
    if separator and port.isdecimal():
        socket.create_connection((host.strip("[]"), int(port)), timeout=_KNOCK_S).close()


def _descendants() -> set[int]:
    return {process.pid for process in psutil.Process().children(recursive=True)}
