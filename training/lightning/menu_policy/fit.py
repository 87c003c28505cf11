"""Training of a menu policy: tried tactics in, the policy and a frequency policy out."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from aitp_gym.agents.policies.frequency import FrequencyPolicy
from aitp_gym.agents.policies.menu_policy import MenuPolicy
from aitp_gym.menus import Menu

from ..steps import one_thread, train_steps
from ..weights import numpy_weights
from .data import MenuData
from .examples import build_examples
from .module import MenuModule, MenuTrainingConfig
from .network import MenuNetwork
from .tried import Tried

__all__ = ["FittedMenuPolicy", "fit"]


class FittedMenuPolicy(NamedTuple):
    """Result of a training.

    Attributes:
        policy: trained menu policy.
        frequency: frequency policy fitted to the same data.
        metrics: numbers of examples, goals and successes; `loss` of the last whole epoch, in nats for each unit of
            weight, NaN if none was finished; `train_s`, in seconds.
    """

    policy: MenuPolicy
    frequency: FrequencyPolicy
    metrics: dict[str, float]


def fit(
    tried: Sequence[Tried],
    menu: Menu,
    start: MenuPolicy,
    config: MenuTrainingConfig,
    *,
    seed: int,
    keep_biases: bool = False,
    progress: bool = False,
) -> FittedMenuPolicy:
    """Train a menu policy, and fit the frequency baseline to the same data.

    Args:
        tried: tried tactics to learn from; not empty.
        menu: menu whose slots they name.
        start: policy to start from; it is not changed.
        config: settings of the training.
        seed: for everything random.
        keep_biases: start from the slots' biases of `start`, not from their rates of success.
        progress: show a progress bar.
    """
    began = time.monotonic()
    frequency = FrequencyPolicy.fitted(menu, ((each.slot, each.success) for each in tried))
    examples = build_examples(tried, menu, start.config, config.open_weight)
    weights = dict(start.weights)
    if not keep_biases:
        weights["slot.bias"] = _group_biases(menu, frequency)
    network = MenuNetwork(start.config.encoder, weights, config.feature_dropout)
    module = MenuModule(network, config, float(examples.weight.sum()))
    data = MenuData(examples, start.config.encoder, config.goals_per_batch, seed)
    with one_thread():
        logged = train_steps(module, data, steps=config.steps, seed=seed, progress=progress)
    policy = MenuPolicy.from_weights(menu, start.config, numpy_weights(module.network), noise=start.noise)
    # The last epoch ends early where the steps do, and has no mean of its own then.
    loss = {"loss": logged["loss"]} if "loss" in logged else {}
    metrics = {
        "examples": float(len(examples)),
        "goals": float(len(examples.goals)),
        "successes": float(examples.label.sum()),
        **loss,
        "train_s": time.monotonic() - began,
    }
    return FittedMenuPolicy(policy, frequency, metrics)


def _group_biases(menu: Menu, frequency: FrequencyPolicy) -> NDArray[np.float32]:
    """Log-odds of the mean rate of success of each group's slots, shape (groups,)."""
    groups = np.array([slot.group for slot in menu.slots])
    rates = np.bincount(groups, frequency.rates) / np.bincount(groups)
    odds: NDArray[np.float32] = (rates / (1 - rates)).astype(np.float32)
    return np.log(odds)
