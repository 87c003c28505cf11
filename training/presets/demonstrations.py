"""Demonstrations for a preset: what accepted proofs did at each goal, as the preset's observations and actions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from aitp_gym.errors import TraceError
from aitp_gym.menus.goal_arrays import goal_array
from aitp_gym.menus.offer import make_offer, slot_that_writes
from aitp_gym.proof import Attempt, Goal, Premises, Theorem
from aitp_gym.traces import TraceReader

from .exports import preset_settings

__all__ = ["Demonstrations", "read_demonstrations"]


@dataclass(frozen=True)
class Demonstrations:
    """N steps of proofs, each as a preset would have seen it at a goal where nothing was tried yet.

    Attributes:
        masks: what could be chosen, 0 or 1, shape (N, A).
        arrays: arrays of the goals, shape (N, F).
        actions: slots that write the steps, shape (N,).
        counts: steps by how the menu writes them: `exactly`; with other premises than its own (`nearly`); or `not`.
    """

    masks: NDArray[np.float32]
    arrays: NDArray[np.float32]
    actions: NDArray[np.int64]
    counts: Counter[str] = field(default_factory=Counter)

    def __len__(self) -> int:
        return len(self.actions)


def read_demonstrations(
    folders: Sequence[Path],
    env: gymnasium.Env[Any, Any],
    premises_of: Callable[[Theorem], Premises],
    split: str = "train",
) -> Demonstrations:
    """Read the steps of accepted proofs and of imported ones, each tactic at each goal of a theorem once.

    A step that the menu writes with other premises only is taken as the slot that `slot_that_writes` gives.

    Args:
        folders: folders with traces.
        env: preset that shall learn from them.
        premises_of: gives the premises that a theorem may use.
        split: split of the theorems.

    Raises:
        TraceError: a folder is no trace, or there is nothing in it that the preset's menu can write.
        ConfigError: the preset observes no arrays.
    """
    menu = env.get_wrapper_attr("menu")
    observation = dict(preset_settings(env).observation)
    array = goal_array(observation.pop("kind"), observation)
    masks, arrays, actions = [], [], []
    counts: Counter[str] = Counter()
    for folder in folders:
        for _, attempt in TraceReader(folder).records(split=split):
            premises = premises_of(attempt.theorem)
            for text, tactic in _steps(attempt):
                offer = make_offer(menu, Goal.from_text(text), premises)
                how, slot = slot_that_writes(menu, offer, tactic, text)
                counts[how] += 1
                if slot is None:
                    continue
                mask = np.zeros(len(menu.slots), np.float32)
                mask[list(offer.tactics)] = 1.0
                masks.append(mask)
                arrays.append(np.asarray(array(text, offer), np.float32).ravel())
                actions.append(slot)
    if not actions:
        raise TraceError(
            f"{', '.join(map(str, folders))}: none of {counts.total()} proof steps of split {split!r} can be written "
            f"by the menu {menu.name!r}: give traces of proofs in its prover's tactics."
        )
    return Demonstrations(np.stack(masks), np.stack(arrays), np.array(actions, np.int64), counts)


def _steps(attempt: Attempt) -> Iterator[tuple[str, str]]:
    """Goals and tactics of what a proof did, each pair once."""
    if attempt.proved or attempt.imported:
        steps = ((step.goal, step.tactic) for step in attempt.steps if step.on_proof and not step.refused)
        yield from dict.fromkeys(steps)
