"""Base of the wrappers: recorded arguments, and copies that are fresh."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gymnasium
from gymnasium.utils import RecordConstructorArgs

from ..envs import ProofEnv
from ..errors import BadInput

__all__ = ["ProofWrapper", "Step"]

Step = tuple[Any, float, bool, bool, dict[str, Any]]
"""What `step` returns: observation, reward, terminated, truncated, info."""


class ProofWrapper(gymnasium.Wrapper[Any, Any, Any, Any], RecordConstructorArgs):
    """Wrapper over a `ProofEnv` whose arguments its spec records.

    A copy, deep or by pickle, is a fresh environment that has not been reset, as for `ProofEnv`.

    Args:
        env: environment to wrap.
        arguments: arguments of the subclass's constructor, as JSON can hold them.

    Raises:
        BadInput: the environment is no `ProofEnv` inside.
    """

    def __init__(self, env: gymnasium.Env[Any, Any], **arguments: Any) -> None:
        if not isinstance(env.unwrapped, ProofEnv):
            raise BadInput(f"{type(self).__name__} wraps environments of aitp-gym, got {env}.")
        RecordConstructorArgs.__init__(self, **arguments)
        gymnasium.Wrapper.__init__(self, env)
        self._proof_env: ProofEnv = env.unwrapped

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """How to make a fresh one; an episode under way belongs to one process."""
        return _remake, (type(self), self.env, self._saved_kwargs)


def _remake(kind: type[ProofWrapper], env: gymnasium.Env[Any, Any], arguments: dict[str, Any]) -> ProofWrapper:
    return kind(env, **arguments)
