"""Thousands of episodes in one process: descriptors, memory, child processes and sockets stay as they were."""

from __future__ import annotations

import gc
import random
from dataclasses import dataclass

import gymnasium
import psutil
import pytest

import aitp_gym  # noqa: F401  registers the ids
from aitp_gym.menus import Menu
from aitp_gym.provers.registry import environment, specs

# Steps of an episode, at most.
STEPS = 8
# What allocators keep and caches fill up to; a leak of 2 kB an episode is 40 MB over the longest of these soaks.
GROWTH_MB = 40.0
EPISODES = {"aitp/Propositional-v0": 20_000, "aitp/HOList-v0": 3_000, "aitp/HOL4-v0": 1_000, "aitp/Lean-v0": 300}


@dataclass(frozen=True)
class Held:
    """What a process holds."""

    descriptors: int
    children: int
    sockets: int
    memory_mb: float


def held() -> Held:
    gc.collect()
    process = psutil.Process()
    return Held(
        process.num_fds(),
        len(process.children(recursive=True)),
        len(process.net_connections(kind="all")),
        process.memory_full_info().uss / 2**20,
    )


def tactics_of(env_id: str) -> list[str]:
    """Tactics of the prover's first menu that need no premise."""
    spec = next(spec for spec in specs() if environment(env_id) in spec.environments)
    if not spec.status().ready:
        pytest.skip(f"{spec.name} is not ready: {spec.status().message}")
    return [slot.template for slot in Menu.load(spec.default_menu).slots if slot.kind == "plain"]


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("env_id", EPISODES)
def test_nothing_grows_over_thousands_of_episodes(env_id, capsys):
    tactics, rng = tactics_of(env_id), random.Random(0)
    total, warm = EPISODES[env_id], max(20, EPISODES[env_id] // 10)
    with gymnasium.make(env_id, tactic_timeout_s=0.1, max_tactics=STEPS) as env:
        for episode in range(total):
            env.reset(seed=episode)
            over = False
            while not over:
                *_, terminated, truncated, _ = env.step({"goal": 0, "tactic": rng.choice(tactics)})
                over = terminated or truncated
            if episode == warm:
                before = held()
        after = held()
    with capsys.disabled():
        print(f"\n{env_id}: {total} episodes; after {warm}: {before}; at the end: {after}")
    assert after.descriptors <= before.descriptors
    assert after.children <= before.children
    assert after.sockets <= before.sockets
    assert after.memory_mb < before.memory_mb + GROWTH_MB
