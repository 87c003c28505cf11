"""`aitp serve`: an environment over the wire."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..errors import DependencyNotInstalled
from .env_settings import env_settings

__all__ = ["openenv"]


def openenv(
    env_id: str,
    settings: Sequence[str],
    host: str,
    port: int,
    max_sessions: int,
    max_message_bytes: int,
    idle_timeout_s: float,
    token_file: Path | None,
) -> None:
    """Serve an environment until a signal comes; says on standard output where."""
    try:
        from ..serve.server import serve_openenv
        from ..serve.session import ServerLimits
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("aitp_gym"):
            raise
        raise DependencyNotInstalled(
            f"aitp serve needs {error.name}, which is not installed: pip install 'aitp-gym[serve]'"
        ) from error

    serve_openenv(
        env_id,
        env_settings(settings),
        host=host,
        port=port,
        limits=ServerLimits(max_sessions, max_message_bytes, idle_timeout_s),
        token_file=token_file,
        on_ready=lambda url: print(f"{env_id} is served at {url}; Ctrl-C ends it", flush=True),
    )
