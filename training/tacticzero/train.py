"""Trainings of TacticZero, one for each seed, measured on held-out theorems."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from aitp_gym.agents.encoders.config import EncoderConfig
from aitp_gym.agents.policies.tacticzero import TacticZeroPolicy
from aitp_gym.agents.policies.tacticzero.network import templates_of
from aitp_gym.envs import ProofEnv
from aitp_gym.envs.registration import make_env
from aitp_gym.errors import ConfigError, TrainingDiverged
from aitp_gym.files import remove
from aitp_gym.menus import Menu
from aitp_gym.wandb_run import WandbRun

from ..presets.folder import TrainingFolder
from ..presets.kept_attempts import KeptAttempts
from ..presets.learner_state import read_state, take_state
from ..presets.proof_rates import held_out
from ..presets.seeds import train_each
from ..presets.settings import wandb_run
from .config import TacticZeroTraining
from .episodes import REWARDS, TacticZeroEpisode, play_episode
from .learner import Learner, Settings
from .network import TacticZeroNetwork

__all__ = ["train"]

_log = logging.getLogger(__name__)


def train(config: TacticZeroTraining) -> list[Path]:
    """Train with each seed.

    Args:
        config: settings.

    Returns:
        A folder for each seed: `policy` for `TacticZeroPolicy`, `proof_rates.csv`, `checkpoints`, `result.json`,
        `traces` if asked for, and `learner`, from which the training can go on; replayed proofs are found anew then.

    Raises:
        ConfigError: the configuration cannot be used, or the folder has another training.
        ProverUnavailable: the prover is not there.
        TrainingDiverged: weights are not finite any more.
    """
    return train_each(config.seeds, config.threads, partial(_train_one, config))


def _train_one(config: TacticZeroTraining, seed: int) -> Path:
    folder = TrainingFolder(Path(config.directory) / f"seed-{seed}")
    left_out = ("directory", "resume", "seeds", "steps", "traces", "wandb", "threads")
    settings = {"seed": seed, **{key: value for key, value in asdict(config).items() if key not in left_out}}
    folder.check(settings, resume=config.resume)
    if folder.finished(config.steps):
        _log.info("%s is finished.", folder.path)
        return folder.path
    with ExitStack() as stack:
        arguments = dict(config.env)
        env = stack.enter_context(make_env(arguments.pop("id"), arguments))
        if not isinstance(env, ProofEnv):
            raise ConfigError(f"TacticZero chooses texts of tactics, which {config.env['id']} does not take.")
        training = _Training(config, seed, env, folder)
        folder.begin(settings)
        if config.traces:
            kept = KeptAttempts(folder.path / "traces", training.policy.versions)
            training.attempts = stack.enter_context(kept)
        if config.wandb is not None:
            training.wandb_run = stack.enter_context(wandb_run(folder.path, config.wandb, seed, settings))
        training.run()
    return folder.path


class _Training:
    """A training with one seed."""

    def __init__(self, config: TacticZeroTraining, seed: int, env: ProofEnv, folder: TrainingFolder) -> None:
        self._config, self._seed, self._env, self._folder = config, seed, env, folder
        self.attempts = KeptAttempts(None, {})
        self.wandb_run = WandbRun(None, folder.path)
        menu = Menu.load(config.menu)
        if menu.prover != env.prover.name:
            raise ConfigError(f"The menu {menu.name!r} is written for {menu.prover}, and {env} is {env.prover.name}'s.")
        encoder = EncoderConfig.from_dict(config.encoder)
        start = TacticZeroPolicy(menu, config.start, encoder=encoder, hidden=config.hidden, init_seed=seed)
        if (start.config.encoder, start.config.hidden) != (encoder, config.hidden):
            raise ConfigError(
                f"{config.start} has encoder {start.config.encoder} and {start.config.hidden} hidden units."
            )
        network = TacticZeroNetwork(start.config, templates_of(menu), start.weights)
        self.policy = TacticZeroPolicy.from_weights(menu, start.config, network.weights())
        chosen = {name: getattr(config, name) for name in Settings.__dataclass_fields__}
        self._learner = Learner(network, Settings(**chosen))
        self._train = held_out(env, "train", config.num_theorems)
        self._valid = held_out(env, config.valid_split, config.num_valid_theorems)
        self._queue = self._train[:0]
        self.steps = 0
        self._cpu_s = self._prover_s = 0.0

    def run(self) -> None:
        """Learn until the steps are reached."""
        config, folder = self._config, self._folder
        folder.load_learner(self._take)
        rng, order = np.random.default_rng([self._seed, self.steps]), random.Random(f"{self._seed} {self.steps}")
        self.attempts.begin(max(len(folder.rates()) - 1, 0))
        if not folder.measured(self.steps):
            self._measure()
        measured = self.steps
        while self.steps < config.steps:
            began = time.process_time()
            if len(self._queue) < config.batch_size:
                self._queue = order.sample(self._train, len(self._train))
            drawn, self._queue = self._queue[: config.batch_size], self._queue[config.batch_size :]
            episodes = []
            for theorem in drawn:
                episodes.append(self._play(theorem, rng))
                self.attempts.learned(self._env)
            self._learner.learn(episodes)
            if not all(np.isfinite(array).all() for array in self.policy.weights.values()):
                raise TrainingDiverged(f"The training diverged: weights after {self.steps} steps are not finite.")
            self.steps += sum(len(episode.decisions) for episode in episodes)
            self._prover_s += sum(episode.attempt.spent.prover_s for episode in episodes if episode.attempt)
            self._cpu_s += time.process_time() - began
            if self.steps - measured >= config.evaluate_every or self.steps >= config.steps:
                self._measure()
                measured = self.steps
        remove(folder.policy)
        self.policy.save(folder.policy)
        folder.finish({**folder.rates()[-1], "num_theorems": len(self._valid)})

    def _play(self, theorem: Any, rng: np.random.Generator, *, greedy: bool = False) -> TacticZeroEpisode:
        config = self._config
        return play_episode(
            self._env,
            theorem,
            self.policy,
            rng,
            max_tactics=config.max_tactics,
            rewards=REWARDS[config.rewards],
            no_repeats=config.no_repeats,
            greedy=greedy,
        )

    def _measure(self) -> None:
        iteration = len(self._folder.rates())
        self.attempts.begin(iteration)
        row: dict[str, float] = {
            "steps": self.steps,
            "cpu_s": round(self._cpu_s, 2),
            "prover_s": round(self._prover_s, 2),
        }
        for way in ("greedy", "sampled"):
            # The same draws each time: what differs is the policy.
            rng, keep, proved = np.random.default_rng(self._seed), self.attempts.measured(iteration, way), 0
            for theorem in self._valid:
                proved += self._play(theorem, rng, greedy=way == "greedy").proved
                keep(self._env)
            row[way] = round(proved / len(self._valid), 4)
        _log.info("%(steps)d steps, %(cpu_s).0f CPU s: %(greedy).2f greedy, %(sampled).2f sampled", row)
        path = self._folder.checkpoints / f"{self.steps:09d}"
        remove(path)
        self.policy.save(path)
        state = read_state(self._learner.network, self._learner.optimizer)
        spent = {"steps": self.steps, "cpu_s": self._cpu_s, "prover_s": self._prover_s}
        self._folder.save_learner(self.steps, state, spent)
        self._folder.add_rates(row)
        self.wandb_run.log(lambda: row)

    def _take(self, arrays: Mapping[str, Any], spent: Mapping[str, Any]) -> None:
        network = self._learner.network
        take_state(arrays, network, self._learner.optimizer)
        self.policy.use(self.policy.config, network.weights())
        self.steps, self._cpu_s, self._prover_s = int(spent["steps"]), float(spent["cpu_s"]), float(spent["prover_s"])
