"""Figures of RL libraries on a preset: proof rates of their algorithms, and speed."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import gymnasium
import numpy as np

from ..errors import DependencyNotInstalled, ProverUnavailable
from ..provers.registry import specs

__all__ = ["STEPS", "rl_figures"]

_ENV_ID, _THEOREM_SET = next(
    spec.figures.learning for spec in specs() if spec.figures is not None and spec.figures.learning is not None
)
_SPLIT = "test"
_MAX_TACTICS = 16
STEPS = {"ppo": 61_440, "a2c": 61_440, "maskable_ppo": 40_960, "rllib_ppo": 24_576}
"""Environment steps of each algorithm's trainings; those of Stable-Baselines3, and PPO of RLlib with masks."""


def rl_figures(
    steps: Mapping[str, int] = STEPS, *, num_seeds: int = 5, num_theorems: int = 100, speed_steps: int = 8_192
) -> dict[str, Any]:
    """Train each algorithm with its defaults, and measure it on held-out theorems beside random actions.

    Args:
        steps: environment steps of a training by algorithm.
        num_seeds: number of trainings of each.
        num_theorems: number of held-out theorems.
        speed_steps: environment steps over which speeds are measured.

    Returns:
        For `random_masked`, `random_unmasked` and each algorithm the share of theorems proved: `greedy` and `sampled`
        (random ones only sampled), each with the mean over seeds, the lowest, and a 95 % t-interval; `steps` and
        `cpu_s`, CPU seconds of a training, measurements left out. `steps_per_s`: environment steps per second
        through Stable-Baselines3 with 1 and 4 environments in turns, without learning; `free_steps_per_s`: the same for
        other provers' presets, with tactics that cost next to nothing; `env_share`: the environment's share of the
        time of a training.

    Raises:
        DependencyNotInstalled: Stable-Baselines3 is not installed, or RLlib where it is asked for.
    """
    try:
        import torch

        from ..training.presets.proof_rates import by_chance, held_out, play
    except ImportError as error:
        raise DependencyNotInstalled("Figures of RL need Stable-Baselines3: pip install 'aitp-gym[sb3]'.") from error
    threads = torch.get_num_threads()
    # Networks this small are slower on several.
    torch.set_num_threads(1)
    try:
        figures: dict[str, Any] = {}
        with gymnasium.make(_ENV_ID, **_arguments(_SPLIT)) as env:
            theorems = held_out(env, _SPLIT, num_theorems)
            for name, masked in (("random_masked", True), ("random_unmasked", False)):
                rates = [play(env, theorems, by_chance(seed, masked=masked)).rate for seed in range(num_seeds)]
                figures[name] = {"sampled": _summary(rates)}
            for name, number in steps.items():
                figures[name] = _algorithm(name, number, range(num_seeds), env, theorems)
        learning = {"id": _ENV_ID, **_arguments("train")}
        figures["steps_per_s"] = {str(count): _steps_per_s(learning, count, speed_steps) for count in (1, 4)}
        figures["free_steps_per_s"] = _with_free_tactics(speed_steps)
        learning_s = figures["maskable_ppo"]["cpu_s"] if "maskable_ppo" in steps else None
        stepping_s = steps.get("maskable_ppo", 0) / figures["steps_per_s"]["1"]
        figures["env_share"] = None if learning_s is None else stepping_s / learning_s
        return figures
    finally:
        torch.set_num_threads(threads)


def _arguments(split: str) -> dict[str, Any]:
    return {"theorem_set": _THEOREM_SET, "split": split, "max_tactics": _MAX_TACTICS}


def _algorithm(name: str, steps: int, seeds: Sequence[int], env: Any, theorems: Any) -> dict[str, Any]:
    from ..training.presets.proof_rates import play

    learn = _learn_by_rllib if name == "rllib_ppo" else partial(_learn_by_sb3, name)
    rates: dict[str, list[float]] = {"greedy": [], "sampled": []}
    seconds = []
    for seed in seeds:
        with learn(steps, seed) as (cpu_s, choices):
            seconds.append(cpu_s)
            for way, choose in choices.items():
                rates[way].append(play(env, theorems, choose).rate)
    summaries = {way: _summary(found) for way, found in rates.items()}
    return {**summaries, "steps": steps, "cpu_s": statistics.fmean(seconds)}


