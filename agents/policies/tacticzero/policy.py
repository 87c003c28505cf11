"""TacticZero as a tactic policy for every search, and as a goal scorer for `Fringe`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from aitp_gym.errors import CheckpointError, ConfigError
from aitp_gym.menus import Menu
from aitp_gym.menus.offer import make_offer
from aitp_gym.proof import Goal, Premises

from ...encoders.config import EncoderConfig
from ...encoders.registry import encoder_of, own_weights
from ..checkpoint import check_num_weights, read_checkpoint, weights_digest, write_checkpoint
from ..menu_base import Answer, MenuBase, goal_generator, softmax_answer
from .network import GoalOutputs, TacticZeroConfig, check_shapes, goal_outputs, templates_of, untrained_weights

__all__ = ["TacticZeroPolicy", "TacticZeroScorer"]

_NAME, _SCHEMA_VERSION = "tacticzero", 1


class TacticZeroPolicy(MenuBase):
    """Tactic policy with log P(tactic) = log P(template | goal) + log P(slot | template, goal); see `network`.

    Premises are ranked by tf-idf, and only tactics that exist at a goal take part. With `noise=1` the order is a
    sample, without replacement, from that distribution, which is how TacticZero acts.

    Args:
        menu: the menu, its name, or the path of its file.
        ckpt_path: folder written by `save`; without one the network is untrained, and all tactics of a goal's templates
            are alike.
        noise: scale of Gumbel noise on the log-probabilities, >= 0.
        encoder: encoder of an untrained network, or a mapping of the fields of `EncoderConfig`; a checkpoint brings its
            own.
        hidden: number of hidden units of an untrained network.
        init_seed: seed for the weights of an untrained network.

    Raises:
        CheckpointError: the checkpoint cannot be read, or is of another policy or another menu.
    """

    name = _NAME

    def __init__(
        self,
        menu: Menu | str | Path,
        ckpt_path: str | Path | None = None,
        *,
        noise: float = 1.0,
        encoder: EncoderConfig | Mapping[str, Any] | None = None,
        hidden: int = 64,
        init_seed: int = 0,
    ) -> None:
        super().__init__(menu)
        if not noise >= 0:
            raise ConfigError(f"noise must be a number >= 0, got {noise!r}.")
        self.noise = noise
        if ckpt_path is not None:
            config, weights = _read(Path(ckpt_path))
            if config.menu_digest != self.menu.digest:
                raise CheckpointError(
                    f"The checkpoint {ckpt_path} is for menu {config.menu!r} ({config.menu_digest[:12]}); expected "
                    f"menu {self.menu.name!r} ({self.menu.digest[:12]}). Train it with this menu, or use that one."
                )
        else:
            shape = EncoderConfig.from_dict(encoder) if isinstance(encoder, Mapping) else encoder
            config = TacticZeroConfig.of(self.menu, shape, hidden)
            weights = untrained_weights(config, init_seed)
        self.use(config, weights)

    @classmethod
    def from_weights(cls, menu: Menu, config: TacticZeroConfig, weights: Mapping[str, NDArray[Any]]) -> Self:
        """Make a policy of given weights, which it shares: it acts by what they are at the time.

        Raises:
            CheckpointError: names or shapes of the weights do not fit the configuration.
        """
        policy = cls(menu, encoder=config.encoder, hidden=config.hidden)
        policy.use(config, weights)
        return policy

    def use(self, config: TacticZeroConfig, weights: Mapping[str, NDArray[Any]]) -> None:
        """Act by other weights from now on.

        Raises:
            CheckpointError: names or shapes of the weights do not fit the configuration.
        """
        check_shapes(config, weights)
        self.config = config
        self.weights = {name: np.asarray(value, np.float32) for name, value in weights.items()}
        self._encode = encoder_of(config.encoder).inference(own_weights(self.weights))
        self._templates = templates_of(self.menu)
        self._answers.clear()
        self.versions = {**self.versions, "weights_digest": weights_digest(self.weights), "noise": str(self.noise)}

    def outputs(self, texts: Sequence[str]) -> GoalOutputs:
        """What the network says of the texts of B goals."""
        return goal_outputs(texts, self._encode, self.weights)

    def save(self, folder: str | Path) -> None:
        """Write a checkpoint folder.

        Raises:
            CheckpointError: the folder exists already.
        """
        write_checkpoint(Path(folder), self.name, _SCHEMA_VERSION, asdict(self.config), self.weights)

    def _answer(self, goals: Sequence[Goal], premises: Sequence[Premises]) -> list[Answer]:
        outputs = self.outputs([goal.text for goal in goals])
        answers = []
        for place, (goal, given) in enumerate(zip(goals, premises, strict=True)):
            tactics = make_offer(self.menu, goal, given).tactics
            if not tactics:
                answers.append(Answer([], np.zeros(0)))
                continue
            logits = self.logprobs(list(tactics), outputs.templates[place], outputs.slots[place])
            if self.noise > 0:
                logits = logits + self.noise * goal_generator(self._seed, goal).gumbel(size=len(logits))
            answers.append(softmax_answer(list(tactics.values()), logits))
        return answers

    def logprobs(self, slots: Sequence[int], templates: NDArray[Any], slot_logits: NDArray[Any]) -> NDArray[np.float64]:
        """Natural log-probabilities of slots at a goal where these and no others may be chosen.

        Args:
            slots: numbers of K slots.
            templates: logits of templates, shape (T,).
            slot_logits: logits of all slots, shape (A,).

        Returns:
            Log-probabilities, shape (K,).
        """
        chosen = np.asarray(slots)
        of = self._templates[chosen]
        own = slot_logits[chosen].astype(np.float64)
        weights = np.exp(own - own.max())
        total = np.bincount(of, weights, len(templates))
        live = templates.astype(np.float64)[total > 0]
        normaliser = float(live.max() + np.log(np.exp(live - live.max()).sum()))
        within = np.log(weights) - np.log(total[of])
        found: NDArray[np.float64] = templates[of] - normaliser + within
        return found


class TacticZeroScorer:
    """The network's scores of goals, for a search; `Fringe` with `policy_weight=0` then chooses as TacticZero does.

    Args:
        ckpt_path: folder that `TacticZeroPolicy.save` wrote.

    Raises:
        CheckpointError: the checkpoint cannot be read.
    """

    name = _NAME

    def __init__(self, ckpt_path: str | Path) -> None:
        self.config, self.weights = _read(Path(ckpt_path))
        self._encode = encoder_of(self.config.encoder).inference(own_weights(self.weights))
        self.versions: Mapping[str, str] = {"name": self.name, "weights_digest": weights_digest(self.weights)}

    def score(self, goals: Sequence[Goal]) -> list[float]:
        """Log-probabilities (natural, <= 0) of B goals, length B; see `GoalScorer.score`."""
        scores: list[float] = goal_outputs([goal.text for goal in goals], self._encode, self.weights).scores.tolist()
        return scores


def _read(folder: Path) -> tuple[TacticZeroConfig, dict[str, NDArray[Any]]]:
    content, weights = read_checkpoint(folder, _NAME, _SCHEMA_VERSION)
    try:
        config = TacticZeroConfig.from_dict(content)
        least = config.hidden * config.encoder.width + encoder_of(config.encoder).num_weights
    except ConfigError as error:
        raise CheckpointError(f"The checkpoint {folder} is damaged: {error}") from error
    check_num_weights(least + config.hidden * (config.num_templates + config.num_slots), weights)
    check_shapes(config, weights)
    return config, weights
