"""Start of a server: an environment id and limits in, a listening socket out."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import uvicorn

from ..envs.proof_env import ProofEnv
from ..envs.registration import known_ids, make_env
from ..errors import BadInput, UnknownName
from .access import TOKEN_VARIABLE, is_loopback, read_token
from .openenv import OpenEnvServer
from .rollout import Rollout
from .session import ServerLimits
from .tasks import Tasks

__all__ = ["http_server", "listen", "prepare", "serve_openenv"]

# Longer ones end the connection before they are read whole.
_MAX_FRAME_BYTES = 16 * 2**20
_SHUTDOWN_S = 5
_WINDOW = 16


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
    if token is None and not is_loopback(host):
        raise BadInput(
            f"Others can reach {host}, so a token is needed: put one into {TOKEN_VARIABLE} or a file for --token-file, "
            "or serve this machine alone with --host=127.0.0.1."
        )
    server = prepare(env_id, settings, limits, token)
    with listen(host, port) as listener:
        shown = f"[{host}]" if ":" in host else host
        on_ready(f"http://{shown}:{listener.getsockname()[1]}")
        http_server(server).run(sockets=[listener])


def http_server(server: OpenEnvServer) -> uvicorn.Server:
    """The server with what carries it; `run` serves a socket until a signal comes or `should_exit` is set."""
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


def prepare(env_id: str, settings: Mapping[str, Any], limits: ServerLimits, token: str | None = None) -> OpenEnvServer:
    """The server of an environment, which is opened once here: theorems are loaded, and what is missing is said.

    Raises:
        UnknownName: there is no environment of that id.
        ConfigError: it does not take one of the settings.
        ProverUnavailable: the prover is not installed.
    """
    if env_id not in known_ids():
        raise UnknownName(f"There is no environment {env_id!r}; known: {', '.join(known_ids())}.")
    settings = {"max_goals": _WINDOW, **settings}
    env = make_env(env_id, settings)
    try:
        if not isinstance(env, ProofEnv):
            raise BadInput(f"{env_id} takes no tactics as text, so it cannot be served.")
        tasks = Tasks(env.theorems, settings.get("split", "train"))
    finally:
        env.close()
    return OpenEnvServer(env_id, tasks, lambda: Rollout(make_env(env_id, settings), tasks), limits, token)


def listen(host: str, port: int) -> socket.socket:
    """A socket that clients can connect to.

    Raises:
        BadInput: the address is taken, not ours, or none.
    """
    if not 0 <= port < 2**16:
        raise BadInput(f"The port must be from 0 to 65535, got {port}.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise BadInput(
            f"The server cannot listen at {host}, port {port}: {error.strerror}. Choose another address or port."
        ) from error
