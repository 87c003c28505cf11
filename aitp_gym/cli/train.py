"""`aitp train`: learners that act in environments, from Hydra's overrides."""

from __future__ import annotations

import difflib
import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from ..errors import BadInput, ConfigError

__all__ = ["train_clone", "train_rllib", "train_sb3", "train_tacticzero"]


def train_sb3(overrides: Sequence[str]) -> None:
    """Train with Stable-Baselines3, and print a line for each seed.

    Raises:
        AitpError: the configuration cannot be used, or something that it needs is not there.
    """
    from aitp_gym.training.sb3.config import Sb3Config

    config = Sb3Config.from_dict(_composed("train_sb3", overrides, Sb3Config))
    # Heavy, and not needed to find a mistake in the configuration.
    from aitp_gym.training.sb3.train import train

    _tell(train, config)


def train_rllib(overrides: Sequence[str]) -> None:
    """Train with RLlib, and print a line for each seed.

    Raises:
        AitpError: the configuration cannot be used, or something that it needs is not there.
    """
    from aitp_gym.evaluation.runners.resources import Resources
    from aitp_gym.evaluation.runners.session import RaySession
    from aitp_gym.training.rllib.config import RllibConfig

    config = RllibConfig.from_dict(_composed("train_rllib", overrides, RllibConfig))
    resources = Resources(max(config.num_runners, 1), num_cpus=config.num_runners + 1)
    with RaySession(resources, config.ray_address):
        from aitp_gym.training.rllib.train import train

        _tell(train, config)


def train_tacticzero(overrides: Sequence[str]) -> None:
    """Train TacticZero, and print a line for each seed.

    Raises:
        AitpError: the configuration cannot be used, or something that it needs is not there.
    """
    from aitp_gym.training.tacticzero.config import TacticZeroTraining

    config = TacticZeroTraining.from_dict(_composed("train_tacticzero", overrides, TacticZeroTraining))
    from aitp_gym.training.tacticzero.train import train

    _tell(train, config)


def train_clone(overrides: Sequence[str]) -> None:
    """Imitate proofs, and print how well.

    Raises:
        AitpError: the configuration cannot be used, or something that it needs is not there.
    """
    from aitp_gym.files import read_json
    from aitp_gym.training.presets.clone import CloneConfig, clone

    folder = clone(CloneConfig.from_dict(_composed("train_clone", overrides, CloneConfig)))
    metrics = read_json(folder / "result.json")["metrics"]
    steps = ", ".join(f"{metrics.get(f'train_{how}', 0):.0f} {how}" for how in ("exactly", "nearly", "not"))
    print(f"Steps of the train split that the menu writes: {steps}.")
    for split in ("train", "valid"):
        if f"{split}_top_1" in metrics:
            print(f"Slots of {split}: {metrics[f'{split}_top_1']:.3f} first, {metrics[f'{split}_top_5']:.3f} of five.")
    print(f"The policy is in {folder / 'policy'}.")


def _tell(train: Callable[[Any], Sequence[Path]], config: Any) -> None:
    """Train, and print what each seed came to."""
    from aitp_gym.files import read_json

    logging.basicConfig(level=logging.INFO, format="%(message)s")
    # Libraries say on this level what they need no reader for.
    logging.getLogger("ray").setLevel(logging.ERROR)
    for folder in train(config):
        metrics = read_json(folder / "result.json")["metrics"]
        chance = f", {metrics['random_masked']:.2f} by masked random actions" if "random_masked" in metrics else ""
        print(
            f"{folder}: of {metrics['num_theorems']} held-out theorems {metrics['greedy']:.2f} greedy, "
            f"{metrics['sampled']:.2f} sampled{chance}"
        )


def _composed(name: str, overrides: Sequence[str], kind: type[Any]) -> dict[str, Any]:
    """The configuration of that name and kind with overrides, as plain data."""
    known = [field.name for field in fields(kind)]
    from hydra import compose, initialize_config_module
    from hydra.errors import HydraException
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    if options := [override for override in overrides if override.startswith("-")]:
        raise BadInput(f"aitp train takes overrides such as steps=1000, and no options: got {' '.join(options)}.")
    try:
        with initialize_config_module("aitp_gym.configs", version_base="1.3"):
            content = OmegaConf.to_container(compose(name, list(overrides)), resolve=True, throw_on_missing=True)
    except (HydraException, OmegaConfBaseException) as error:
        from .run import sentence

        unknown = re.match(r"Could not override '([^']+)'", str(error))
        if unknown is None:
            raise ConfigError(sentence(error)) from error
        close = difflib.get_close_matches(unknown[1], known, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"known are {', '.join(known)}."
        raise ConfigError(
            f"The configuration has no field {unknown[1]!r}: {hint} Arguments of the environment or the algorithm that "
            f"are not listed are added with +{unknown[1]}=VALUE."
        ) from error
    assert isinstance(content, dict)
    return {str(key): value for key, value in content.items()}
