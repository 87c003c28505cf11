"""Reinforcement learning on a real prover, from nothing and from imitation: the tables and the curve of docs/rl.md.

    python scripts/learn_by_reinforcement.py OUTPUT --env holist_menu --traces human
    python scripts/learn_by_reinforcement.py OUTPUT --env lean_menu

MaskablePPO with its defaults, several seeds; then each policy plays one episode of each held-out theorem, greedily,
beside masked random actions, the start, and the slot that was chosen most often. Everything is kept in the output
folder and nothing in it is done twice: call it again to go on.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np

import aitp_gym  # noqa: F401  # registers the ids
from aitp_gym.agents.policies.cloned import ClonedPolicy
from aitp_gym.agents.policies.exported import ExportedPolicy
from aitp_gym.agents.policies.sb3 import Sb3Policy
from aitp_gym.experiments.reports.paired_tests import mcnemar_exact, wilson_interval
from aitp_gym.files import read_json, write_json
from aitp_gym.provers.libraries import LibraryPremises
from aitp_gym.training.presets.demonstrations import read_demonstrations
from aitp_gym.training.presets.proof_rates import Choice, by_chance, held_out, play

AITP = (sys.executable, "-m", "aitp_gym.cli")
CHANCE, FREQUENCY, START = "masked random", "most frequent slot", "imitation"


@dataclass(frozen=True)
class Experiment:
    """What is trained and measured, and where it is kept."""

    folder: Path
    env: str
    overrides: tuple[str, ...]
    traces: tuple[str, ...]
    steps: int
    seeds: int
    theorems: int
    every: int
    curve_theorems: int
    split: str

    def clone(self) -> Path | None:
        """Folder of the imitation; `None` where there is nothing to imitate."""
        if not self.traces:
            return None
        output = self.folder / "imitation"
        if not (output / "result.json").exists():
            traces = f"traces=[{','.join(self.traces)}]"
            _run(*AITP, "train", "clone", f"env={self.env}", *self.overrides, traces, f"directory={output}")
        return output

    def training(self, start: Path | None, seed: int) -> Path:
        """Folder of a training, made if need be."""
        output = self.folder / ("from-nothing" if start is None else "from-imitation")
        folder = output / f"seed-{seed}"
        if not (folder / "result.json").exists():
            fields = {
                "env": self.env,
                "algorithm": "maskable_ppo",
                "directory": output,
                "steps": self.steps,
                "seeds": f"[{seed}]",
                "evaluate_every": self.every,
                "num_valid_theorems": self.curve_theorems,
                "valid_split": self.split,
                "start": "null" if start is None else start / "policy",
                "resume": "true",
            }
            _run(*AITP, "train", "sb3", *(f"{name}={value}" for name, value in fields.items()), *self.overrides)
        return folder

    def make_env(self, split: str) -> gymnasium.Env[Any, Any]:
        """The preset with its settings in the configuration."""
        from hydra import compose, initialize_config_module
        from omegaconf import OmegaConf

        with initialize_config_module("aitp_gym.configs", version_base="1.3"):
            composed = compose("train_sb3", [f"env={self.env}", *self.overrides]).env
        settings: Any = OmegaConf.to_container(composed, resolve=True)
        env: gymnasium.Env[Any, Any] = gymnasium.make(settings.pop("id"), **{**settings, "split": split})
        return env


def _run(*command: object) -> None:
    subprocess.run([str(part) for part in command], check=True, stdout=sys.stderr)


def greedy(policy: ExportedPolicy) -> Choice:
    """The likeliest action of an exported policy."""

    def choose(observation: Any) -> int:
        mask = observation["action_mask"]
        logits = policy.logits(mask[None], observation["observations"].reshape(1, -1))[0]
        return int(np.where(mask > 0, logits, -np.inf).argmax())

    return choose


def most_frequent(env: gymnasium.Env[Any, Any], traces: Sequence[str]) -> Choice:
    """The slot that the proofs in traces chose most often, of those that may be chosen."""
    menu = env.get_wrapper_attr("menu")
    with LibraryPremises(menu.prover) as premises_of:
        actions = read_demonstrations(traces, env, premises_of, "train").actions
    counts = np.bincount(actions, minlength=len(menu.slots))
    return lambda observation: int(np.where(observation["action_mask"] > 0, counts, -1).argmax())


def measure(experiment: Experiment) -> dict[str, list[bool]]:
    """Whether each held-out theorem is proved, by policy."""
    file = experiment.folder / "held_out.json"
    found: dict[str, list[bool]] = read_json(file) if file.exists() else {}
    policies = {
        f"{kind}, seed {folder.name.removeprefix('seed-')}": folder / "policy"
        for kind in ("from-nothing", "from-imitation")
        for folder in sorted((experiment.folder / kind).glob("seed-*"))
    }
    with experiment.make_env(experiment.split) as env:
        theorems = held_out(env, experiment.split, experiment.theorems)
        menu = env.get_wrapper_attr("menu")
        choices: dict[str, Any] = {CHANCE: lambda: by_chance(0)}
        if experiment.traces:
            choices[FREQUENCY] = lambda: most_frequent(env, experiment.traces)
            choices[START] = lambda: greedy(ClonedPolicy(menu, experiment.folder / "imitation" / "policy"))
        for name, folder in policies.items():
            choices[name] = lambda folder=folder: greedy(Sb3Policy(menu, folder))
        for name, make in choices.items():
            if len(found.get(name, ())) != len(theorems):
                found[name] = list(play(env, theorems, make()).proved)
                write_json(file, found)
    return {name: found[name] for name in choices}


def print_tables(experiment: Experiment, found: Mapping[str, Sequence[bool]]) -> None:
    """Theorems proved by each policy, and pairs of policies."""
    print(f"\n| policy | proved of {experiment.theorems} | 95 % interval |")
    print("|---|---|---|")
    for name, proved in found.items():
        low, high = wilson_interval(sum(proved), len(proved))
        print(f"| {name} | {sum(proved)} | {len(proved) * low:.0f} to {len(proved) * high:.0f} |")
    print("\n| a | b | only a : only b | p (McNemar) |")
    print("|---|---|---|---|")
    trained = [name for name in found if name.startswith("from-")]
    for a, b in product(trained, [name for name in found if name not in trained]):
        only_a = sum(x and not y for x, y in zip(found[a], found[b], strict=True))
        only_b = sum(y and not x for x, y in zip(found[a], found[b], strict=True))
        print(f"| {a} | {b} | {only_a}:{only_b} | {mcnemar_exact(only_a, only_b):.2g} |")


def draw(experiment: Experiment) -> Path:
    """The shares of held-out theorems proved over steps, each seed a line, as a picture."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    for kind, colour in (("from-nothing", "tab:orange"), ("from-imitation", "tab:blue")):
        for place, folder in enumerate(sorted((experiment.folder / kind).glob("seed-*"))):
            with (folder / "proof_rates.csv").open() as file:
                rows = list(csv.DictReader(file))
            steps = [float(row["steps"]) for row in rows]
            for way, style in (("greedy", "-"), ("sampled", ":")):
                label = f"{kind.replace('-', ' ')}, {way}" if place == 0 else None
                axes.plot(steps, [float(row[way]) for row in rows], style, color=colour, label=label)
            if kind == "from-nothing" and place == 0:
                chance = json.loads((folder / "result.json").read_text())["metrics"]["random_masked"]
                axes.axhline(chance, color="grey", linestyle="--", label=CHANCE)
    axes.set_xlabel("environment steps")
    axes.set_ylabel(f"share of {experiment.curve_theorems} held-out theorems proved")
    axes.set_ylim(bottom=0)
    axes.legend(fontsize="small")
    axes.set_title(f"MaskablePPO on {experiment.env}")
    picture = experiment.folder / "curve.svg"
    figure.savefig(picture)
    return picture


