"""`aitp train`: learners that act in environments, from Hydra's overrides."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ..errors import BadInput, ConfigError

__all__ = ["train_clone", "train_rllib", "train_sb3"]


def train_sb3(overrides: Sequence[str]) -> None:
    """Train with Stable-Baselines3, and print a line for each seed.

    Raises:
        AitpError: the configuration cannot be used, or something that it needs is not there.
    """
    from aitp_gym.training.sb3.config import Sb3Config

    config = Sb3Config.from_dict(_composed("train_sb3", overrides))
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

    config = RllibConfig.from_dict(_composed("train_rllib", overrides))
    with RaySession(Resources(max(config.num_runners, 1), num_cpus=config.num_runners + 1), config.ray_address):
        from aitp_gym.training.rllib.train import train

        _tell(train, config)


def train_clone(overrides: Sequence[str]) -> None:
    """Imitate proofs, and print how well.

    Raises:
        AitpError: the configuration cannot be used, or something that it needs is not there.
    """
    from aitp_gym.files import read_json
    from aitp_gym.training.presets.clone import CloneConfig, clone

    folder = clone(CloneConfig.from_dict(_composed("train_clone", overrides)))
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
        print(
            f"{folder}: of {metrics['num_theorems']} held-out theorems {metrics['greedy']:.2f} greedy, "
            f"{metrics['sampled']:.2f} sampled, {metrics['random_masked']:.2f} by masked random actions"
        )


def _composed(name: str, overrides: Sequence[str]) -> dict[str, Any]:
    """The configuration of that name with overrides, as plain data."""
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

        raise ConfigError(sentence(error)) from error
    assert isinstance(content, dict)
    return {str(key): value for key, value in content.items()}
