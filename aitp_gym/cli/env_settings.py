"""Settings of an environment as they are written on the command line: NAME=VALUE."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..errors import BadInput

__all__ = ["env_settings"]


def env_settings(texts: Sequence[str]) -> dict[str, Any]:
    """Settings by name.

    Args:
        texts: NAME=VALUE each; values are read as YAML, such as `8` or `{kind: hash, buckets: 64}`.

    Raises:
        BadInput: a text is not written so.
    """
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    for text in texts:
        if not text.partition("=")[0].isidentifier() or "=" not in text:
            raise BadInput(f"Settings of the environment are written NAME=VALUE, got {text!r}.")
    try:
        settings = OmegaConf.to_container(OmegaConf.from_dotlist(list(texts)), resolve=True)
    except (OmegaConfBaseException, ValueError) as error:
        raise BadInput(f"Settings of the environment are written NAME=VALUE: {error}") from error
    assert isinstance(settings, dict)
    return {str(name): value for name, value in settings.items()}
