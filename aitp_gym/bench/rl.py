"""Figures of Stable-Baselines3 on a preset: proof rates of its algorithms, and its speed."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import gymnasium
import numpy as np

from ..errors import DependencyNotInstalled
from ..provers.registry import specs

__all__ = ["STEPS", "rl_figures"]

_ENV_ID, _THEOREM_SET = next(
    spec.figures.learning for spec in specs() if spec.figures is not None and spec.figures.learning is not None
)
_SPLIT = "test"
_MAX_TACTICS = 16
STEPS = {"ppo": 61_440, "a2c": 61_440, "maskable_ppo": 40_960}
"""Environment steps of each algorithm's trainings."""


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
        `cpu_s`, CPU seconds of a training, measurements left out. `steps_per_s`: environment steps per CPU second
        through Stable-Baselines3 with 1 and 4 environments, without learning; `env_share`: the environment's share of
        the CPU time of a training.

    Raises:
        DependencyNotInstalled: Stable-Baselines3 is not installed.
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
        figures["steps_per_s"] = {str(count): _steps_per_s(count, speed_steps) for count in (1, 4)}
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
    from ..training.sb3.models import by_model, make_envs, make_model

    rates: dict[str, list[float]] = {"greedy": [], "sampled": []}
    seconds = []
    for seed in seeds:
        envs = make_envs({"id": _ENV_ID, **_arguments("train")}, 1)
        model = make_model({"name": name, "settings": {}}, envs, seed, "cpu")
        seconds.append(_cpu_s(lambda model=model: model.learn(steps)))  # type: ignore[misc]
        envs.close()
        for way, found in rates.items():
            found.append(play(env, theorems, by_model(model, greedy=way == "greedy")).rate)
    summaries = {way: _summary(found) for way, found in rates.items()}
    return {**summaries, "steps": steps, "cpu_s": statistics.fmean(seconds)}


def _steps_per_s(count: int, steps: int) -> float:
    """Steps per CPU second of so many environments in turns, with random actions that their masks allow."""
    from ..training.sb3.models import make_envs

    envs = make_envs({"id": _ENV_ID, **_arguments("train")}, count)
    envs.seed(0)
    rng = np.random.default_rng(0)
    observations: Any = envs.reset()

    def step_all() -> None:
        nonlocal observations
        for _ in range(steps // count):
            actions = [rng.choice(np.flatnonzero(mask)) for mask in observations["action_mask"]]
            observations, *_ = envs.step(np.array(actions))

    seconds = _cpu_s(step_all)
    envs.close()
    return steps // count * count / seconds


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
