"""Trainings by Stable-Baselines3, one for each seed, measured on held-out theorems."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path

from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.logger import Logger, make_output_format

from aitp_gym.errors import DependencyNotInstalled
from aitp_gym.files import remove

from ..presets.folder import TrainingFolder
from ..presets.measurements import Measurements
from ..presets.seeds import train_each
from .config import Sb3Config
from .models import by_model, export, load_state, make_envs, make_model, save_state, start_from

__all__ = ["MeasureProofRates", "train"]

_log = logging.getLogger(__name__)


class MeasureProofRates(BaseCallback):  # type: ignore[misc]  # Stable-Baselines3 is not read by the type checker
    """Callback that measures the model, exports its policy, and stores the learner's state.

    It acts between rollouts, where all that was collected has been learned from: before the first one, then whenever
    enough steps have passed, and at the end.

    Args:
        folder: folder of the training.
        measurements: what is measured, and when.
        keep: function that exports the policy into a folder.
    """

    def __init__(self, folder: TrainingFolder, measurements: Measurements, keep: Callable[[Path], None]) -> None:
        super().__init__()
        self._folder, self._measurements, self._keep = folder, measurements, keep

    def _on_rollout_start(self) -> None:
        if self._measurements.due(self.num_timesteps):
            self._measure()

    def _on_step(self) -> bool:
        return True

    def _on_training_end(self) -> None:
        self._measure()

    def _measure(self) -> None:
        choices = {name: by_model(self.model, greedy=name == "greedy") for name in ("greedy", "sampled")}
        row = self._measurements.measure(
            self.num_timesteps, choices, self._keep, lambda: save_state(self.model, self._folder)
        )
        for name in choices:
            self.logger.record(f"held_out/{name}", row[name])
        self.logger.dump(self.num_timesteps)


def train(config: Sb3Config) -> list[Path]:
    """Train with each seed.

    Args:
        config: settings.

    Returns:
        A folder for each seed: `policy` for `Sb3Policy`, `proof_rates.csv`, `progress.csv` (Stable-Baselines3's own
        log), `checkpoints`, `result.json`, `traces` if asked for, and `learner`, from which the training can go on.

    Raises:
        ConfigError: the configuration cannot be used, or the folder has another training.
        DependencyNotInstalled: TensorBoard is asked for and not installed.
        ProverUnavailable: the prover is not there.
    """
    if config.tensorboard:
        _check_tensorboard()
    return train_each(config.seeds, config.threads, partial(_train_one, config))


def _train_one(config: Sb3Config, seed: int) -> Path:
    folder = TrainingFolder(Path(config.directory) / f"seed-{seed}")
    settings = {"seed": seed, **{key: asdict(config)[key] for key in ("env", "algorithm", "num_envs", "start")}}
    folder.check(settings, resume=config.resume)
    if folder.finished(config.steps):
        _log.info("%s is finished.", folder.path)
        return folder.path
    measurements = Measurements(config, folder, seed, f"sb3 {config.algorithm['name']}")
    env = {**config.env, "split": config.env.get("split", "train")}
    envs = make_envs(env, config.num_envs, measurements.listen if config.traces else None)
    try:
        model = make_model(config.algorithm, envs, seed, config.device)
        if config.start is not None:
            start_from(model, Path(config.start))
        with measurements:
            measurements.begin(settings)

            def keep(path: Path) -> None:
                remove(path)
                export(model, config.env, config.algorithm["name"], seed, path)

            load_state(model, folder)
            left = config.steps - model.num_timesteps
            if left > 0:
                model.set_logger(_logger(folder.path, model.num_timesteps, config.tensorboard))
                callback = MeasureProofRates(folder, measurements, keep)
                try:
                    model.learn(left, callback=callback, reset_num_timesteps=model.num_timesteps == 0)
                finally:
                    model.logger.close()
            keep(folder.policy)
            measurements.finish()
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
