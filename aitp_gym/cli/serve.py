"""`aitp serve`: an environment over the wire."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..errors import BadInput, DependencyNotInstalled

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
        _settings(settings),
        host=host,
        port=port,
        limits=ServerLimits(max_sessions, max_message_bytes, idle_timeout_s),
        token_file=token_file,
        on_ready=lambda url: print(f"{env_id} is served at {url}; Ctrl-C ends it", flush=True),
    )


def _settings(texts: Sequence[str]) -> dict[str, Any]:
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    for text in texts:
        if not text.partition("=")[0].isidentifier() or "=" not in text:
            raise BadInput(f"Settings of the environment are written NAME=VALUE, got {text!r}.")
    try:
        return {str(name): value for name, value in OmegaConf.from_dotlist(list(texts)).items()}
    except (OmegaConfBaseException, ValueError) as error:
        raise BadInput(f"Settings of the environment are written NAME=VALUE: {error}") from error
