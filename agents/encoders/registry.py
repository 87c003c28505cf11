"""Registry of encoders, and the encoder's weights among those of a network."""

from __future__ import annotations

from collections.abc import Mapping
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

if TYPE_CHECKING:
    import numpy as np

    from .base import Array, Encoder
    from .config import EncoderConfig

__all__ = ["ENCODERS", "encoder_of", "encoder_weights", "own_weights"]

ENCODERS = {
    "bag": "aitp_gym.agents.encoders.bag:BagEncoder",
    "transformer": "aitp_gym.agents.encoders.transformer:TransformerEncoder",
    "node_transformer": "aitp_gym.agents.encoders.node_transformer:NodeTransformerEncoder",
    "gnn": "aitp_gym.agents.encoders.gnn:GnnEncoder",
    "sat": "aitp_gym.agents.encoders.sat:SatEncoder",
    "ensemble": "aitp_gym.agents.encoders.ensemble:EnsembleEncoder",
}
"""Class of each kind of encoder, imported when it is used: most need torch."""

_PREFIX = "encoder."


def encoder_of(config: EncoderConfig) -> Encoder[Any]:
    """Encoder that a configuration asks for.

    Raises:
        ConfigError: the encoder cannot have these sizes.
        DependencyNotInstalled: it needs a package that is not there.
    """
    encoder: Encoder[Any] = resolve_name(ENCODERS[config.kind])(config)
    return encoder


def encoder_weights(config: EncoderConfig, seed: int, rng: np.random.Generator) -> dict[str, Array]:
    """Weights of an untrained encoder as a network has them, named `encoder.*`; see `Encoder.untrained`.

    Args:
        config: kind and sizes, which decide the shapes.
        seed: for the random numbers of torch.
        rng: for the random numbers of numpy.
    """
    return {_PREFIX + name: value for name, value in encoder_of(config).untrained(seed, rng).items()}


def own_weights(weights: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Pick the encoder's weights among those of a network, in their shapes, and drop the prefix `encoder.`."""
    return {name.removeprefix(_PREFIX): value for name, value in weights.items() if name.startswith(_PREFIX)}
