"""RLlib module for masked actions: a policy and a value network that never choose what the mask leaves out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch
from gymnasium import spaces
from ray.rllib.core.columns import Columns
from ray.rllib.core.rl_module.apis import InferenceOnlyAPI, ValueFunctionAPI
from ray.rllib.core.rl_module.torch import TorchRLModule
from torch import Tensor

from aitp_gym.errors import BadInput

from ..presets.perceptron import perceptron

__all__ = ["MaskedModule"]

# Added to what the mask leaves out. Finite, so that entropies stay numbers.
_NEVER = -1e9


class MaskedModule(TorchRLModule, ValueFunctionAPI, InferenceOnlyAPI):  # type: ignore[misc]  # Ray has no types
    """Module over observations `Dict(action_mask=Box(A,), observations=Box(F,))` and actions `Discrete(A)`.

    Policy and value are multilayer perceptrons of their own. Their input is the mask, shape (B, A), and behind it the
    observations, shape (B, F), as in `ExportedPolicy`; so the networks see what was tried at the goal already.

    The model configuration has `hidden`, the widths of the inner layers.

    Raises:
        BadInput: the spaces are others.
    """

    def setup(self) -> None:
        """Build the networks; RLlib calls it."""
        space, actions = self.observation_space, self.action_space
        if not (isinstance(space, spaces.Dict) and set(space.spaces) == {"action_mask", "observations"}):
            raise BadInput(f"Masked actions need observations of an action_mask and observations, got {space}.")
        seen = space["observations"]
        if not (isinstance(seen, spaces.Box) and isinstance(actions, spaces.Discrete)):
            raise BadInput(f"RLlib's networks here read a Box and choose from a Discrete, got {seen} and {actions}.")
        num_actions = int(actions.n)
        widths = [num_actions + math.prod(seen.shape), *self.model_config["hidden"]]
        self.policy = perceptron([*widths, num_actions])
        if not self.inference_only:
            self.value = perceptron([*widths, 1])

    def _forward(self, batch: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        mask, inputs = _inputs(batch)
        return {Columns.ACTION_DIST_INPUTS: self.policy(inputs) + _NEVER * (1.0 - mask)}

    def compute_values(self, batch: dict[str, Any], embeddings: Any = None) -> Tensor:
        """Values of B observations, shape (B,)."""
        values: Tensor = self.value(_inputs(batch)[1]).squeeze(-1)
        return values

    def get_non_inference_attributes(self) -> list[str]:
        """Names of what acting does not need."""
        return ["value"]


def _inputs(batch: Mapping[str, Any]) -> tuple[Tensor, Tensor]:
    """Masks, shape (B, A), and the networks' inputs, shape (B, A + F)."""
    observed = batch[Columns.OBS]
    mask = observed["action_mask"].float()
    return mask, torch.cat([mask, observed["observations"].float().flatten(1)], dim=1)
