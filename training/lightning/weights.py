"""Weights between checkpoints, which hold numpy arrays, and torch."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

__all__ = ["numpy_weights", "parameters"]


def parameters(weights: Mapping[str, NDArray[np.float32]], prefix: str) -> nn.ParameterDict:
    """Make parameters, of the same shapes, of the weights whose names begin with a prefix; it is left out."""
    own = {name.removeprefix(prefix): value for name, value in weights.items() if name.startswith(prefix)}
    return nn.ParameterDict({name: nn.Parameter(torch.from_numpy(np.array(value))) for name, value in own.items()})


def numpy_weights(module: nn.Module) -> dict[str, NDArray[np.float32]]:
    """Copy the weights of a module by name, in their shapes, for a checkpoint."""
    return {name: value.detach().cpu().numpy().copy() for name, value in module.state_dict().items()}
