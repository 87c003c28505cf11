"""State of a learner as named arrays: the weights of its network, and what its optimizer keeps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from numpy.typing import NDArray
from torch import nn

__all__ = ["read_state", "take_state"]

_WEIGHTS, _OPTIMIZER = "module", "optimizer"


def read_state(module: nn.Module, optimizer: torch.optim.Optimizer) -> dict[str, NDArray[Any]]:
    """Arrays by name: `module.NAME` for weights, `optimizer.NUMBER.NAME` for what is kept of each parameter."""
    found = {f"{_WEIGHTS}.{name}": value for name, value in module.state_dict().items()}
    for number, state in optimizer.state_dict()["state"].items():
        found |= {f"{_OPTIMIZER}.{number}.{name}": torch.as_tensor(value) for name, value in state.items()}
    return {name: value.detach().cpu().numpy() for name, value in found.items()}


def take_state(arrays: Mapping[str, NDArray[Any]], module: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    """Go on from what `read_state` gave.

    Raises:
        KeyError, RuntimeError, ValueError: the arrays are of other networks.
    """
    state = optimizer.state_dict()
    weights: dict[str, torch.Tensor] = {}
    for name, array in arrays.items():
        part, _, rest = name.partition(".")
        if part == _WEIGHTS:
            weights[rest] = torch.from_numpy(array)
        else:
            number, _, rest = rest.partition(".")
            state["state"].setdefault(int(number), {})[rest] = torch.from_numpy(array)
    module.load_state_dict(weights)
    optimizer.load_state_dict(state)
