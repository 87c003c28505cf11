"""Figures of the served environment: steps per second over the wire, beside those in process."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import cycle

from ..envs.registration import make_env
from ..errors import AitpError, DependencyNotInstalled
from ..provers.registry import specs

__all__ = ["SESSIONS", "wire_figures"]

SESSIONS = (1, 4, 50)
"""Numbers of clients at once."""

_ENV_ID = next(
    spec.environments[0].id for spec in specs() if spec.figures is not None and spec.figures.learning is not None
)
# A text that fails and one that may work: what is measured is not the prover.
_TACTICS = ("no such tactic", "intro")


def wire_figures(steps: int = 4_000, sessions: Sequence[int] = SESSIONS) -> dict[str, float]:
    """Count steps of an in-process prover's environment.

    Args:
        steps: number of steps to take for each figure.
        sessions: numbers of clients at once, each with a connection of its own; all in one process beside the server's.

    Returns:
        `in_process_per_s`, and `sessions_N_per_s`: steps per second, resets included, of all clients together.

    Raises:
        DependencyNotInstalled: the packages of `aitp serve` are not installed.
    """
    try:
        import starlette  # noqa: F401
        import uvicorn  # noqa: F401
        import websockets  # noqa: F401
    except ImportError as error:
        raise DependencyNotInstalled("Figures of the wire need aitp serve: pip install 'aitp-gym[serve]'.") from error
    figures = {"in_process_per_s": _in_process(steps)}
    with _server(max(sessions)) as address:
        for number in sessions:
            began = time.perf_counter()
            with ThreadPoolExecutor(number) as pool:
                taken = sum(pool.map(_play, [address] * number, [steps // number] * number))
            figures[f"sessions_{number}_per_s"] = taken / (time.perf_counter() - began)
    return figures


def _in_process(steps: int) -> float:
    with make_env(_ENV_ID, {}) as env:
        done, tactics = True, cycle(_TACTICS)
        began = time.perf_counter()
        for _ in range(steps):
            if done:
                env.reset()
            *_, terminated, truncated, _ = env.step({"goal": 0, "tactic": next(tactics)})
            done = terminated or truncated
        return steps / (time.perf_counter() - began)


@contextmanager
def _server(sessions: int) -> Iterator[str]:
    """Address of a server in a process of its own."""
    options = (f"--env={_ENV_ID}", "--port=0", f"--max-sessions={sessions}")
    command = [sys.executable, "-m", "aitp_gym.cli", "serve", "openenv", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            _, found, address = process.stdout.readline().partition(" is served at http://")
            if not found:
                raise AitpError(f"The server did not start: {process.communicate()[1].strip()}")
            yield f"ws://{address.partition(';')[0].strip()}/ws"
        finally:
            process.terminate()


def _play(address: str, steps: int) -> int:
    from websockets.sync.client import connect

    with connect(address, proxy=None, compression=None) as socket:
        done, tactics = True, cycle(_TACTICS)
        for _ in range(steps):
            if done:
                socket.send(json.dumps({"type": "reset", "data": {}}))
                socket.recv()
            socket.send(json.dumps({"type": "step", "data": {"tactic": next(tactics)}}))
            done = json.loads(socket.recv())["data"]["done"]
    return steps
