"""Settings of an environment as a command line has them: `NAME=VALUE`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..errors import BadInput

__all__ = ["env_settings"]


def env_settings(texts: Sequence[str]) -> dict[str, Any]:
    """Read the settings; values are YAML's.

    Raises:
        BadInput: one is not of this form.
    """
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    for text in texts:
        if not text.partition("=")[0].isidentifier() or "=" not in text:
            raise BadInput(f"Settings of the environment are written NAME=VALUE, got {text!r}.")
    try:
        return {str(name): value for name, value in OmegaConf.from_dotlist(list(texts)).items()}
    except (OmegaConfBaseException, ValueError) as error:
        raise BadInput(f"Settings of the environment are written NAME=VALUE: {error}") from error
