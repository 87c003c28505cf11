"""Measurements of a training on held-out theorems, and where they are kept."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import gymnasium

from aitp_gym.wandb_run import WandbRun

from .folder import TrainingFolder
from .kept_attempts import KeptAttempts
from .proof_rates import Choice, by_chance, held_out, play
from .settings import wandb_run

__all__ = ["Measurements", "MeasuringConfig"]

_log = logging.getLogger(__name__)


class MeasuringConfig(Protocol):
    """Fields of a training's configuration that are about measurements; see `configs/train_sb3.yaml`."""

    @property
    def env(self) -> dict[str, Any]:
        """`id` and arguments of a preset."""
        ...

    @property
    def evaluate_every(self) -> int:
        """Environment steps between two measurements."""
        ...

    @property
    def num_valid_theorems(self) -> int | None:
        """Number of held-out theorems, `None` for all."""
        ...

    @property
    def valid_split(self) -> str:
        """Split that they are from."""
        ...

    @property
    def traces(self) -> bool:
        """Whether to keep what is played."""
        ...

    @property
    def wandb(self) -> dict[str, Any] | None:
        """Settings of runs in W&B."""
        ...


class Measurements:
    """Measurements between batches: the policy plays held-out theorems, is exported, and is reported.

    A row of `proof_rates.csv` has the steps, the CPU seconds of this process without those of measurements, and the
    shares of the theorems proved, greedily and by drawing. A context manager; its environment is open inside.

    Args:
        config: of the training.
        folder: of the training with one seed.
        seed: of the training.
        policy: name of what is trained, for the record.

    Attributes:
        env: environment to measure in.

    Raises (on entry):
        UnknownName: there is no such environment or split.
        ProverUnavailable: the prover is not there.
    """

    env: gymnasium.Env[Any, Any]

    def __init__(self, config: MeasuringConfig, folder: TrainingFolder, seed: int, policy: str) -> None:
        self._config, self._folder, self._seed, self._policy = config, folder, seed, policy
        self._opened = ExitStack()
        self._attempts = KeptAttempts(None, {})
        self._wandb_run = WandbRun(None, folder.path)
        self._began = self._measuring_s = 0.0
        self._next: int | None = None

    def __enter__(self) -> Self:
        config = self._config
        arguments = {**config.env, "split": config.valid_split, "shaping": None}
        with ExitStack() as opened:
            self.env = opened.enter_context(gymnasium.make(arguments.pop("id"), **arguments))
            self._theorems = held_out(self.env, config.valid_split, config.num_valid_theorems)
            self._chance = play(self.env, self._theorems, by_chance(self._seed)).rate
            self._opened = opened.pop_all()
        told = len(self._theorems), self._chance
        _log.info("%d held-out theorems; masked random actions prove %.2f of them", *told)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._opened.__exit__(kind, error, trace)

    def begin(self, settings: Mapping[str, Any]) -> None:
        """Make the folder, or go on in it. Nothing in the configuration can be wrong from here on.

        Args:
            settings: what decides the training.
        """
        self._folder.begin(settings)
        if self._config.traces:
            versions = {"policy.name": self._policy, "policy.seed": str(self._seed)}
            self._attempts = self._opened.enter_context(KeptAttempts(self._folder.path / "traces", versions))
        if self._config.wandb is not None:
            run = wandb_run(self._folder.path, self._config.wandb, self._seed, settings)
            self._wandb_run = self._opened.enter_context(run)
        self._began = time.process_time()

    def listen(self, env: gymnasium.Env[Any, Any]) -> None:
        """Keep the episode, one to learn from, that an environment has just ended."""
        self._attempts.learned(env)

    def due(self, steps: int) -> bool:
        """Whether to measure after so many environment steps: at the start, and whenever enough have passed."""
        if self._next is None:
            # A training that goes on may have been measured where it was cut short.
            self._next = steps + (self._config.evaluate_every if self._folder.measured(steps) else 0)
            self._attempts.begin(max(len(self._folder.rates()) - 1, 0))
        return steps >= self._next

    def measure(
        self, steps: int, choices: Mapping[str, Choice], keep: Callable[[Path], None], save: Callable[[], None]
    ) -> dict[str, float]:
        """Measure, unless it was done after so many steps already.

        Args:
            steps: environment steps so far.
            choices: ways to choose actions: `greedy` and `sampled`.
            keep: exports the policy into a folder.
            save: stores the learner's state.

        Returns:
            The last row.
        """
        if self._folder.measured(steps):
            return self._folder.rates()[-1]
        began = time.process_time()
        self._next = steps + self._config.evaluate_every
        row: dict[str, float] = {"steps": steps, "cpu_s": round(began - self._began - self._measuring_s, 2)}
        iteration = len(self._folder.rates())
        self._attempts.begin(iteration)
        for way, choose in choices.items():
            listener = self._attempts.measured(iteration, way)
            row[way] = round(play(self.env, self._theorems, choose, listener).rate, 4)
        _log.info("%(steps)d steps, %(cpu_s).0f CPU s: %(greedy).2f greedy, %(sampled).2f sampled", row)
        keep(self._folder.checkpoints / f"{steps:09d}")
        save()
        self._folder.add_rates(row)
        self._wandb_run.log(lambda: row)
        self._measuring_s += time.process_time() - began
        return row

    def finish(self) -> None:
        """Write the result: the last row, beside the rate of masked random actions."""
        last = self._folder.rates()[-1]
        self._folder.finish({**last, "random_masked": self._chance, "num_theorems": len(self._theorems)})
