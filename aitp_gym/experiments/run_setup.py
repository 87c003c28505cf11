"""Theorems, workers, runners and policies of a run, made from its fields."""

from __future__ import annotations

import math
import os
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..envs.registration import known_ids, make_env
from ..errors import ConfigError
from ..evaluation.runners.resources import Resources
from ..evaluation.tasks import Deadlines
from ..evaluation.worker import WorkerConfig
from ..proof import Theorem
from ..theorems.canaries import canaries
from .config import RunConfig
from .human_proofs import check_human_proofs

__all__ = ["Problem", "baseline_policy", "deadlines", "open_problem", "resources", "worker_config"]

_LOADED_MACHINE = 10.0
_BASELINE_CLASSES = {
    "uniform": "aitp_gym.agents.policies.uniform.UniformPolicy",
    "fixed_order": "aitp_gym.agents.policies.fixed_order.FixedOrderPolicy",
    "frequency": "aitp_gym.agents.policies.frequency.FrequencyPolicy",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Theorems that a run attempts, in order, and what identifies them.

    Attributes:
        train: theorems to learn from.
        valid: theorems to measure on.
        canaries: statements that nobody can prove.
        versions: what identifies the problem: theorem set and splits by their digests, and the prover's versions.
    """

    train: tuple[Theorem, ...]
    valid: tuple[Theorem, ...]
    canaries: tuple[Theorem, ...]
    versions: Mapping[str, str]


def worker_config(config: RunConfig) -> WorkerConfig:
    """What every worker builds: environment, search and agent."""
    kwargs = {**config.env_config, "tactic_timeout_s": config.tactic_timeout_s}
    env_id = kwargs.pop("id", None)
    if not isinstance(env_id, str):
        raise ConfigError(f"env_config.id must be one of {', '.join(known_ids())}, got {env_id!r}.")
    return WorkerConfig(
        env_id,
        kwargs,
        config.search_model,
        config.num_sampled_tactics,
        config.max_successful_branches,
        config.re_expand,
    )


def open_problem(config: RunConfig) -> Problem:
    """Build the environment once to read its theorem set; a prover that is missing is noticed here.

    Raises:
        ConfigError: the proofs of people that the run names cannot be learned from in it.
        ProverUnavailable: the prover is not installed or does not start.
        UnknownName: no such environment or split.
    """
    spec = worker_config(config)
    env = make_env(spec.env_id, spec.env_kwargs)
    try:
        theorems, prover = env.theorems, env.prover
        train = _chosen(theorems.split("train"), config.num_theorems, config)
        valid = _chosen(theorems.split("valid"), config.num_valid_theorems, config)
        unprovable = canaries(prover)
        versions = {
            "theorem_set": theorems.name,
            "theorems_digest": theorems.digest,
            "canaries_digest": unprovable.digest,
            **{f"split_digest.{name}": theorems.split_digest(name) for name in theorems.splits},
            **{f"prover.{name}": value for name, value in prover.versions.items()},
        }
        if config.human_proofs is not None:
            versions |= check_human_proofs(config.human_proofs, prover.name, valid)
    finally:
        env.close()
    return Problem(train, valid, unprovable.theorems, versions)


def _chosen(theorems: Sequence[Theorem], number: int | None, config: RunConfig) -> tuple[Theorem, ...]:
    """The first `number` theorems of a split, shuffled by the run's seed if asked for."""
    listed = list(theorems)
    if config.shuffle:
        random.Random(config.seed).shuffle(listed)
    return tuple(listed[:number])


def resources(config: RunConfig) -> Resources | None:
    """The runners of a run; `None` means to evaluate in this process."""
    if config.num_workers == 0:
        return None
    num_cpus = config.num_cpus or _cores()
    if config.num_workers is not None:
        # A number of runners is a wish to have them all, so Ray is told of as many cores as they take.
        num_cpus = max(num_cpus, math.ceil(config.num_workers * config.cpu_per_prover))
    found = Resources.from_fields(
        num_cpus=num_cpus,
        cpu_per_prover=config.cpu_per_prover,
        with_gpus=config.with_gpus,
        num_gpus=config.num_gpus,
        logical_gpus=config.logical_gpus,
        gpu_per_prover=config.gpu_per_prover,
        provers_per_gpu=config.provers_per_gpu,
    )
    if config.num_workers is None:
        return found
    return Resources(config.num_workers, found.cpus_per_runner, found.gpus_per_runner, num_cpus, found.num_gpus)


def _cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def deadlines(config: RunConfig) -> Deadlines:
    """When a silent runner is given up: after everything that the limits of an attempt could allow."""
    usual = Deadlines()
    check_s = float(config.env_config.get("check_timeout_s", usual.check_s))
    if config.max_tactics is None:
        return Deadlines(check_s=check_s)
    # A prover that counts CPU time may take several times as long on a loaded machine.
    tactics_s = _LOADED_MACHINE * config.max_tactics * config.tactic_timeout_s
    return Deadlines(attempt_s=tactics_s + usual.grace_s, check_s=check_s)


def baseline_policy(name: str, config: RunConfig, checkpoint: str | None = None) -> dict[str, Any]:
    """How to build a baseline: over the menu of the learned policy.

    Raises:
        ConfigError: the learned policy has no menu.
    """
    menu = config.tac_model.get("menu")
    if menu is None:
        raise ConfigError(
            f"The baseline {name!r} chooses from the menu of the learned policy, but tac_model has no field `menu`: "
            "add one, or set baselines=[]."
        )
    spec = {"_target_": _BASELINE_CLASSES[name], "menu": menu}
    return spec if checkpoint is None else {**spec, "ckpt_path": checkpoint}
