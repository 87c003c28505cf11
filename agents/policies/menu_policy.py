"""Learned menu policy: scores the slots of a menu for a goal, and the premises that fill them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from aitp_gym.errors import CheckpointError, ConfigError
from aitp_gym.menus import Menu
from aitp_gym.proof import Goal, Library, Premises

from ..encoders.config import EncoderConfig
from ..encoders.registry import encoder_of, own_weights
from .checkpoint import check_num_weights, read_checkpoint, weights_digest, write_checkpoint
from .menu_base import Answer, MenuBase, goal_generator, softmax_answer
from .menu_config import SCHEMA_VERSION, MenuPolicyConfig
from .menu_network import candidate_logits, init_weights, library_vectors, look_up, pool_cosines, rank_premises

__all__ = ["MenuPolicy"]


class MenuPolicy(MenuBase):
    """Chooses tactics by a learned logit for each slot and premises by a learned score; see `menu_network`.

    Each logit gets noise drawn from a Gumbel distribution of scale `noise` for the attempt's seed and the goal. With
    logits all alike, as in an untrained policy, this is the uniform order; beside the differences that training makes
    it is small. With `noise=1` the order is a sample, without replacement, from the softmax of the logits.

    Args:
        menu: the menu, its name, or the path of its file.
        ckpt_path: folder written by `save`; without one the policy is untrained.
        noise: scale of the noise, in nats, >= 0.
        encoder: encoder of an untrained policy, or a mapping of the fields of `EncoderConfig`; a checkpoint brings its
            own.
        init_seed: seed for the weights of an untrained policy.

    Raises:
        CheckpointError: the checkpoint cannot be read, or is of another policy or another menu.
    """

    name = "menu"

    def __init__(
        self,
        menu: Menu | str | Path,
        ckpt_path: str | Path | None = None,
        *,
        noise: float = 0.05,
        encoder: EncoderConfig | Mapping[str, Any] | None = None,
        init_seed: int = 0,
    ) -> None:
        super().__init__(menu)
        if not noise >= 0:
            raise ConfigError(f"noise must be a number >= 0, got {noise!r}.")
        self.noise = noise
        if ckpt_path is not None:
            config, weights = self._read(Path(ckpt_path))
        else:
            shape = EncoderConfig.from_dict(encoder) if isinstance(encoder, Mapping) else encoder
            config = MenuPolicyConfig.of(self.menu, shape)
            weights = init_weights(config, init_seed)
        self._use(config, weights)

    @classmethod
    def from_weights(
        cls, menu: Menu, config: MenuPolicyConfig, weights: Mapping[str, NDArray[Any]], *, noise: float = 0.05
    ) -> Self:
        """Make a policy of given weights.

        Args:
            menu: menu of the policy.
            config: sizes of the policy.
            weights: weights by name; see `menu_network.init_weights` for the shapes.
            noise: scale of the noise, in nats, >= 0.

        Raises:
            CheckpointError: names or shapes of the weights do not fit the configuration.
        """
        policy = cls(menu, noise=noise, encoder=config.encoder)
        policy._use(config, weights)
        return policy

    def save(self, folder: str | Path) -> None:
        """Write a checkpoint folder.

        Raises:
            CheckpointError: the folder exists already.
        """
        write_checkpoint(Path(folder), self.name, SCHEMA_VERSION, self.config.as_dict(), self.weights)

    def _read(self, folder: Path) -> tuple[MenuPolicyConfig, Mapping[str, NDArray[Any]]]:
        content, weights = read_checkpoint(folder, self.name, SCHEMA_VERSION)
        try:
            config = MenuPolicyConfig.from_dict(content)
            encoder = encoder_of(config.encoder)
        except ConfigError as error:
            raise CheckpointError(f"The checkpoint {folder} is damaged: {error}") from error
        if config.menu_digest != self.menu.digest:
            raise CheckpointError(
                f"The checkpoint {folder} is for menu {config.menu!r} ({config.menu_digest[:12]}); expected menu "
                f"{self.menu.name!r} ({self.menu.digest[:12]}). Train the policy with this menu, or use that one."
            )
        if config.num_groups != self.menu.num_groups:
            raise CheckpointError(
                f"The checkpoint {folder} is damaged: it has {config.num_groups} groups, its menu "
                f"{self.menu.num_groups}."
            )
        sizes = config.encoder.width * config.num_groups + config.premise_buckets * config.premise_rank
        check_num_weights(sizes + encoder.num_weights, weights)
        return config, weights

    def _use(self, config: MenuPolicyConfig, weights: Mapping[str, NDArray[Any]]) -> None:
        expected = init_weights(config, seed=0)
        if wrong := sorted(
            name
            for name in expected.keys() | weights.keys()
            if name not in expected or name not in weights or expected[name].shape != weights[name].shape
        ):
            raise CheckpointError(
                f"The weights {wrong} are missing, unknown, or of another shape than their config says."
            )
        self.config = config
        self.weights = {name: np.asarray(value, np.float32) for name, value in weights.items()}
        self._encode = encoder_of(config.encoder).inference(own_weights(self.weights))
        self._groups = np.array([slot.group for slot in self.menu.slots])
        self._vectors: tuple[str, NDArray[np.float32]] | None = None
        self.versions = {**self.versions, "weights_digest": weights_digest(self.weights), "noise": str(self.noise)}

    def _answer(self, goals: Sequence[Goal], premises: Sequence[Premises]) -> list[Answer]:
        vectors = self._encode([goal.text for goal in goals])
        return [self._one(*each) for each in zip(goals, premises, vectors, strict=True)]

    def _one(self, goal: Goal, premises: Premises, vector: NDArray[np.float32]) -> Answer:
        if self._constant is not None:
            premises = Premises.none()
        seen = look_up(goal.text, premises)
        cosines = np.zeros(0, np.float32)
        candidates = self._constant
        if candidates is None:
            library = premises.library
            vectors = self._library_vectors(library)
            best, cosines = rank_premises(vector, seen, vectors, self.weights, self.menu.max_premises)
            candidates = self.menu.candidates([library.entries[i].name for i in best.tolist()], goal.text)
        pooled = pool_cosines(cosines, [candidate.premises for candidate in candidates])
        groups = self._groups[[candidate.slot for candidate in candidates]]
        logits: NDArray[np.floating] = candidate_logits(vector, seen.dense, pooled, groups, self.weights)
        if self.noise > 0:
            logits = logits + self.noise * goal_generator(self._seed, goal).gumbel(size=len(logits))
        return softmax_answer([candidate.tactic for candidate in candidates], logits)

    def _library_vectors(self, library: Library) -> NDArray[np.float32]:
        if self._vectors is None or self._vectors[0] != library.digest:
            self._vectors = (library.digest, library_vectors(library, self.weights))
        return self._vectors[1]