def main() -> None:
    """Do what is left to do, and print the tables."""
    parser = argparse.ArgumentParser(description="Reinforcement learning on a prover, measured against its baselines.")
    parser.add_argument("output", type=Path, help="folder for everything that is made")
    parser.add_argument("--env", default="holist_menu", help="group of configs/env")
    parser.add_argument("--traces", nargs="*", default=[], help="run folders to imitate first, such as people's proofs")
    parser.add_argument("--steps", type=int, default=30_720, help="environment steps of a training")
    parser.add_argument("--seeds", type=int, default=3, help="trainings of each kind")
    parser.add_argument("--theorems", type=int, default=300, help="held-out theorems")
    parser.add_argument("--every", type=int, default=6_144, help="environment steps between points of the curve")
    parser.add_argument("--curve-theorems", type=int, default=100, help="held-out theorems of such a point")
    parser.add_argument("--split", default="valid", help="split to measure on")
    parser.add_argument("--processes", type=int, default=2, help="trainings at a time")
    parser.add_argument("overrides", nargs="*", help="further fields of configs/train_sb3.yaml, such as env.k=4")
    options = parser.parse_intermixed_args()
    experiment = Experiment(
        options.output.absolute(),
        options.env,
        tuple(options.overrides),
        tuple(str(Path(folder).absolute()) for folder in options.traces),
        options.steps,
        options.seeds,
        options.theorems,
        options.every,
        options.curve_theorems,
        options.split,
    )
    experiment.folder.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    clone = experiment.clone()
    starts = [None] if clone is None else [clone, None]
    with ThreadPoolExecutor(options.processes) as pool:
        list(pool.map(lambda task: experiment.training(*task), product(starts, range(experiment.seeds))))
    found = measure(experiment)
    print_tables(experiment, found)
    print(f"\nCurve: {draw(experiment)}; {(time.monotonic() - began) / 60:.0f} minutes")


if __name__ == "__main__":
    main()
