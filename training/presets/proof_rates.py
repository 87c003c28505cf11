"""Proof rates on held-out theorems: a policy plays one episode of each."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import gymnasium
import numpy as np

from aitp_gym.envs import ProofEnv
from aitp_gym.errors import BadInput
from aitp_gym.proof import Theorem

__all__ = ["Choice", "Played", "by_chance", "held_out", "play"]

Choice = Callable[[Any], int]
"""Function from an observation of a preset to an action."""


@dataclass(frozen=True, slots=True)
class Played:
    """Episodes, one for each theorem, in order.

    Attributes:
        proved: whether each theorem was proved.
        steps: number of steps of each episode.
    """

    proved: tuple[bool, ...]
    steps: tuple[int, ...]

    @property
    def rate(self) -> float:
        """Share of the theorems that were proved."""
        return sum(self.proved) / len(self.proved)


def held_out(env: gymnasium.Env[Any, Any], split: str, number: int | None) -> list[Theorem]:
    """Theorems of a split, always the same: all of them, or so many drawn without replacement.

    Raises:
        UnknownName: there is no such split.
        BadInput: it is empty.
    """
    inside = env.unwrapped
    assert isinstance(inside, ProofEnv)
    theorems = list(inside.theorems.split(split))
    if not theorems:
        raise BadInput(f"The split {split!r} of {inside.theorems.name!r} has no theorems to measure on.")
    # A library is in order; its first theorems are all alike.
    return theorems if number is None or number >= len(theorems) else random.Random(0).sample(theorems, number)


def play(
    env: gymnasium.Env[Any, Any],
    theorems: Sequence[Theorem],
    choose: Choice,
    listener: Callable[[gymnasium.Env[Any, Any]], None] | None = None,
) -> Played:
    """Play one episode of each theorem.

    Args:
        env: a preset.
        theorems: to prove.
        choose: says what to do.
        listener: called with the environment at the end of each episode; `None` for none.
    """
    proved, steps = [], []
    for seed, theorem in enumerate(theorems):
        observation, _ = env.reset(seed=seed, options={"theorem": theorem})
        count, over = 0, False
        while not over:
            observation, _, terminated, truncated, info = env.step(choose(observation))
            count, over = count + 1, terminated or truncated
        if listener is not None:
            listener(env)
        proved.append(bool(info["is_success"]))
        steps.append(count)
    return Played(tuple(proved), tuple(steps))


def by_chance(seed: int, *, masked: bool = True) -> Choice:
    """A random choice among the actions that the mask allows, or among all."""
    rng = np.random.default_rng(seed)

    def choose(observation: Any) -> int:
        mask = observation["action_mask"]
        return int(rng.choice(np.flatnonzero(mask))) if masked else int(rng.integers(len(mask)))

    return choose
