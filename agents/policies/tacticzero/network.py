"""Arithmetic of TacticZero on numpy arrays. `training.tacticzero.network` is its twin in torch.

With the encoder's vector e (D,) of a goal g, and h = relu(hidden_weight · normalised e + hidden_bias) (H,):

    s(g)              = ln sigmoid(goal_weight · h + goal_bias)
    P(template | g)   = softmax over the templates that offer something of template_weight h + template_bias
    P(slot | t, g)    = softmax over the slots of template t that exist of slot_weight h + slot_bias

A fringe f, a set of goals that together suffice for the theorem, is drawn with probability proportional to the
exponential of the sum of its s(g), as by the search `Fringe`. In the paper s(g) is any real number; here it is a
log-probability, so that a set of fewer goals is preferred before anything was learned, and one network is both a tactic
policy and a goal scorer.

Source: M. Wu, M. Norrish, C. Walder and A. Dezfouli, "TacticZero: Learning to Prove Theorems from Scratch with Deep
Reinforcement Learning" (NeurIPS 2021, arXiv:2102.09756), section 3.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from aitp_gym.errors import CheckpointError, ConfigError
from aitp_gym.menus import Menu

from ...encoders.base import TextEncoder
from ...encoders.config import EncoderConfig
from ...encoders.registry import encoder_weights

__all__ = ["GoalOutputs", "TacticZeroConfig", "check_shapes", "goal_outputs", "templates_of", "untrained_weights"]

Array = NDArray[np.float32]
Weights = Mapping[str, NDArray[np.float32]]
# Added to a variance before its root is taken.
NORM_EPSILON = 1e-5


@dataclass(frozen=True, slots=True)
class TacticZeroConfig:
    """Menu and sizes of a network.

    Attributes:
        menu: name of the menu.
        menu_digest: digest of the menu's content.
        num_templates: T, the number of the menu's different templates.
        num_slots: A, the number of its slots.
        encoder: encoder of goals.
        hidden: H, the number of hidden units.
    """

    menu: str
    menu_digest: str
    num_templates: int
    num_slots: int
    encoder: EncoderConfig = field(default_factory=EncoderConfig)
    hidden: int = 64

    def __post_init__(self) -> None:
        if not all(isinstance(text, str) for text in (self.menu, self.menu_digest)):
            raise ConfigError(f"TacticZero names its menu and the digest, got {self.menu!r}, {self.menu_digest!r}.")
        sizes = (self.num_templates, self.num_slots, self.hidden)
        if not all(type(size) is int and size > 0 for size in sizes):
            raise ConfigError(f"The sizes of TacticZero must be positive integers, got {self!r}.")

    @classmethod
    def of(cls, menu: Menu, encoder: EncoderConfig | None = None, hidden: int = 64) -> Self:
        """The configuration for a menu."""
        num_templates = int(templates_of(menu).max()) + 1
        return cls(menu.name, menu.digest, num_templates, len(menu.slots), encoder or EncoderConfig(), hidden)

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Self:
        """The inverse of `dataclasses.asdict`.

        Raises:
            ConfigError: a field is missing, unknown, or has a value that it cannot have.
        """
        try:
            return cls(**{**content, "encoder": EncoderConfig.from_dict(content["encoder"])})
        except (TypeError, KeyError, AttributeError) as error:
            raise ConfigError(f"Not the configuration of TacticZero: {error}.") from error


class GoalOutputs(NamedTuple):
    """Outputs of the network for B goals.

    Attributes:
        scores: s(g), natural log-probabilities <= 0, shape (B,).
        templates: logits of templates, shape (B, T).
        slots: logits of slots, shape (B, A).
    """

    scores: Array
    templates: Array
    slots: Array


def templates_of(menu: Menu) -> NDArray[np.int64]:
    """Number of each slot's template, in the order in which the menu names them, shape (A,)."""
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(slot.template, len(numbers)) for slot in menu.slots], np.int64)


def untrained_weights(config: TacticZeroConfig, seed: int) -> dict[str, Array]:
    """Weights of a network that scores all goals alike, and all tactics: only encoder and hidden layer are random.

    Args:
        config: sizes: D, H, T and A.
        seed: of what is random.
    """
    rng = np.random.default_rng(seed)
    width, hidden = config.encoder.width, config.hidden

    def zeros(*shape: int) -> Array:
        return np.zeros(shape, np.float32)

    return {
        "hidden_weight": rng.normal(0.0, (2 / width) ** 0.5, (hidden, width)).astype(np.float32),
        "hidden_bias": zeros(hidden),
        "goal_weight": zeros(hidden),
        "goal_bias": zeros(1),
        "template_weight": zeros(config.num_templates, hidden),
        "template_bias": zeros(config.num_templates),
        "slot_weight": zeros(config.num_slots, hidden),
        "slot_bias": zeros(config.num_slots),
        **encoder_weights(config.encoder, seed, rng),
    }


def check_shapes(config: TacticZeroConfig, weights: Weights) -> None:
    """Refuse weights that are not named and shaped as their configuration says.

    Raises:
        CheckpointError: they are not.
    """
    expected = untrained_weights(config, seed=0)
    if {name: a.shape for name, a in weights.items()} != {name: a.shape for name, a in expected.items()}:
        raise CheckpointError(f"Expected weights named and shaped as their config says: {sorted(expected)}.")


def goal_outputs(texts: Sequence[str], encode: TextEncoder, weights: Weights) -> GoalOutputs:
    """Outputs of the network for the texts of B goals.

    Args:
        texts: of the goals.
        encode: the encoder's inference.
        weights: by name; see `untrained_weights`.
    """
    vectors = encode(texts)
    centred = vectors - vectors.mean(1, keepdims=True)
    normal = centred / np.sqrt((centred**2).mean(1, keepdims=True) + NORM_EPSILON)
    hidden = np.maximum(normal @ weights["hidden_weight"].T + weights["hidden_bias"], 0)
    return GoalOutputs(
        -np.logaddexp(0.0, -(hidden @ weights["goal_weight"] + weights["goal_bias"])),
        hidden @ weights["template_weight"].T + weights["template_bias"],
        hidden @ weights["slot_weight"].T + weights["slot_bias"],
    )
