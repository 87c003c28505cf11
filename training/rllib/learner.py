"""Learner of an algorithm of RLlib: what it has learned, read, brought back, and played."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from ray.rllib.algorithms import Algorithm
from ray.rllib.core import DEFAULT_MODULE_ID
from ray.rllib.core.columns import Columns

from ..presets.learner_state import read_state, take_state
from ..presets.perceptron import take_layers
from ..presets.proof_rates import Choice
from .masked_module import MaskedModule

__all__ = ["PpoLearner", "by_module"]


class PpoLearner:
    """The learner of an algorithm: what it has learned, and what it needs to go on.

    Args:
        algorithm: with its learner in this process.

    Attributes:
        steps: environment steps learned from.
    """

    def __init__(self, algorithm: Algorithm) -> None:
        self._algorithm = algorithm
        self._inside = algorithm.learner_group._learner
        self.steps = 0

    @property
    def module(self) -> MaskedModule:
        """Network that chooses actions, and that values goals."""
        module = self._inside.module[DEFAULT_MODULE_ID].unwrapped()
        assert isinstance(module, MaskedModule)
        return module

    @property
    def _optimizer(self) -> torch.optim.Optimizer:
        ((_, optimizer),) = self._inside.get_optimizers_for_module(DEFAULT_MODULE_ID)
        assert isinstance(optimizer, torch.optim.Optimizer)
        return optimizer

    def train(self) -> None:
        """Collect a batch and learn from it."""
        before = self.steps
        result = self._algorithm.train()
        self.steps += round(result["env_runners"]["num_env_steps_sampled"])
        assert self.steps > before

    def tensors(self) -> dict[str, NDArray[Any]]:
        """Weights, and the optimizer's state."""
        return read_state(self.module, self._optimizer)

    def take(self, tensors: Mapping[str, NDArray[Any]], counts: Mapping[str, int]) -> None:
        """Go on from what `tensors` gave."""
        take_state(tensors, self.module, self._optimizer)
        self.steps = int(counts["steps"])
        self._tell_runners()

    def start_from(self, weights: Mapping[str, NDArray[Any]]) -> None:
        """Begin with the weights of an exported policy; the value network begins anew."""
        take_layers(self.module.policy, weights)
        self._tell_runners()

    def _tell_runners(self) -> None:
        self._algorithm.env_runner_group.sync_weights(
            from_worker_or_learner_group=self._algorithm.learner_group, inference_only=True
        )


def by_module(module: MaskedModule, rng: np.random.Generator | None) -> Choice:
    """The choice of a module: the likeliest action, or one drawn."""

    def choose(observation: Any) -> int:
        batch = {name: torch.from_numpy(np.asarray(value))[None] for name, value in observation.items()}
        with torch.no_grad():
            logits = module.forward_inference({Columns.OBS: batch})[Columns.ACTION_DIST_INPUTS][0].double()
        if rng is None:
            return int(logits.argmax())
        chances = torch.softmax(logits, 0).numpy()
        return int(rng.choice(len(chances), p=chances / chances.sum()))

    return choose
