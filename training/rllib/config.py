"""Configuration of a training by RLlib: `configs/train_rllib.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from aitp_gym.errors import ConfigError

from ..presets.settings import check_counts, check_env, check_seeds, check_wandb, from_fields

__all__ = ["RllibConfig"]


@dataclass(frozen=True, slots=True)
class RllibConfig:
    """Settings of a training.

    Attributes:
        directory: folder that everything is written to.
        resume: whether to go on with the training in `directory`.
        seeds: a training for each, in a folder of its own.
        steps: environment steps of a training; it ends with the first batch that reaches them.
        num_runners: processes that play episodes; 0: this one.
        num_envs: environments that each of them steps in turns.
        evaluate_every: environment steps between two measurements.
        num_valid_theorems: number of held-out theorems of a measurement, `None` for all.
        valid_split: split that they are from.
        env: `id` and arguments of a preset.
        hidden: widths of the networks' inner layers.
        start: folder of an exported policy whose network the training starts from; `None` for none.
        traces: whether to keep what is played as traces.
        wandb: `project`, `name` and `offline` of runs in Weights & Biases, one for each seed; `None` for none.
        settings: of `PPOConfig.training`.
        ray_address: of a cluster to use, `None` for this machine.
        threads: number of torch's threads.
    """

    directory: str
    resume: bool
    seeds: list[int]
    steps: int
    num_runners: int
    num_envs: int
    evaluate_every: int
    num_valid_theorems: int | None
    valid_split: str
    env: dict[str, Any]
    hidden: list[int]
    start: str | None
    traces: bool
    wandb: dict[str, Any] | None
    settings: dict[str, Any]
    ray_address: str | None
    threads: int

    def __post_init__(self) -> None:
        counts = {name: getattr(self, name) for name in ("steps", "num_envs", "evaluate_every", "threads")}
        if self.num_valid_theorems is not None:
            counts["num_valid_theorems"] = self.num_valid_theorems
        counts |= {f"hidden[{place}]": width for place, width in enumerate(self.hidden)}
        check_counts(counts)
        if type(self.num_runners) is not int or self.num_runners < 0:
            raise ConfigError(f"num_runners must be a whole number >= 0, got {self.num_runners!r}.")
        check_seeds(self.seeds)
        check_env(self.env)
        check_wandb(self.wandb)

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Self:
        """Settings from their fields by name.

        Raises:
            ConfigError: a field is missing, unknown, or has a value that it cannot have.
        """
        return from_fields(cls, "A training by RLlib", content)
