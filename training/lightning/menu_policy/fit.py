"""One training: what was tried in, a frequency policy and a menu policy out."""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import lightning
import numpy as np
import torch
from numpy.typing import NDArray

from aitp_gym.agents.policies.frequency import FrequencyPolicy
from aitp_gym.agents.policies.menu_policy import MenuPolicy
from aitp_gym.menus import Menu

from .data import MenuData
from .examples import build_examples
from .module import MenuModule, TrainingConfig
from .network import MenuNetwork
from .tried import Tried

__all__ = ["Fitted", "fit"]


class Fitted(NamedTuple):
    """What a training gives."""

    policy: MenuPolicy
    frequency: FrequencyPolicy
    metrics: dict[str, float]


def fit(
    tried: Sequence[Tried],
    menu: Menu,
    start: MenuPolicy,
    config: TrainingConfig,
    *,
    seed: int,
    keep_biases: bool = False,
    progress: bool = False,
) -> Fitted:
    """Train a menu policy, and fit the frequency baseline to the same data.

    Args:
        tried: what was tried; not empty.
        menu: whose slots it names.
        start: the policy to start from; it is not changed.
        config: of the training.
        seed: of everything random.
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
    with torch.random.fork_rng(devices=[]), _one_thread():
        torch.manual_seed(seed)
        loss = _train(module, data, progress)
    policy = MenuPolicy.from_weights(menu, start.config, module.network.numpy_weights(), noise=start.noise)
    metrics = {
        "examples": float(len(examples)),
        "goals": float(len(examples.goals)),
        "successes": float(examples.label.sum()),
        "loss": loss,
        "train_s": time.monotonic() - began,
    }
    return Fitted(policy, frequency, metrics)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Keep torch to one thread: more gain nothing on batches this small, and lose tenfold when cores are busy."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _train(module: MenuModule, data: MenuData, progress: bool) -> float:
    """Train on the CPU, where networks of this size are fastest; returns the loss of the last epoch."""
    trainer = lightning.Trainer(
        accelerator="cpu",
        devices=1,
        max_epochs=-1,
        max_steps=module.config.steps,
        logger=False,
        enable_checkpointing=False,
        enable_model_summary=False,
        enable_progress_bar=progress,
        deterministic=True,
    )
    with warnings.catch_warnings():
        # The data is in memory, so loading workers would only cost time.
        warnings.filterwarnings("ignore", message=".*does not have many workers.*")
        # Lightning asks torch in a way that torch deprecates.
        warnings.filterwarnings("ignore", message=".*treespec.*")
        trainer.fit(module, datamodule=data)
    # The last epoch ends early where the steps do, and has no mean of its own then.
    return float(trainer.callback_metrics.get("loss", float("nan")))


def _group_biases(menu: Menu, frequency: FrequencyPolicy) -> NDArray[np.float32]:
    """Log-odds of the mean rate of success of each group's slots, shape (groups,)."""
    groups = np.array([slot.group for slot in menu.slots])
    rates = np.bincount(groups, frequency.rates) / np.bincount(groups)
    odds: NDArray[np.float32] = (rates / (1 - rates)).astype(np.float32)
    return np.log(odds)
