"""Trainings by Stable-Baselines3, one for each seed, measured on held-out theorems."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import gymnasium
import torch
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.logger import Logger, make_output_format

from aitp_gym.errors import DependencyNotInstalled
from aitp_gym.files import remove
from aitp_gym.proof import Theorem

from ..presets.folder import TrainingFolder
from ..presets.proof_rates import by_chance, held_out, play
from .config import Sb3Config
from .models import by_model, export, load_state, make_envs, make_model, save_state, start_from

__all__ = ["MeasureProofRates", "train"]

_log = logging.getLogger(__name__)


class MeasureProofRates(BaseCallback):  # type: ignore[misc]  # Stable-Baselines3 is not read by the type checker
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
    """

    def __init__(
        self,
        folder: TrainingFolder,
        env: gymnasium.Env[Any, Any],
        theorems: list[Theorem],
        every: int,
        keep: Callable[[Path], None],
    ) -> None:
        super().__init__()
        self._folder, self._env, self._theorems, self._every, self._keep = folder, env, theorems, every, keep
        self._next = 0
        self._began = time.process_time()
        self._measuring_s = 0.0

    def _on_training_start(self) -> None:
        # A training that goes on may have been measured where it was cut short.
        self._next = self.num_timesteps + (self._every if self._folder.measured(self.num_timesteps) else 0)

    def _on_rollout_start(self) -> None:
        if self.num_timesteps >= self._next:
            self._next = self.num_timesteps + self._every
            self._measure()

    def _on_step(self) -> bool:
        return True

    def _on_training_end(self) -> None:
        if not self._folder.measured(self.num_timesteps):
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
        self.logger.dump(self.num_timesteps)
        self._keep(self._folder.checkpoints / f"{self.num_timesteps:09d}")
        save_state(self.model, self._folder)
        self._folder.add_rates(row)
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
        DependencyNotInstalled: TensorBoard is asked for and not installed.
        ProverUnavailable: the prover is not there.
    """
    if config.tensorboard:
        _check_tensorboard()
    threads = torch.get_num_threads()
    torch.set_num_threads(config.threads)
    try:
        return [_train_one(config, seed) for seed in config.seeds]
    finally:
        torch.set_num_threads(threads)


def _train_one(config: Sb3Config, seed: int) -> Path:
    folder = TrainingFolder(Path(config.directory) / f"seed-{seed}")
    settings = {"seed": seed, **{key: asdict(config)[key] for key in ("env", "algorithm", "num_envs", "start")}}
    folder.check(settings, resume=config.resume)
    if folder.finished(config.steps):
        _log.info("%s is finished.", folder.path)
        return folder.path
    envs = make_envs({**config.env, "split": config.env.get("split", "train")}, config.num_envs)
    try:
        model = make_model(config.algorithm, envs, seed, config.device)
        arguments = {**config.env, "split": config.valid_split, "shaping": None}
        with gymnasium.make(arguments.pop("id"), **arguments) as env:
            theorems = held_out(env, config.valid_split, config.num_valid_theorems)
            chance = play(env, theorems, by_chance(seed)).rate
            _log.info("%d held-out theorems; masked random actions prove %.2f of them", len(theorems), chance)
            if config.start is not None:
                start_from(model, Path(config.start))
            # From here on nothing in the configuration can be wrong.
            folder.begin(settings)

            def keep(path: Path) -> None:
                remove(path)
                export(model, config.env, config.algorithm["name"], seed, path)

            callback = MeasureProofRates(folder, env, theorems, config.evaluate_every, keep)
            load_state(model, folder)
            left = config.steps - model.num_timesteps
            if left > 0:
                model.set_logger(_logger(folder.path, model.num_timesteps, config.tensorboard))
                try:
                    model.learn(left, callback=callback, reset_num_timesteps=model.num_timesteps == 0)
                finally:
                    model.logger.close()
            keep(folder.policy)
        folder.finish({**folder.rates()[-1], "random_masked": chance, "num_theorems": len(theorems)})
    finally:
        envs.close()
    return folder.path


def _logger(folder: Path, steps: int, tensorboard: bool) -> Logger:
    """Stable-Baselines3's own log, which begins a file of its own where a training goes on."""
    kinds = ["csv", *(["tensorboard"] if tensorboard else [])]
    suffix = f"_{steps:09d}" if steps else ""
    return Logger(str(folder), [make_output_format(kind, str(folder), suffix) for kind in kinds])


def _check_tensorboard() -> None:
    try:
        import torch.utils.tensorboard  # noqa: F401
    except ImportError as error:
        raise DependencyNotInstalled(
            "tensorboard=true needs the package tensorboard: pip install tensorboard, or leave it out; progress.csv "
            "has the same numbers."
        ) from error
