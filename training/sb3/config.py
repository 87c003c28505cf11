"""Configuration of a training by Stable-Baselines3: `configs/train_sb3.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from aitp_gym.errors import ConfigError

from ..presets.settings import check_counts, check_env, check_seeds, check_wandb, from_fields

__all__ = ["Sb3Config"]


@dataclass(frozen=True, slots=True)
class Sb3Config:
    """Settings of a training.

    Attributes:
        directory: folder that everything is written to.
        resume: whether to go on with the training in `directory`.
        seeds: a training for each, in a folder of its own.
        steps: environment steps of a training.
        num_envs: environments that step in turns, in this process.
        evaluate_every: environment steps between two measurements.
        num_valid_theorems: number of held-out theorems of a measurement, `None` for all.
        valid_split: split that they are from.
        env: `id` and arguments of a preset.
        algorithm: `name`, and the arguments of the algorithm's class under `settings`.
        start: folder of an exported policy whose network the training starts from; `None` for none.
        traces: whether to keep what is played as traces.
        wandb: `project`, `name` and `offline` of runs in Weights & Biases, one for each seed; `None` for none.
        tensorboard: whether to write logs for TensorBoard too.
        device: of torch.
        threads: number of torch's threads; networks this small are slower on several.
    """

    directory: str
    resume: bool
    seeds: list[int]
    steps: int
    num_envs: int
    evaluate_every: int
    num_valid_theorems: int | None
    valid_split: str
    env: dict[str, Any]
    algorithm: dict[str, Any]
    start: str | None
    traces: bool
    wandb: dict[str, Any] | None
    tensorboard: bool
    device: str
    threads: int

    def __post_init__(self) -> None:
        counts = {name: getattr(self, name) for name in ("steps", "num_envs", "evaluate_every", "threads")}
        if self.num_valid_theorems is not None:
            counts["num_valid_theorems"] = self.num_valid_theorems
        check_counts(counts)
        check_seeds(self.seeds)
        check_env(self.env)
        check_wandb(self.wandb)
        if set(self.algorithm) != {"name", "settings"} or not isinstance(self.algorithm["settings"], dict):
            raise ConfigError(f"algorithm has a name and settings, got {self.algorithm!r}.")

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Self:
        """Settings from their fields by name.

        Raises:
            ConfigError: a field is missing, unknown, or has a value that it cannot have.
        """
        return from_fields(cls, "A training by Stable-Baselines3", content)
