"""Trainings by RLlib, one for each seed, measured on held-out theorems."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import torch
from numpy.typing import NDArray
from ray.rllib.algorithms import Algorithm
from ray.rllib.core import DEFAULT_MODULE_ID
from ray.rllib.core.columns import Columns

from aitp_gym.agents.policies.rllib import RllibPolicy
from aitp_gym.files import remove
from aitp_gym.proof import Theorem

from ..presets.exports import export_network, start_weights
from ..presets.folder import TrainingFolder
from ..presets.perceptron import layers_of, take_layers
from ..presets.proof_rates import Choice, by_chance, held_out, play
from .config import RllibConfig
from .masked_module import MaskedModule
from .ppo import ppo_config

__all__ = ["train"]

_log = logging.getLogger(__name__)


def train(config: RllibConfig) -> list[Path]:
    """Train with each seed. Ray has to be started where `num_runners` is not 0.

    Args:
        config: settings.

    Returns:
        A folder for each seed: `policy` for `RllibPolicy`, `proof_rates.csv`, `checkpoints`, `result.json`, and
        `learner`, from which the training can go on.

    Raises:
        ConfigError: the configuration cannot be used, or the folder has another training.
        ProverUnavailable: the prover is not there.
        TrainingDiverged: weights are not finite any more.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(config.threads)
    try:
        return [_train_one(config, seed) for seed in config.seeds]
    finally:
        torch.set_num_threads(threads)


def _train_one(config: RllibConfig, seed: int) -> Path:
    folder = TrainingFolder(Path(config.directory) / f"seed-{seed}")
    chosen = {key: asdict(config)[key] for key in ("env", "settings", "hidden", "start", "num_runners", "num_envs")}
    with ExitStack() as stack:
        held_out_env = {**config.env, "split": config.valid_split, "shaping": None}
        env = stack.enter_context(gymnasium.make(held_out_env.pop("id"), **held_out_env))
        theorems = held_out(env, config.valid_split, config.num_valid_theorems)
        folder.prepare({"seed": seed, **chosen}, resume=config.resume)
        if folder.finished(config.steps):
            _log.info("%s is finished.", folder.path)
            return folder.path
        chance = play(env, theorems, by_chance(seed)).rate
        _log.info("%d held-out theorems; masked random actions prove %.2f of them", len(theorems), chance)
        algorithm = ppo_config(
            {**config.env, "split": config.env.get("split", "train")},
            config.settings,
            hidden=config.hidden,
            num_runners=config.num_runners,
            num_envs=config.num_envs,
            seed=seed,
        ).build_algo()
        stack.callback(algorithm.stop)
        learner = _Learner(algorithm)
        if not folder.load_learner(learner.take) and config.start is not None:
            learner.start_from(start_weights(Path(config.start), env))
        course = _Course(folder, env, theorems, learner, config, seed)
        course.run(algorithm)
        remove(folder.policy)
        course.export(folder.policy)
        folder.finish({**folder.rates(), "random_masked": chance, "num_theorems": len(theorems)})
    return folder.path