@contextmanager
def _learn_by_sb3(name: str, steps: int, seed: int) -> Iterator[tuple[float, dict[str, Any]]]:
    """CPU seconds of a training, and the model's greedy and drawn choices."""
    from ..training.sb3.models import by_model, make_envs, make_model

    envs = make_envs({"id": _ENV_ID, **_arguments("train")}, 1)
    model = make_model({"name": name, "settings": {}}, envs, seed, "cpu")
    cpu_s = _cpu_s(lambda: model.learn(steps))
    envs.close()
    yield cpu_s, {way: by_model(model, greedy=way == "greedy") for way in ("greedy", "sampled")}


@contextmanager
def _learn_by_rllib(steps: int, seed: int) -> Iterator[tuple[float, dict[str, Any]]]:
    """The same with the settings of `aitp train rllib`."""
    from hydra import compose, initialize_config_module
    from omegaconf import OmegaConf

    from ..evaluation.runners.resources import Resources
    from ..evaluation.runners.session import RaySession

    with initialize_config_module("aitp_gym.configs", version_base="1.3"):
        config: Any = OmegaConf.to_container(compose("train_rllib").settings)
    with RaySession(Resources(1, num_cpus=1)):
        from ..training.rllib.learner import PpoLearner, by_module
        from ..training.rllib.ppo import ppo_config

        algorithm = ppo_config({"id": _ENV_ID, **_arguments("train")}, config, seed=seed).build_algo()
        learner = PpoLearner(algorithm)

        def learn() -> None:
            while learner.steps < steps:
                learner.train()

        try:
            cpu_s = _cpu_s(learn)
            rng = np.random.default_rng(seed)
            yield cpu_s, {"greedy": by_module(learner.module, None), "sampled": by_module(learner.module, rng)}
        finally:
            algorithm.stop()


def _steps_per_s(preset: Mapping[str, Any], count: int, steps: int) -> float:
    """Steps per second of so many environments in turns, with random actions that their masks allow.

    Wall seconds, because most provers work in processes of their own.
    """
    from ..training.sb3.models import make_envs

    envs = make_envs(preset, count)
    try:
        envs.seed(0)
        rng = np.random.default_rng(0)
        observations: Any = envs.reset()
        began = time.perf_counter()
        for _ in range(steps // count):
            actions = [rng.choice(np.flatnonzero(mask)) for mask in observations["action_mask"]]
            observations, *_ = envs.step(np.array(actions))
        return steps // count * count / (time.perf_counter() - began)
    finally:
        envs.close()


def _with_free_tactics(steps: int) -> dict[str, Any]:
    """The same with tactics that cost next to nothing, for provers that name some; `None` where one is not there."""
    found: dict[str, Any] = {}
    for spec in specs():
        if spec.figures is None or spec.figures.free is None:
            continue
        env_id, tactics = spec.figures.free
        with TemporaryDirectory() as folder:
            menu = Path(folder) / "free.toml"
            entries = "".join(f"[[tactic]]\ntext = {json.dumps(tactic)}\n" for tactic in tactics)
            menu.write_text(f'name = "free"\nversion = 1\nprover = "{spec.name}"\n{entries}')
            preset = {"id": env_id, "menu": str(menu)}
            try:
                found[env_id] = {str(count): _steps_per_s(preset, count, steps) for count in (1, 4)}
            except ProverUnavailable:
                found[env_id] = None
    return found


def _cpu_s(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _summary(rates: Sequence[float]) -> dict[str, Any]:
    """Mean over seeds, the lowest, and a 95 % t-interval of the mean, which needs two seeds."""
    from scipy import stats

    mean = statistics.fmean(rates)
    interval = None
    if len(rates) > 1:
        half = float(stats.t.ppf(0.975, len(rates) - 1)) * statistics.stdev(rates) / len(rates) ** 0.5
        interval = {"low": max(0.0, mean - half), "high": min(1.0, mean + half)}
    return {"mean": mean, "lowest": min(rates), "interval": interval}
