"""Networks that were trained on a preset, exported as policies."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from aitp_gym.agents.policies.exported import ExportedConfig, write_exported
from aitp_gym.errors import ConfigError, TrainingDiverged

__all__ = ["export_network"]

_OBSERVATIONS = {"HashGoal": "hash", "TokenizeGoal": "tokens"}


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
    assert env.spec is not None
    wrappers = {wrapper.name: wrapper.kwargs or {} for wrapper in env.spec.additional_wrappers}
    kinds = [name for name in wrappers if name in _OBSERVATIONS]
    if len(kinds) != 1 or "TacticMenu" not in wrappers:
        raise ConfigError(
            f"Only what was trained on a preset with observation hash or tokens can be exported, got {env}."
        )
    menu = env.get_wrapper_attr("menu")
    config = ExportedConfig(
        algorithm=algorithm,
        menu=menu.name,
        menu_digest=menu.digest,
        k=wrappers["TacticMenu"]["k"],
        observation={"kind": _OBSERVATIONS[kinds[0]], **wrappers[kinds[0]]},
        activation=activation,
        temperature=temperature,
        env=dict(made_by),
        steps=steps,
        seed=seed,
    )
    write_exported(folder, policy, config, weights)
