"""Value network: a small network on an encoding of the goal's text. Follows `GoalScorer`.

With goal vector e (D,):

    logit = weight · relu(hidden_weight e + hidden_bias) + bias
    score = ln sigmoid(logit)

`training.lightning.goal_model.module` has its twin in torch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from aitp_gym.errors import CheckpointError, ConfigError
from aitp_gym.proof import Goal

from ..encoders.config import EncoderConfig
from ..encoders.registry import encoder_of, encoder_weights, own_weights
from ..policies.checkpoint import check_num_weights, read_checkpoint, weights_digest, write_checkpoint

__all__ = ["ValueNetwork", "ValueNetworkConfig", "untrained_weights"]

SCHEMA_VERSION = 1
Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ValueNetworkConfig:
    """Sizes of a value network.

    Attributes:
        encoder: encoder of goals.
        hidden: H, the number of hidden units.
    """

    encoder: EncoderConfig = field(default_factory=EncoderConfig)
    hidden: int = 32

    def __post_init__(self) -> None:
        if type(self.hidden) is not int or self.hidden < 1:
            raise ConfigError(f"hidden must be a positive integer, got {self.hidden!r}.")

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Self:
        """The inverse of `dataclasses.asdict`.

        Raises:
            ConfigError: a field is missing, unknown, or has a value that it cannot have.
        """
        try:
            return cls(**{**content, "encoder": EncoderConfig.from_dict(content["encoder"])})
        except (TypeError, KeyError, AttributeError) as error:
            raise ConfigError(f"Not the configuration of a value network: {error}.") from error


class ValueNetwork:
    """Scores goals by a network that was trained on what became of goals.

    It sees the text of the goal alone: not which theorem it serves, nor what premises it may use.

    Args:
        ckpt_path: folder written by `save`; without one the network is untrained and says one half of every goal,
            which is what `ConstantScorer` says.
        encoder: encoder of an untrained network; a checkpoint brings its own.
        hidden: number of hidden units of an untrained network.
        init_seed: seed for the weights of an untrained network.

    Raises:
        CheckpointError: the checkpoint cannot be read or is no value network.
    """

    name = "value_network"

    def __init__(
        self,
        ckpt_path: str | Path | None = None,
        *,
        encoder: EncoderConfig | Mapping[str, Any] | None = None,
        hidden: int = 32,
        init_seed: int = 0,
    ) -> None:
        if ckpt_path is not None:
            config, weights = self._read(Path(ckpt_path))
        else:
            shape = EncoderConfig.from_dict(encoder) if isinstance(encoder, Mapping) else encoder
            config = ValueNetworkConfig(shape or EncoderConfig(), hidden)
            weights = untrained_weights(config, init_seed)
        self._use(config, weights)

    @classmethod
    def from_weights(cls, config: ValueNetworkConfig, weights: Mapping[str, NDArray[Any]]) -> Self:
        """Make a network of given weights.

        Args:
            config: sizes of the network.
            weights: weights by name; see `untrained_weights` for the shapes.

        Raises:
            CheckpointError: names or shapes of the weights do not fit the configuration.
        """
        network = cls(encoder=config.encoder, hidden=config.hidden)
        network._use(config, weights)
        return network

    def score(self, goals: Sequence[Goal]) -> list[float]:
        """Log-probabilities (natural, <= 0) that B goals are provable, length B; see `GoalScorer.score`."""
        return self.score_texts([goal.text for goal in goals])

    def score_texts(self, texts: Sequence[str]) -> list[float]:
        """The same for B goals of which only the text is there."""
        weights = self.weights
        vectors = self._encode(texts)
        hidden = np.maximum(vectors @ weights["head.hidden_weight"].T + weights["head.hidden_bias"], 0)
        logits = (hidden @ weights["head.weight"] + weights["head.bias"]).astype(np.float64)
        scores: list[float] = (-np.logaddexp(0.0, -logits)).tolist()
        return scores

    def save(self, folder: str | Path) -> None:
        """Write a checkpoint folder.

        Raises:
            CheckpointError: the folder exists already.
        """
        write_checkpoint(Path(folder), self.name, SCHEMA_VERSION, asdict(self.config), self.weights)

    def _read(self, folder: Path) -> tuple[ValueNetworkConfig, Mapping[str, NDArray[Any]]]:
        content, weights = read_checkpoint(folder, self.name, SCHEMA_VERSION)
        try:
            config = ValueNetworkConfig.from_dict(content)
            least = config.hidden * config.encoder.width + encoder_of(config.encoder).num_weights
        except ConfigError as error:
            raise CheckpointError(f"The checkpoint {folder} is damaged: {error}") from error
        check_num_weights(least, weights)
        return config, weights

    def _use(self, config: ValueNetworkConfig, weights: Mapping[str, NDArray[Any]]) -> None:
        expected = untrained_weights(config, seed=0)
        shapes = {name: value.shape for name, value in weights.items()}
        if shapes != {name: value.shape for name, value in expected.items()}:
            raise CheckpointError(
                f"Expected weights named and shaped as their config says, {sorted(expected)}, got {shapes}."
            )
        self.config = config
        self.weights = {name: np.asarray(value, np.float32) for name, value in weights.items()}
        self._encode = encoder_of(config.encoder).inference(own_weights(self.weights))
        self.versions: Mapping[str, str] = {"name": self.name, "weights_digest": weights_digest(self.weights)}


def untrained_weights(config: ValueNetworkConfig, seed: int) -> dict[str, Array]:
    """Weights that make every logit 0: all but the last layer's are random.

    Args:
        config: sizes: D and H.
        seed: for everything random.

    Returns:
        `head.hidden_weight` (H, D), `head.hidden_bias` (H,), `head.weight` (H,), `head.bias` (), and those of the
        encoder, named `encoder.*`.
    """
    rng = np.random.default_rng(seed)
    width, hidden = config.encoder.width, config.hidden
    return {
        "head.hidden_weight": rng.normal(0.0, np.sqrt(2 / width), (hidden, width)).astype(np.float32),
        "head.hidden_bias": np.zeros(hidden, np.float32),
        "head.weight": np.zeros(hidden, np.float32),
        "head.bias": np.zeros((), np.float32),
        **encoder_weights(config.encoder, seed, np.random.default_rng(seed)),
    }