class _Learner:
    """The learner of an algorithm: what it has learned, and what it needs to go on.

    Args:
        algorithm: with its learner in this process.

    Attributes:
        steps: environment steps learned from.
    """

    def __init__(self, algorithm: Algorithm) -> None:
        self._algorithm = algorithm
        self._inside = algorithm.learner_group._learner
        self.steps = 0

    @property
    def module(self) -> MaskedModule:
        module = self._inside.module[DEFAULT_MODULE_ID].unwrapped()
        assert isinstance(module, MaskedModule)
        return module

    @property
    def _optimizer(self) -> torch.optim.Optimizer:
        ((_, optimizer),) = self._inside.get_optimizers_for_module(DEFAULT_MODULE_ID)
        assert isinstance(optimizer, torch.optim.Optimizer)
        return optimizer

    def tensors(self) -> dict[str, NDArray[Any]]:
        """Weights, and the optimizer's state."""
        found = {f"module.{name}": value for name, value in self.module.state_dict().items()}
        for place, state in self._optimizer.state_dict()["state"].items():
            found |= {f"optimizer.{place}.{name}": torch.as_tensor(value) for name, value in state.items()}
        return {name: value.detach().cpu().numpy() for name, value in found.items()}

    def take(self, tensors: Mapping[str, NDArray[Any]], counts: Mapping[str, int]) -> None:
        """Go on from what `tensors` gave."""
        state = self._optimizer.state_dict()
        weights: dict[str, torch.Tensor] = {}
        for name, array in tensors.items():
            part, _, rest = name.partition(".")
            if part == "module":
                weights[rest] = torch.from_numpy(array)
            else:
                place, _, rest = rest.partition(".")
                state["state"].setdefault(int(place), {})[rest] = torch.from_numpy(array)
        self.module.load_state_dict(weights)
        self._optimizer.load_state_dict(state)
        self.steps = int(counts["steps"])
        self._tell_runners()

    def start_from(self, weights: Mapping[str, NDArray[Any]]) -> None:
        """Begin with the weights of an exported policy; the value network begins anew."""
        take_layers(self.module.policy, weights)
        self._tell_runners()

    def _tell_runners(self) -> None:
        self._algorithm.env_runner_group.sync_weights(
            from_worker_or_learner_group=self._algorithm.learner_group, inference_only=True
        )


class _Course:
    """The course of a training: batches, and measurements between them."""

    def __init__(
        self,
        folder: TrainingFolder,
        env: gymnasium.Env[Any, Any],
        theorems: list[Theorem],
        learner: _Learner,
        config: RllibConfig,
        seed: int,
    ) -> None:
        self._folder, self._env, self._theorems, self._learner = folder, env, theorems, learner
        self._config, self._seed = config, seed
        self._began = time.process_time()
        self._measuring_s = 0.0

    def run(self, algorithm: Algorithm) -> None:
        """Learn until the steps are reached."""
        learner, every = self._learner, self._config.evaluate_every
        if not learner.steps:
            self._measure()
        measured = learner.steps
        while learner.steps < self._config.steps:
            before = learner.steps
            result = algorithm.train()
            learner.steps += round(result["env_runners"]["num_env_steps_sampled"])
            assert learner.steps > before
            if learner.steps - measured >= every or learner.steps >= self._config.steps:
                self._measure()
                measured = learner.steps

    def export(self, folder: Path) -> None:
        """Write the policy as it is now, unless it is there."""
        if not folder.exists():
            export_network(
                folder,
                RllibPolicy.name,
                self._env,
                layers_of(self._learner.module.policy),
                algorithm="ppo",
                activation="tanh",
                made_by=self._config.env,
                steps=self._learner.steps,
                seed=self._seed,
            )

    def _measure(self) -> None:
        began = time.process_time()
        steps = self._learner.steps
        row: dict[str, float] = {"steps": steps, "cpu_s": round(began - self._began - self._measuring_s, 2)}
        rng = np.random.default_rng([self._seed, steps])
        for name, chosen_by in (("greedy", None), ("sampled", rng)):
            row[name] = round(play(self._env, self._theorems, _by_module(self._learner.module, chosen_by)).rate, 4)
        _log.info("%(steps)d steps, %(cpu_s).0f CPU s: %(greedy).2f greedy, %(sampled).2f sampled", row)
        self._folder.add_rates(row)
        self.export(self._folder.checkpoints / f"{steps:09d}")
        self._folder.save_learner(self._learner.tensors(), {"steps": steps})
        self._measuring_s += time.process_time() - began


def _by_module(module: MaskedModule, rng: np.random.Generator | None) -> Choice:
    """The choice of a module: the likeliest action, or one drawn."""

    def choose(observation: Any) -> int:
        batch = {name: torch.from_numpy(np.asarray(value))[None] for name, value in observation.items()}
        with torch.no_grad():
            logits = module.forward_inference({Columns.OBS: batch})[Columns.ACTION_DIST_INPUTS][0].double()
        if rng is None:
            return int(logits.argmax())
        chances = torch.softmax(logits, 0).numpy()
        return int(rng.choice(len(chances), p=chances / chances.sum()))

    return choose
