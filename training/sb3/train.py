"""Trainings by Stable-Baselines3, one for each seed, measured on held-out theorems."""

from __future__ import annotations

import csv
import logging
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import gymnasium
import torch
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.logger import configure

from aitp_gym.errors import ConfigError, DependencyNotInstalled
from aitp_gym.files import read_json, write_json, writing
from aitp_gym.proof import Theorem

from ..presets.proof_rates import by_chance, by_model, held_out, play
from .config import Sb3Config
from .models import export, load_state, make_envs, make_model, save_state

__all__ = ["MeasureProofRates", "train"]

_log = logging.getLogger(__name__)
_SETTINGS, _LEARNER, _POLICY, _RATES = "settings.json", "learner", "policy", "proof_rates.csv"


class MeasureProofRates(BaseCallback):
    """Callback that measures the model on held-out theorems, exports its policy, and stores the learner's state.

    It acts between rollouts, where all that was collected has been learned from: before the first one, then whenever
    `every` steps have passed, and at the end. A row of `proof_rates.csv` has the steps, the CPU seconds of this process
    without those of measurements, and the shares of the theorems proved by greedy and by sampled actions.

    Args:
        folder: folder of the training.
        env: environment to measure in.
        theorems: held-out theorems.
        every: environment steps between two measurements.
        keep: function that exports the policy into a folder.

    Attributes:
        rows: the measurements.
    """

    def __init__(
        self,
        folder: Path,
        env: gymnasium.Env[Any, Any],
        theorems: list[Theorem],
        every: int,
        keep: Any,
    ) -> None:
        super().__init__()
        self.rows: list[dict[str, float]] = []
        self._folder, self._env, self._theorems, self._every, self._keep = folder, env, theorems, every, keep
        self._next = 0
        self._began = time.process_time()
        self._measuring_s = 0.0

    def _on_training_start(self) -> None:
        self._next = self.num_timesteps
        if self.num_timesteps:
            # Measured before the interruption.
            self._next += self._every

    def _on_rollout_start(self) -> None:
        if self.num_timesteps >= self._next:
            self._next = self.num_timesteps + self._every
            self._measure()

    def _on_step(self) -> bool:
        return True

    def _on_training_end(self) -> None:
        if not self.rows or self.rows[-1]["steps"] < self.num_timesteps:
            self._measure()

    def _measure(self) -> None:
        began = time.process_time()
        row: dict[str, float] = {
            "steps": self.num_timesteps,
            "cpu_s": round(began - self._began - self._measuring_s, 2),
        }
        for name, greedy in (("greedy", True), ("sampled", False)):
            played = play(self._env, self._theorems, by_model(self.model, greedy=greedy))
            row[name] = round(played.rate, 4)
            self.logger.record(f"held_out/{name}", played.rate)
        _log.info("%(steps)d steps, %(cpu_s).0f CPU s: %(greedy).2f greedy, %(sampled).2f sampled", row)
        self.rows.append(row)
        _append_row(self._folder / _RATES, row)
        self._keep(self._folder / "checkpoints" / f"{self.num_timesteps:09d}")
        save_state(self.model, self._folder / _LEARNER)
        self._measuring_s += time.process_time() - began


def train(config: Sb3Config) -> list[Path]:
    """Train with each seed.

    Args:
        config: settings.

    Returns:
        A folder for each seed: `policy` for `Sb3Policy`, `proof_rates.csv`, `progress.csv` (Stable-Baselines3's own
        log), `checkpoints`, `result.json`, and `learner`, from which the training can go on.

    Raises:
        ConfigError: the configuration cannot be used, or the folder has another training.
        ProverUnavailable: the prover is not there.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(config.threads)
    try:
        return [_train_one(config, seed) for seed in config.seeds]
    finally:
        torch.set_num_threads(threads)


def _train_one(config: Sb3Config, seed: int) -> Path:
    folder = Path(config.directory) / f"seed-{seed}"
    settings = {"seed": seed, **{key: asdict(config)[key] for key in ("env", "algorithm", "num_envs")}}
    envs = make_envs({**config.env, "split": config.env.get("split", "train")}, config.num_envs)
    try:
        model = make_model(config.algorithm, envs, seed, config.device)
        _prepare(folder, settings, resume=config.resume)
        if (folder / "result.json").exists():
            _log.info("%s is finished.", folder)
            return folder
        arguments = {**config.env, "split": config.valid_split, "shaping": None}
        with gymnasium.make(arguments.pop("id"), **arguments) as env:
            theorems = held_out(env, config.valid_split, config.num_valid_theorems)
            chance = play(env, theorems, by_chance(seed)).rate
            _log.info("%d held-out theorems; masked random actions prove %.2f of them", len(theorems), chance)

            def keep(path: Path) -> None:
                if not path.exists():
                    export(model, config.env, config.algorithm["name"], seed, path)

            callback = MeasureProofRates(folder, env, theorems, config.evaluate_every, keep)
            model.set_logger(_logger(folder, config.tensorboard))
            if (folder / _LEARNER).exists():
                load_state(model, folder / _LEARNER)
            left = config.steps - model.num_timesteps
            if left > 0:
                model.learn(left, callback=callback, reset_num_timesteps=model.num_timesteps == 0)
            keep(folder / _POLICY)
            last = callback.rows[-1] if callback.rows else {}
            metrics = {**last, "random_masked": chance, "num_theorems": len(theorems)}
            write_json(folder / "result.json", {"checkpoint": str((folder / _POLICY).absolute()), "metrics": metrics})
    finally:
        envs.close()
    return folder


def _prepare(folder: Path, settings: Mapping[str, Any], *, resume: bool) -> None:
    """Make the folder, or see to it that it is that of the same training."""
    path = folder / _SETTINGS
    if path.exists():
        if not resume:
            raise ConfigError(f"{folder} has a training already: give another directory, or resume=true to go on.")
        if (found := read_json(path)) != settings:
            raise ConfigError(f"{folder} has a training with other settings: {found}.")
        return
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    write_json(path, settings)


def _logger(folder: Path, tensorboard: bool) -> Any:
    try:
        return configure(str(folder), ["csv", *(["tensorboard"] if tensorboard else [])])
    except (AssertionError, ImportError) as error:
        raise DependencyNotInstalled(
            "tensorboard=true needs the package tensorboard: pip install tensorboard, or leave it out; progress.csv "
            "has the same numbers."
        ) from error


def _append_row(path: Path, row: Mapping[str, float]) -> None:
    fresh = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(row))
        if fresh:
            writer.writeheader()
        writer.writerow(row)
