"""A worker: one environment and one agent, built once from a plain config, that attempts theorem after theorem."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import AitpError, ConfigError
from ..moved_names import with_current_names
from ..proof import Attempt
from .search_targets import TeachingSearch, with_targets
from .tasks import EvaluationTask

__all__ = ["AttemptWorker", "Spec", "WorkerConfig", "build"]

_log = logging.getLogger(__name__)

Spec = Mapping[str, Any] | str
"""How to build an object: a mapping with Hydra's `_target_` and the arguments, or only the dotted name."""


@dataclass(frozen=True, slots=True)
class WorkerConfig:
    """Everything a worker needs besides policy and search, as plain data that travels to other processes.

    Attributes:
        env_id: a registered id, `aitp/…-v0`.
        env_kwargs: keyword arguments for `gymnasium.make`.
        search: how to build the search model, where a round of attempts names no other.
        num_sampled_tactics: tactics the policy is asked for at each expansion of a goal.
        max_successful_branches, re_expand: as `SearchAgent` takes them.
    """

    env_id: str
    env_kwargs: Mapping[str, Any] = field(default_factory=dict)
    search: Spec = "aitp_gym.search.best_first.BestFirst"
    num_sampled_tactics: int = 8
    max_successful_branches: int | None = None
    re_expand: bool = True


def build(spec: Spec) -> Any:
    """The object a spec describes, its arguments as plain Python containers.

    Raises:
        AitpError: what the object's own constructor raised, if it is one of ours.
        ConfigError: the spec names nothing that can be called, or with arguments it does not take.
    """
    from hydra.errors import InstantiationException
    from hydra.utils import instantiate

    wanted: dict[str, Any] = with_current_names({"_target_": spec} if isinstance(spec, str) else dict(spec))
    if "_target_" not in wanted:
        raise ConfigError(f"Expected a dotted name or a mapping with `_target_`, got {wanted!r}.")
    try:
        return instantiate(wanted, _convert_="all")
    except InstantiationException as error:
        # Hydra wraps whatever was raised inside; ours are worded for the user already.
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, AitpError):
                raise cause from error
            cause = cause.__cause__
        reason = " ".join(str(error).split())
        raise ConfigError(f"Cannot build {wanted['_target_']}: {reason}") from error


class AttemptWorker:
    """Attempts theorems, one after the other, in this process.

    Building the environment or the agent raises what they raise: a run that cannot begin should say so. From then on
    an exception inside an attempt becomes an `Attempt` of status `error`, and the environment is built anew.

    Args:
        config: of the environment, the search and the agent.
    """

    def __init__(self, config: WorkerConfig) -> None:
        self.config = config
        self._env: Any = None
        self._agent: Any = None
        self._open_env()

    def use_policy(self, policy: Spec, search: Spec | None = None) -> None:
        """Build policy and search, and an agent of both, for the attempts that follow.

        Args:
            policy: how to build the policy.
            search: how to build the search model; `None` for the one of the worker's configuration.
        """
        from aitp_gym.agents.agent import SearchAgent

        config = self.config
        self._agent = SearchAgent(
            build(policy),
            build(config.search if search is None else search),
            config.num_sampled_tactics,
            config.max_successful_branches,
            config.re_expand,
        )

    def attempt(self, task: EvaluationTask) -> Attempt:
        """Try to prove the task's theorem.

        Raises:
            AitpError: an earlier attempt broke the environment, and it cannot be built again.
        """
        self._open_env()
        try:
            self._env.reset(seed=task.seed, options={"theorem": task.theorem, "budget": task.budget})
            attempt: Attempt = self._agent.prove(self._env)
            if isinstance(self._agent.search, TeachingSearch):
                attempt = with_targets(attempt, self._agent.search.targets())
        except Exception as error:
            _log.warning("The attempt at %s ended with an exception", task.theorem.name, exc_info=True)
            self.close()
            return task.failed(f"{type(error).__name__}: {error}")
        return attempt

    def close(self) -> None:
        """Release the environment; the next attempt would open another. Calling it twice is allowed."""
        env, self._env = self._env, None
        if env is None:
            return
        try:
            env.close()
        except Exception:
            # What broke the attempt may break the clean-up too, and the attempt's own error is the one to report.
            _log.warning("Closing the environment failed", exc_info=True)

    def _open_env(self) -> None:
        if self._env is None:
            import gymnasium

            from ..envs.registration import register

            register(self.config.env_id)
            try:
                env = gymnasium.make(self.config.env_id, **self.config.env_kwargs)
            except (gymnasium.error.Error, TypeError) as error:
                raise ConfigError(f"Cannot make the environment {self.config.env_id!r}: {error}") from error
            # The agent works through `expand`, which gymnasium's checking wrappers do not pass on.
            self._env = env.unwrapped
