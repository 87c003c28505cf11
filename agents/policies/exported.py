"""Policies that RL libraries trained on a preset: a plain network over a menu, read from JSON and safetensors.

The libraries' own files are pickles, which can run code when they are read. A trainer writes a folder of two files
instead, `config.json` and `weights.safetensors`; nothing else in the folder is ever read.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from aitp_gym.errors import BadInput, CheckpointError, DependencyNotInstalled, TrainingDiverged
from aitp_gym.files import json_value, new_folder, read_bytes, read_text
from aitp_gym.menus import Menu
from aitp_gym.menus.goal_arrays import goal_array
from aitp_gym.menus.offer import make_offer
from aitp_gym.proof import Goal, Premises

from .checkpoint import weights_digest
from .menu_base import Answer, MenuBase, softmax_answer

__all__ = ["ExportedConfig", "ExportedPolicy", "read_exported", "read_tensors", "write_exported", "write_tensors"]

_SCHEMA_VERSION = 1
_CONFIG, _WEIGHTS = "config.json", "weights.safetensors"
_MAX_CONFIG_BYTES = 2**20
_MAX_WEIGHTS_BYTES = 4 * 2**30
_ACTIVATIONS = {"tanh": np.tanh, "relu": lambda x: np.maximum(x, 0.0)}

Weights = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class ExportedConfig:
    """What a trained network was trained to read and to choose from.

    Attributes:
        algorithm: name of the algorithm that trained it.
        menu: name of the menu whose slots are its outputs.
        menu_digest: digest of the menu's content, within `k`.
        k: number of nearest premises, hypotheses or assumptions that slots may name; `None` for all of the menu.
        observation: `kind` (`hash` or `tokens`) of the goal's array, and the arguments of `HashedGoal` or `TokenIds`.
        activation: function between the layers, `tanh` or `relu`.
        temperature: number by which the outputs are divided before they are taken as log-probabilities, above 0; values
            of actions (DQN) lie so close together that they need one.
        env: id and arguments of the environment, for the record.
        steps: number of steps of the training, for the record.
        seed: seed of the training, for the record.
    """

    algorithm: str
    menu: str
    menu_digest: str
    k: int | None
    observation: Mapping[str, Any]
    activation: str
    temperature: float = 1.0
    env: Mapping[str, Any] | None = None
    steps: int = 0
    seed: int = 0

    def __post_init__(self) -> None:
        texts = (self.algorithm, self.menu, self.menu_digest, self.activation)
        if not all(isinstance(text, str) for text in texts) or not isinstance(self.observation, Mapping):
            raise BadInput("algorithm, menu, menu_digest and activation are texts, and observation is a mapping.")
        if self.activation not in _ACTIVATIONS:
            raise BadInput(f"activation must be one of {list(_ACTIVATIONS)}, got {self.activation!r}.")
        if not (isinstance(self.temperature, int | float) and 0 < self.temperature < math.inf):
            raise BadInput(f"temperature must be a number above 0, got {self.temperature!r}.")

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Self:
        """The inverse of `dataclasses.asdict`.

        Raises:
            BadInput: a field is missing, unknown, or of the wrong type.
        """
        known = {field.name for field in fields(cls)}
        if unknown := sorted(content.keys() - known):
            raise BadInput(f"the fields {unknown} are unknown")
        try:
            return cls(**content)
        except TypeError as error:
            raise BadInput(str(error)) from error


class ExportedPolicy(MenuBase):
    """Tactic policy by a multilayer perceptron that was trained on a preset.

    Its input is the mask of what the menu offers for the goal, where nothing was tried yet, and behind it the goal's
    array, as in the observations of the preset. It needs numpy and safetensors alone.

    Args:
        menu: the menu, its name, or the path of its file; that of the training.
        ckpt_path: folder that the training exported.

    Raises:
        CheckpointError: the folder cannot be read, or is of another policy or menu.
        DependencyNotInstalled: safetensors is not installed.
    """

    name: ClassVar[str]

    def __init__(self, menu: Menu | str | Path, ckpt_path: str | Path) -> None:
        folder = Path(ckpt_path)
        whole = menu if isinstance(menu, Menu) else Menu.load(menu)
        self.config, weights = read_exported(folder, self.name)
        try:
            super().__init__(whole if self.config.k is None else whole.within(self.config.k))
            settings = dict(self.config.observation)
            self._array = goal_array(settings.pop("kind", ""), settings)
        except BadInput as error:
            raise CheckpointError(f"{folder} does not fit the menu {whole.name!r}: {error}") from error
        if self.menu.digest != self.config.menu_digest:
            raise CheckpointError(
                f"{folder} is for menu {self.config.menu!r} ({self.config.menu_digest[:12]}); expected menu "
                f"{self.menu.name!r} ({self.menu.digest[:12]}). Train it with this menu, or use that one."
            )
        num_slots = len(self.menu.slots)
        self._layers = _layers(weights, folder, num_slots + math.prod(self._array.shape), num_slots)
        self.versions = {
            **self.versions,
            "algorithm": self.config.algorithm,
            "weights_digest": weights_digest(weights),
        }

    def logits(self, masks: NDArray[Any], arrays: NDArray[Any]) -> NDArray[np.float32]:
        """Outputs of the network.

        Args:
            masks: what may be chosen, shape (B, A).
            arrays: arrays of goals, shape (B, F).

        Returns:
            A number for each slot of the menu, shape (B, A).
        """
        values = np.concatenate([masks, arrays], axis=1, dtype=np.float32)
        activation = _ACTIVATIONS[self.config.activation]
        for place, (weight, bias) in enumerate(self._layers):
            values = values @ weight.T + bias
            if place < len(self._layers) - 1:
                values = activation(values).astype(np.float32)
        return values

    def _answer(self, goals: Sequence[Goal], premises: Sequence[Premises]) -> list[Answer]:
        offers = [make_offer(self.menu, goal, given) for goal, given in zip(goals, premises, strict=True)]
        masks = np.zeros((len(goals), len(self.menu.slots)), np.float32)
        for row, offer in enumerate(offers):
            masks[row, list(offer.tactics)] = 1.0
        arrays = np.stack([self._array(goal.text, offer) for goal, offer in zip(goals, offers, strict=True)])
        logits = self.logits(masks, arrays) / self.config.temperature
        return [
            softmax_answer(list(offer.tactics.values()), row[list(offer.tactics)])
            if offer.tactics
            else Answer([], np.zeros(0))
            for offer, row in zip(offers, logits, strict=True)
        ]


def write_exported(folder: Path, policy: str, config: ExportedConfig, weights: Weights) -> None:
    """Write the folder of an `ExportedPolicy`; a reader sees the whole of it or nothing.

    Args:
        folder: folder to make.
        policy: name of the policy.
        config: what it reads and chooses from.
        weights: `layers.0.weight`, shape (out, in), `layers.0.bias`, shape (out,), and so on, float32.

    Raises:
        CheckpointError: the folder exists already.
        NotWritable: it cannot be made.
    """
    if os.path.lexists(folder):
        raise CheckpointError(f"{folder} exists already: give a folder for the checkpoint that does not.")
    content = {"policy": policy, "schema_version": _SCHEMA_VERSION, **asdict(config)}
    with new_folder(folder) as unfinished:
        (unfinished / _CONFIG).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
        write_tensors(unfinished / _WEIGHTS, weights)


def write_tensors(path: Path, tensors: Weights) -> None:
    """Write arrays by name as safetensors.

    Raises:
        DependencyNotInstalled: safetensors is not installed.
    """
    path.write_bytes(_safetensors().save({name: np.ascontiguousarray(array) for name, array in tensors.items()}))


def read_tensors(path: Path) -> dict[str, NDArray[Any]]:
    """Read arrays by name from safetensors; reading cannot run code.

    Raises:
        CheckpointError: it is no such file, or holds numbers that are not finite.
        DependencyNotInstalled: safetensors is not installed.
    """
    library = _safetensors()
    try:
        tensors: dict[str, NDArray[Any]] = library.load(read_bytes(path, _MAX_WEIGHTS_BYTES))
    except Exception as error:
        # Its own class of errors, and whatever else strange bytes bring about.
        raise CheckpointError(
            f"{path} is not a file of safetensors ({type(error).__name__}: {error}); files of other formats, pickles "
            "above all, are not read."
        ) from error
    if wrong := sorted(name for name, array in tensors.items() if not np.isfinite(array).all()):
        raise TrainingDiverged(f"The weights {wrong[0]!r} in {path} are not finite: the training diverged.")
    return tensors


def _safetensors() -> Any:
    try:
        import safetensors.numpy
    except ImportError as error:
        raise DependencyNotInstalled(
            "Policies that RL libraries trained need safetensors: pip install 'aitp-gym[sb3]'."
        ) from error
    return safetensors.numpy


def read_exported(folder: Path, policy: str | None = None) -> tuple[ExportedConfig, dict[str, NDArray[Any]]]:
    """Configuration and weights that `write_exported` wrote.

    Args:
        folder: the folder.
        policy: name of the policy that must have been written; `None` for any.

    Raises:
        CheckpointError: it cannot be read, or is of another policy.
        DependencyNotInstalled: safetensors is not installed.
    """
    if not folder.is_dir():
        raise CheckpointError(f"There is no checkpoint folder {folder}: give the folder that a training exported.")
    try:
        content = json_value(read_text(folder / _CONFIG, _MAX_CONFIG_BYTES))
        found = (content.pop("policy"), content.pop("schema_version"))
        wanted = (found[0] if policy is None else policy, _SCHEMA_VERSION)
        if found != wanted:
            raise BadInput(f"it is of policy {found[0]!r}, schema {found[1]!r}, not {wanted[0]!r}, schema {wanted[1]}")
        config = ExportedConfig.from_dict(content)
    except (OSError, ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
        raise CheckpointError(
            f"{folder} is not a policy that `aitp train` exported: its {_CONFIG} cannot be used "
            f"({type(error).__name__}: {error}). Files that an RL library wrote itself are pickles, and are not read."
        ) from error
    return config, read_tensors(folder / _WEIGHTS)


def _layers(
    weights: Weights, folder: Path, num_inputs: int, num_outputs: int
) -> list[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """Weights and biases of the layers in order, their shapes checked."""
    layers = []
    width = num_inputs
    for place in range(len(weights) // 2):
        weight, bias = weights.get(f"layers.{place}.weight"), weights.get(f"layers.{place}.bias")
        if weight is None or bias is None or weight.shape != (*bias.shape, width) or weight.dtype != np.float32:
            break
        layers.append((weight, bias.astype(np.float32)))
        (width,) = bias.shape
    if 2 * len(layers) != len(weights) or not layers or width != num_outputs:
        raise CheckpointError(
            f"The weights in {folder} are not those of layers from {num_inputs} numbers to {num_outputs} slots, as its "
            f"{_CONFIG} says: {sorted((name, array.shape) for name, array in weights.items())[:6]}."
        )
    return layers
