"""Networks that were trained on a preset, exported as policies."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import gymnasium
import numpy as np
from numpy.typing import NDArray

from aitp_gym.agents.policies.exported import ExportedConfig, read_exported, write_exported
from aitp_gym.errors import ConfigError, TrainingDiverged

__all__ = ["PresetSettings", "export_network", "preset_settings", "start_weights"]

_OBSERVATIONS = {"HashGoal": "hash", "TokenizeGoal": "tokens"}


class PresetSettings(NamedTuple):
    """Settings of a preset that decide what its networks read and choose from.

    Attributes:
        k: number of nearest premises, hypotheses or assumptions that actions may name; `None` for all of the menu.
        observation: `kind` of the goal's array, and its arguments.
    """

    k: int | None
    observation: Mapping[str, Any]


def preset_settings(env: gymnasium.Env[Any, Any]) -> PresetSettings:
    """Settings of a preset, read from its spec.

    Raises:
        ConfigError: it is no preset, or observes no array of a goal.
    """
    wrappers = {wrapper.name: wrapper.kwargs or {} for wrapper in env.spec.additional_wrappers} if env.spec else {}
    kinds = [name for name in wrappers if name in _OBSERVATIONS]
    if len(kinds) != 1 or "TacticMenu" not in wrappers:
        raise ConfigError(f"Expected a preset (its id ends in -Menu-v0) with observation hash or tokens, got {env}.")
    return PresetSettings(wrappers["TacticMenu"]["k"], {"kind": _OBSERVATIONS[kinds[0]], **wrappers[kinds[0]]})


def export_network(
    folder: Path,
    policy: str,
    env: gymnasium.Env[Any, Any],
    weights: Mapping[str, NDArray[Any]],
    *,
    algorithm: str,
    activation: str,
    temperature: float = 1.0,
    made_by: Mapping[str, Any],
    steps: int,
    seed: int,
) -> None:
    """Write a network for an `ExportedPolicy`.

    Args:
        folder: folder to make.
        policy: name of the policy.
        env: the preset that it was trained on, or another one of the same arguments.
        weights: of the layers, as `write_exported` takes them.
        algorithm: name of the algorithm.
        activation: function between the layers.
        temperature: number by which the outputs are divided.
        made_by: `id` and arguments of the preset, for the record.
        steps: number of environment steps, for the record.
        seed: of the training, for the record.

    Raises:
        CheckpointError: the folder exists already.
        ConfigError: no policy can make the preset's observations from a goal.
        TrainingDiverged: a weight is not finite.
    """
    if not all(np.isfinite(array).all() for array in weights.values()):
        raise TrainingDiverged(f"The training diverged: weights after {steps} steps are not finite.")
    settings = preset_settings(env)
    menu = env.get_wrapper_attr("menu")
    config = ExportedConfig(
        algorithm=algorithm,
        menu=menu.name,
        menu_digest=menu.digest,
        k=settings.k,
        observation=settings.observation,
        activation=activation,
        temperature=temperature,
        env=dict(made_by),
        steps=steps,
        seed=seed,
    )
    write_exported(folder, policy, config, weights)


def start_weights(folder: Path, env: gymnasium.Env[Any, Any]) -> Mapping[str, NDArray[Any]]:
    """Weights of an exported policy, for a training on a preset to start from.

    Args:
        folder: that the policy was exported to.
        env: the preset.

    Raises:
        CheckpointError: the folder cannot be read.
        ConfigError: the policy reads or chooses from something else than the preset.
    """
    config, weights = read_exported(folder)
    settings, menu = preset_settings(env), env.get_wrapper_attr("menu")
    ours = (menu.digest, dict(settings.observation))
    if (config.menu_digest, dict(config.observation)) != ours:
        raise ConfigError(
            f"The policy in {folder} chooses from menu {config.menu!r} and reads {dict(config.observation)}; expected "
            f"menu {menu.name!r} and {dict(settings.observation)}, as in {env}."
        )
    return weights
