"""The goal encoder that a configuration asks for, whichever it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from .bag import BagEncoder
from .config import EncoderConfig

__all__ = ["GoalEncoder", "encoder_weights", "goal_encoder"]

Array = NDArray[np.float32]
GoalEncoder = Callable[[Sequence[str]], Array]
"""Encodes the texts of B goals; shape (B, D)."""

_PREFIX = "encoder."


def goal_encoder(config: EncoderConfig, weights: Mapping[str, Array]) -> GoalEncoder:
    """An encoder for inference.

    Args:
        config: which one.
        weights: of a network, in which the encoder's are named `encoder.*`.
    """
    own = {name.removeprefix(_PREFIX): value for name, value in weights.items() if name.startswith(_PREFIX)}
    if config.kind == "bag":
        return BagEncoder(own["embedding"])
    from .transformer import TransformerInference

    return TransformerInference(config, own)


def encoder_weights(config: EncoderConfig, seed: int) -> dict[str, Array]:
    """Weights of an untrained encoder, named `encoder.*`."""
    if config.kind == "bag":
        rng = np.random.default_rng(seed)
        own = {"embedding": rng.normal(0.0, 0.02, (config.buckets, config.width)).astype(np.float32)}
    else:
        from .transformer import init_transformer

        own = init_transformer(config, seed)
    return {_PREFIX + name: value for name, value in own.items()}
