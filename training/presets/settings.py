"""Fields that configurations of trainings share: checks, and what is made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

from aitp_gym.errors import ConfigError
from aitp_gym.wandb_run import WandbRun

__all__ = ["check_counts", "check_env", "check_seeds", "check_wandb", "from_fields", "wandb_run"]

_Kind = TypeVar("_Kind")


def from_fields(kind: type[_Kind], title: str, content: Mapping[str, Any]) -> _Kind:
    """A configuration from its fields by name.

    Args:
        kind: dataclass of the configuration.
        title: what it configures, for messages.
        content: values by field.

    Raises:
        ConfigError: a field is missing, unknown, or has a value that it cannot have.
    """
    known = [field.name for field in fields(kind)]  # type: ignore[arg-type]
    if unknown := sorted(content.keys() - set(known)):
        raise ConfigError(f"{title} has the fields {known}, got also {unknown}.")
    try:
        return kind(**content)
    except (TypeError, AttributeError) as error:
        raise ConfigError(f"The configuration cannot be used: {error}.") from error


def check_counts(counts: Mapping[str, Any]) -> None:
    """Refuse what is not a whole number >= 1; the numbers are given by their names."""
    for name, count in counts.items():
        if type(count) is not int or count < 1:
            raise ConfigError(f"{name} must be a whole number >= 1, got {count!r}.")


def check_seeds(seeds: Any) -> None:
    """Refuse what is not a list of different whole numbers >= 0."""
    whole = isinstance(seeds, list) and all(type(seed) is int and seed >= 0 for seed in seeds)
    if not whole or not seeds or len(set(seeds)) < len(seeds):
        raise ConfigError(f"seeds must be different whole numbers >= 0, one at least, got {seeds!r}.")


def check_env(env: Mapping[str, Any]) -> None:
    """Refuse an environment's settings without its id."""
    if not isinstance(env.get("id"), str):
        raise ConfigError(f"env.id must be the id of a preset, got {env.get('id')!r}.")


def check_wandb(wandb: Any) -> None:
    """Refuse what is neither `None` nor the settings of runs in Weights & Biases."""
    if wandb is None:
        return
    texts = isinstance(wandb, dict) and set(wandb) == {"project", "name", "offline"}
    if not texts or not isinstance(wandb["offline"], bool) or not all(wandb[key] for key in ("project", "name")):
        raise ConfigError(f"wandb has project, name and offline (true or false), or is null; got {wandb!r}.")


def wandb_run(folder: Path, wandb: Mapping[str, Any], seed: int, settings: Mapping[str, Any]) -> WandbRun:
    """The run in Weights & Biases of a training with one seed.

    Args:
        folder: of the training.
        wandb: `project`, `name` and `offline`.
        seed: of the training.
        settings: what decides it, shown beside the run.
    """
    name = f"{wandb['name']}-seed-{seed}"
    return WandbRun.start(
        folder,
        id=f"{wandb['project']}-{name}",
        offline=wandb["offline"],
        project=wandb["project"],
        name=name,
        config=settings,
        step="steps",
        setting="wandb.offline",
    )
