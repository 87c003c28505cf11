"""Multilayer perceptrons as learners build them, and as policies keep them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from aitp_gym.errors import ConfigError

__all__ = ["layers_of", "perceptron", "take_layers"]


def perceptron(widths: Sequence[int]) -> nn.Sequential:
    """A multilayer perceptron with tanh between its layers.

    Args:
        widths: of the input, the inner layers and the output.
    """
    layers: list[nn.Module] = []
    for inner, outer in itertools.pairwise(widths):
        layers += [nn.Linear(inner, outer), nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def layers_of(modules: Iterable[nn.Module]) -> dict[str, NDArray[np.float32]]:
    """Weights of the linear layers, as `ExportedPolicy` reads them: `layers.0.weight`, shape (out, in), and so on."""
    return {
        f"layers.{place}.{name}": tensor.detach().cpu().numpy().astype(np.float32)
        for place, layer in enumerate(_linear(modules))
        for name, tensor in (("weight", layer.weight), ("bias", layer.bias))
    }


def take_layers(modules: Iterable[nn.Module], weights: Mapping[str, NDArray[Any]]) -> None:
    """Give linear layers the weights that `layers_of` gave.

    Raises:
        ConfigError: they are of other shapes.
    """
    own = layers_of(modules)
    shapes = ({name: array.shape for name, array in each.items()} for each in (own, weights))
    wanted, found = shapes
    if wanted != found:
        raise ConfigError(f"The network to start from has layers {found}, and the one to train {wanted}.")
    with torch.no_grad():
        for place, layer in enumerate(_linear(modules)):
            layer.weight.copy_(torch.from_numpy(weights[f"layers.{place}.weight"]))
            layer.bias.copy_(torch.from_numpy(weights[f"layers.{place}.bias"]))


def _linear(modules: Iterable[nn.Module]) -> list[nn.Linear]:
    return [module for module in modules if isinstance(module, nn.Linear)]
