"""Trainings by RLlib, one for each seed, measured on held-out theorems."""

from __future__ import annotations

import logging
from contextlib import ExitStack
from dataclasses import asdict
from functools import partial
from pathlib import Path

import numpy as np

from aitp_gym.agents.policies.rllib import RllibPolicy
from aitp_gym.files import remove

from ..presets.exports import export_network, start_weights
from ..presets.folder import TrainingFolder
from ..presets.measurements import Measurements
from ..presets.perceptron import layers_of
from ..presets.seeds import train_each
from .config import RllibConfig
from .learner import PpoLearner, by_module
from .ppo import ppo_config

__all__ = ["train"]

_log = logging.getLogger(__name__)


def train(config: RllibConfig) -> list[Path]:
    """Train with each seed. Ray has to be started where `num_runners` is not 0.

    Args:
        config: settings.

    Returns:
        A folder for each seed: `policy` for `RllibPolicy`, `proof_rates.csv`, `checkpoints`, `result.json`, `traces` of
        the measurements if asked for, and `learner`, from which the training can go on.

    Raises:
        ConfigError: the configuration cannot be used, or the folder has another training.
        ProverUnavailable: the prover is not there.
        TrainingDiverged: weights are not finite any more.
    """
    return train_each(config.seeds, config.threads, partial(_train_one, config))


def _train_one(config: RllibConfig, seed: int) -> Path:
    folder = TrainingFolder(Path(config.directory) / f"seed-{seed}")
    chosen = {key: asdict(config)[key] for key in ("env", "settings", "hidden", "start", "num_runners", "num_envs")}
    settings = {"seed": seed, **chosen}
    folder.check(settings, resume=config.resume)
    if folder.finished(config.steps):
        _log.info("%s is finished.", folder.path)
        return folder.path
    with ExitStack() as stack:
        measurements = stack.enter_context(Measurements(config, folder, seed, "rllib ppo"))
        algorithm = ppo_config(
            {**config.env, "split": config.env.get("split", "train")},
            config.settings,
            hidden=config.hidden,
            num_runners=config.num_runners,
            num_envs=config.num_envs,
            seed=seed,
        ).build_algo()
        stack.callback(algorithm.stop)
        start = None if config.start is None else start_weights(Path(config.start), measurements.env)
        learner = PpoLearner(algorithm)
        measurements.begin(settings)
        if not folder.load_learner(learner.take) and start is not None:
            learner.start_from(start)

        def keep(path: Path) -> None:
            remove(path)
            export_network(
                path,
                RllibPolicy.name,
                measurements.env,
                layers_of(learner.module.policy),
                algorithm="ppo",
                activation="tanh",
                made_by=config.env,
                steps=learner.steps,
                seed=seed,
            )

        def measure() -> None:
            choices = {
                "greedy": by_module(learner.module, None),
                "sampled": by_module(learner.module, np.random.default_rng([seed, learner.steps])),
            }
            save = partial(folder.save_learner, learner.steps, learner.tensors(), {"steps": learner.steps})
            measurements.measure(learner.steps, choices, keep, save)

        while learner.steps < config.steps:
            if measurements.due(learner.steps):
                measure()
            learner.train()
        measure()
        keep(folder.policy)
        measurements.finish()
    return folder.path
