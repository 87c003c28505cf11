"""Figures of the tactic policies: what their answers cost, alone and in batches, the prover's work left out."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from aitp_gym.agents.encoders.config import EncoderConfig
from aitp_gym.agents.encoders.registry import ENCODERS
from aitp_gym.agents.policies.base import TacticPolicy
from aitp_gym.agents.policies.frequency import FrequencyPolicy
from aitp_gym.agents.policies.menu_policy import MenuPolicy
from aitp_gym.agents.policies.uniform import UniformPolicy

from ..errors import DependencyNotInstalled
from ..menus import Menu
from ..proof import Goal, Library, Premise, Premises
from ..provers.registry import default_prover

__all__ = ["BATCH_SIZES", "POLICIES", "answer_ms", "policy_figures"]

BATCH_SIZES = (1, 64)
_GOALS = 128
_PREMISES = 1000
_WIDTH = 64
_ENCODERS: dict[str, dict[str, Any]] = {
    **{kind: {"kind": kind} for kind in ENCODERS},
    "directed_sat": {"kind": "sat", "directed": True},
}
POLICIES = ("uniform", "frequency", *(f"menu_{name}" for name in _ENCODERS))
"""Names of the figures: the policies, the menu policy with each encoder."""


def policy_figures(goals: int = _GOALS, library: int = _PREMISES) -> dict[str, Any]:
    """Measure every policy on made goals of some twenty nodes, which is what a library's have at the median.

    Args:
        goals: number of goals.
        library: number of premises.

    Returns:
        For each policy milliseconds of CPU time for each goal, by the size of the batch; `None` where a policy needs
        something that is not installed. The networks are untrained, of width 64, and have one thread.
    """
    rng = random.Random(0)
    entries = [Premise(f"T{number}", _term(rng, depth=3), number) for number in range(library)]
    premises = Premises(Library("made", f"made-{library}", tuple(entries)), range(library))
    # Each goal once, or its answer would be known.
    made = list(dict.fromkeys(Goal.single(_term(rng, depth=rng.choice((2, 3, 3, 4)))) for _ in range(2 * goals)))[
        :goals
    ]
    figures: dict[str, Any] = {}
    with _one_thread():
        for name in POLICIES:
            try:
                policy = _policy(name)
            except DependencyNotInstalled:
                figures[name] = None
                continue
            answer_ms(policy, made[:1], premises, 1)
            figures[name] = {str(size): answer_ms(policy, made, premises, size) for size in BATCH_SIZES}
    return figures


def answer_ms(policy: TacticPolicy, goals: Sequence[Goal], premises: Premises, size: int) -> float:
    """Milliseconds of CPU time for each goal, asked for in batches of at most a size."""
    policy.reset(0)
    began = time.process_time()
    for start in range(0, len(goals), size):
        batch = goals[start : start + size]
        policy.get_tactics(batch, [premises] * len(batch), 8)
    return 1000 * (time.process_time() - began) / len(goals)


def _policy(name: str) -> TacticPolicy:
    default = default_prover().default_menu
    assert default is not None
    menu = Menu.load(default)
    if name == "uniform":
        return UniformPolicy(menu)
    if name == "frequency":
        return FrequencyPolicy.fitted(menu, ((slot, slot % 3 == 0) for slot in range(len(menu.slots))))
    return MenuPolicy(menu, encoder=EncoderConfig(width=_WIDTH, **_ENCODERS[name.removeprefix("menu_")]))


def _term(rng: random.Random, depth: int) -> str:
    """A term with two arguments at each of so many levels, some of them abstractions, over a hundred constants."""
    if depth == 0:
        name = rng.choice("mnxy")
        return f"(v (num) {name})" if rng.random() < 0.7 else f"(c (num) c{rng.randrange(20)})"
    left, right = (_term(rng, depth - 1) for _ in range(2))
    if rng.random() < 0.2:
        left = f"(l (v (num) {rng.choice('mnxy')}) {left})"
    return f"(a (a (c (fun (num) (fun (num) (num))) f{rng.randrange(80)}) {left}) {right})"


@contextmanager
def _one_thread() -> Iterator[None]:
    """Keep torch, where it is, to one thread: more only wait for each other on networks this small."""
    try:
        import torch
    except ImportError:
        yield
        return
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
