"""Configuration of a training of TacticZero: `configs/train_tacticzero.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from aitp_gym.agents.encoders.config import EncoderConfig
from aitp_gym.errors import ConfigError

from ..presets.settings import check_counts, check_seeds, check_wandb, from_fields
from .episodes import REWARDS

__all__ = ["TacticZeroTraining"]


@dataclass(frozen=True, slots=True)
class TacticZeroTraining:
    """Settings of a training.

    Attributes:
        directory: folder that everything is written to.
        resume: whether to go on with the training in `directory`.
        seeds: a training for each, in a folder of its own.
        steps: tactic applications of a training; it ends with the first batch that reaches them.
        batch_size: episodes between two updates.
        max_tactics: tactic applications of an episode.
        evaluate_every: tactic applications between two measurements.
        num_theorems: train theorems that are played, `None` for all.
        num_valid_theorems: held-out theorems of a measurement, `None` for all.
        valid_split: split that they are from.
        env: `id` and arguments of an environment.
        menu: name of the menu, or path of its file.
        encoder: fields of `EncoderConfig`.
        hidden: number of hidden units.
        start: folder of a policy to start from; `None` for none.
        rewards: `sparse` or `paper`.
        learning_rate: of Adam.
        gamma: discount of a step.
        baseline: whether a theorem's mean return is taken off.
        replay: whether the shortest proof is learned from again where an episode found none.
        no_repeats: whether a tactic is tried once at each goal.
        traces: whether to keep what is played as traces.
        wandb: `project`, `name` and `offline` of runs in Weights & Biases, one for each seed; `None` for none.
        threads: number of torch's threads.
    """

    directory: str
    resume: bool
    seeds: list[int]
    steps: int
    batch_size: int
    max_tactics: int
    evaluate_every: int
    num_theorems: int | None
    num_valid_theorems: int | None
    valid_split: str
    env: dict[str, Any]
    menu: str
    encoder: dict[str, Any]
    hidden: int
    start: str | None
    rewards: str
    learning_rate: float
    gamma: float
    baseline: bool
    replay: bool
    no_repeats: bool
    traces: bool
    wandb: dict[str, Any] | None
    threads: int

    def __post_init__(self) -> None:
        names = ("steps", "batch_size", "max_tactics", "evaluate_every", "hidden", "threads")
        counts = {name: getattr(self, name) for name in names}
        for name in ("num_theorems", "num_valid_theorems"):
            if getattr(self, name) is not None:
                counts[name] = getattr(self, name)
        check_counts(counts)
        check_seeds(self.seeds)
        check_wandb(self.wandb)
        if not isinstance(self.env.get("id"), str):
            raise ConfigError(f"env.id must be the id of an environment, got {self.env.get('id')!r}.")
        if self.rewards not in REWARDS:
            raise ConfigError(f"rewards must be one of {', '.join(REWARDS)}, got {self.rewards!r}.")
        if not self.learning_rate > 0 or not 0 < self.gamma <= 1:
            raise ConfigError(
                f"learning_rate must be above 0, and gamma above 0 and at most 1; got {self.learning_rate!r} and "
                f"{self.gamma!r}."
            )
        EncoderConfig.from_dict(self.encoder)

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Self:
        """Settings from their fields by name.

        Raises:
            ConfigError: a field is missing, unknown, or has a value that it cannot have.
        """
        return from_fields(cls, "A training of TacticZero", content)
