"""PPO of RLlib on a preset, as a configuration that can be built, or given to `ray.tune.Tuner`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import gymnasium
from ray.rllib.algorithms.ppo import PPOConfig
from ray.rllib.core.rl_module.rl_module import RLModuleSpec
from ray.tune.registry import register_env

from aitp_gym.errors import ConfigError

from .masked_module import MaskedModule

__all__ = ["ENV_NAME", "ppo_config"]

ENV_NAME = "aitp-preset"
"""Name under which Ray knows the presets; the environment's configuration has `id` and the preset's arguments."""


def ppo_config(
    env: Mapping[str, Any],
    settings: Mapping[str, Any],
    *,
    hidden: Sequence[int] = (64, 64),
    num_runners: int = 0,
    num_envs: int = 4,
    seed: int = 0,
) -> PPOConfig:
    """PPO with masked actions, on RLlib's new API stack.

    Args:
        env: `id` and arguments of a preset.
        settings: arguments of `PPOConfig.training`.
        hidden: widths of the networks' inner layers.
        num_runners: processes that play episodes, actors of Ray; 0: the calling one.
        num_envs: environments that each of them steps in turns.
        seed: of the networks and of what is sampled.

    Raises:
        ConfigError: PPO does not take the settings.
    """
    register_env(ENV_NAME, _make)
    module = RLModuleSpec(module_class=MaskedModule, model_config={"hidden": list(hidden)})
    config = PPOConfig().environment(ENV_NAME, env_config=dict(env)).rl_module(rl_module_spec=module)
    config = config.env_runners(num_env_runners=num_runners, num_envs_per_env_runner=num_envs)
    try:
        config = config.training(**settings)
    except (TypeError, AttributeError, ValueError) as error:
        raise ConfigError(f"RLlib's PPO cannot take the settings {dict(settings)!r}: {error}") from error
    return config.learners(num_learners=0).debugging(seed=seed, log_level="ERROR")


def _make(config: Mapping[str, Any]) -> gymnasium.Env[Any, Any]:
    # In a process of Ray nobody has registered the ids yet.
    import aitp_gym  # noqa: F401

    arguments = dict(config)
    env: gymnasium.Env[Any, Any] = gymnasium.make(arguments.pop("id"), **arguments)
    return env
