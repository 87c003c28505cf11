"""Start of a server: an environment id and limits in, a listening socket out."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn

from ..errors import BadInput
from .access import TOKEN_VARIABLE, is_loopback, read_token
from .openenv import OpenEnvServer
from .rollout import Rollout
from .session import ServerLimits

__all__ = ["in_background", "prepare", "serve_openenv"]

# Longer ones end the connection before they are read whole.
_MAX_FRAME_BYTES = 16 * 2**20
_SHUTDOWN_S = 5


def serve_openenv(
    env_id: str,
    settings: Mapping[str, Any],
    *,
    host: str,
    port: int,
    limits: ServerLimits,
    token_file: Path | None,
    on_ready: Callable[[str], None],
) -> None:
    """Serve an environment until a signal comes.

    Args:
        env_id: of the environment.
        settings: of the environment, as for `gymnasium.make`.
        host: address to listen at; without a token one that only this machine can reach.
        port: to listen at; 0 for a free one.
        limits: of sessions and messages.
        token_file: has the token that clients must show; without one it is read from `AITP_SERVE_TOKEN`.
        on_ready: is told the address once clients can connect.

    Raises:
        BadInput: an argument cannot be used, or the address is taken; the message says what to do.
        ProverUnavailable: the prover is not installed.
    """
    token = read_token(token_file)
    # Before the prover is started, which takes its time.
    _refuse_without_token(host, token)
    server = prepare(env_id, settings, limits, token)
    with _listen(host, port, token) as listener:
        on_ready(_address(listener))
        _carrier(server).run(sockets=[listener])


@contextlib.contextmanager
def in_background(server: OpenEnvServer, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """The server in a thread of this process, for as long as the block lasts; gives its address.

    Args:
        server: to be run.
        host: address to listen at; without a token one that only this machine can reach.
        port: to listen at; 0 for a free one.

    Raises:
        BadInput: the address is taken, or others can reach it and there is no token.
    """
    with _listen(host, port, server.token) as listener:
        carrier = _carrier(server)
        thread = threading.Thread(target=carrier.run, args=([listener],), name="aitp-serve")
        thread.start()
        try:
            yield _address(listener)
        finally:
            carrier.should_exit = True
            thread.join()


def prepare(
    env_id: str,
    settings: Mapping[str, Any] | None = None,
    limits: ServerLimits | None = None,
    token: str | None = None,
) -> OpenEnvServer:
    """The server of an environment, which is opened once here: theorems are loaded, and what is missing is said.

    Raises:
        UnknownName: there is no environment of that id.
        ConfigError: it does not take one of the settings.
        ProverUnavailable: the prover is not installed.
    """
    open_rollout = partial(Rollout.open, env_id, settings or {})
    with open_rollout() as rollout:
        tasks = rollout.tasks
    return OpenEnvServer(env_id, tasks, open_rollout, limits or ServerLimits(), token)


def _carrier(server: OpenEnvServer) -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(
            server.app(),
            log_level="warning",
            access_log=False,
            ws="websockets-sansio",
            ws_max_size=_MAX_FRAME_BYTES,
            # Compressed frames cost more time than goals are long, and can be bombs.
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=_SHUTDOWN_S,
            server_header=False,
        )
    )


def _refuse_without_token(host: str, token: str | None) -> None:
    if token is None and not is_loopback(host):
        raise BadInput(
            f"Others can reach {host}, so a token is needed: put one into {TOKEN_VARIABLE} or a file for --token-file, "
            "or serve this machine alone with --host=127.0.0.1."
        )


def _listen(host: str, port: int, token: str | None) -> socket.socket:
    _refuse_without_token(host, token)
    if not 0 <= port < 2**16:
        raise BadInput(f"The port must be from 0 to 65535, got {port}.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise BadInput(
            f"The server cannot listen at {host}, port {port}: {error.strerror}. Choose another address or port."
        ) from error


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
