"""Attempts of a training, kept as traces: those of the measurements, and those that it learned from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import gymnasium

from aitp_gym.envs import ProofEnv
from aitp_gym.traces import Key, TraceWriter

__all__ = ["KeptAttempts", "TellAttempts"]

LEARNER = "learner"


class KeptAttempts:
    """Trace folder of a training; a context manager.

    Iteration I holds the I-th measurement, and what was played after it until the next one. A key is attempted once: of
    the episodes that are learned from, the first of each theorem in an iteration is kept.

    Args:
        folder: to write to; `None` keeps nothing.
        versions: identity of the policy that acts.
    """

    def __init__(self, folder: Path | None, versions: Mapping[str, str]) -> None:
        self._writer = None if folder is None else TraceWriter(folder)
        self._versions = dict(versions)
        self._keys = set() if self._writer is None else set(self._writer.done_keys())
        self._iteration = 0

    def measured(self, iteration: int, policy: str) -> Callable[[gymnasium.Env[Any, Any]], None]:
        """What keeps the episode that an environment has just ended, as one of a measurement."""
        return lambda env: self._keep(env, iteration, policy)

    def learned(self, env: gymnasium.Env[Any, Any]) -> None:
        """Keep the episode that an environment has just ended, as one to learn from."""
        self._keep(env, self._iteration, LEARNER)

    def begin(self, iteration: int) -> None:
        """Close the iterations before this one."""
        if self._writer is not None:
            for earlier in range(self._iteration, iteration):
                self._writer.compact(earlier)
        self._iteration = iteration

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._writer is not None:
            if kind is None:
                self._writer.compact(self._iteration)
            self._writer.close()

    def _keep(self, env: gymnasium.Env[Any, Any], iteration: int, policy: str) -> None:
        if self._writer is None:
            return
        inside = env.unwrapped
        assert isinstance(inside, ProofEnv)
        key = Key(iteration, inside.theorem.split, policy, inside.theorem.name)
        if key not in self._keys:
            self._keys.add(key)
            self._writer.write(inside.attempt(versions=self._versions), iteration=iteration, policy=policy)


class TellAttempts(gymnasium.Wrapper[Any, Any, Any, Any]):
    """Wrapper that hands itself to a listener where an episode ends, before anybody can reset it.

    Args:
        env: a preset.
        listener: called with this environment.
    """

    def __init__(self, env: gymnasium.Env[Any, Any], listener: Callable[[gymnasium.Env[Any, Any]], None]) -> None:
        super().__init__(env)
        self._listener = listener

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Step, and tell of the end of an episode."""
        observation, reward, terminated, truncated, info = self.env.step(action)
        if terminated or truncated:
            self._listener(self)
        return observation, reward, terminated, truncated, info
