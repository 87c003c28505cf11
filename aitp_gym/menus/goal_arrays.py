"""Goals as arrays of fixed size, for networks that take nothing else: hashed features, and token ids."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import BadInput, DependencyNotInstalled
from ..terms.features import goal_features, hash_vector
from .offer import Offer

__all__ = ["GoalArray", "HashedGoal", "TokenIds", "goal_array"]

_LIMIT = 16.0
_SHARES = 16
_KEPT = 20_000


class GoalArray(ABC):
    """Function from goals to arrays of one shape and type.

    Attributes:
        shape: shape of the arrays.
        low, high: bounds of their entries.
        dtype: type of their entries.
        uses_offer: whether the offer of a menu makes a difference.
    """

    shape: tuple[int, ...]
    low: float
    high: float
    dtype: type[Any]
    uses_offer: bool

    @abstractmethod
    def __call__(self, text: str, offer: Offer | None = None) -> NDArray[Any]:
        """Array of a goal.

        Args:
            text: `Goal.text`.
            offer: what a menu offers for the goal; `None` where there is no goal or no menu.
        """


class HashedGoal(GoalArray):
    """Hashed features of a goal, and of the premises near to it.

    The first `buckets` entries are `hash_vector` of `goal_features`. With `premises` > 0 follow the similarities of so
    many nearest premises, and a thermometer in 16 steps of the share of the library that the theorem may use.

    Args:
        buckets: number of hash buckets.
        premises: number of nearest premises.
    """

    low, high, dtype = -_LIMIT, _LIMIT, np.float32

    def __init__(self, buckets: int = 256, premises: int = 0) -> None:
        _check_size("buckets", buckets, 1)
        _check_size("premises", premises, 0)
        self._buckets, self._premises = buckets, premises
        self.shape = (buckets + (premises + _SHARES if premises else 0),)
        self.uses_offer = premises > 0
        self._texts: dict[str, NDArray[np.float32]] = {}

    def __call__(self, text: str, offer: Offer | None = None) -> NDArray[np.float32]:
        """Array of a goal, shape (buckets,) or (buckets + premises + 16,)."""
        vector = self._texts.get(text)
        if vector is None:
            vector = np.clip(hash_vector(goal_features(text), self._buckets), -_LIMIT, _LIMIT)
            if len(self._texts) >= _KEPT:
                self._texts.clear()
            self._texts[text] = vector
        if not self._premises:
            # What is handed out may be written to.
            return vector.copy()
        near = np.zeros(self._premises + _SHARES, np.float32)
        if offer is not None:
            similarities = offer.similarities[: self._premises]
            near[: len(similarities)] = similarities
            near[self._premises :] = offer.library_share * _SHARES >= np.arange(1, _SHARES + 1)
        return np.concatenate([vector, near])


class TokenIds(GoalArray):
    """Ids of a goal's bytes in UTF-8, or of its tokens; 0 pads, and a longer goal loses its beginning.

    Ids are those of the tokenizer plus one, so that no token shares its id with the padding. The conclusion stands
    last in a goal's text, so it is kept.

    Args:
        length: number of ids.
        tokenizer: name or folder of a Hugging Face tokenizer (extra `transformers`); `None` for bytes.
    """

    low, dtype, uses_offer = 0.0, np.int32, False

    def __init__(self, length: int = 256, tokenizer: str | None = None) -> None:
        _check_size("length", length, 1)
        self.shape = (length,)
        self._name = tokenizer
        self.high = 256.0 if tokenizer is None else float(len(self._tokenizer))

    def __call__(self, text: str, offer: Offer | None = None) -> NDArray[np.int32]:
        """Array of a goal, shape (length,)."""
        (length,) = self.shape
        if self._name is None:
            found = np.frombuffer(text.encode()[-length:], np.uint8).astype(np.int32)
        else:
            found = np.array(self._tokenizer(text, add_special_tokens=False)["input_ids"][-length:], np.int32)
        ids = np.zeros(length, np.int32)
        ids[: len(found)] = found + 1
        return ids

    @cached_property
    def _tokenizer(self) -> Any:
        try:
            from transformers import AutoTokenizer
        except ImportError as error:
            raise DependencyNotInstalled(
                f"The tokenizer {self._name!r} needs transformers: pip install 'aitp-gym[transformers]', or leave the "
                "tokenizer out to read bytes."
            ) from error
        try:
            return AutoTokenizer.from_pretrained(self._name)
        except (OSError, ValueError, KeyError) as error:
            raise BadInput(
                f"There is no tokenizer {self._name!r}: give a folder that `save_pretrained` wrote, or a name of the "
                f"Hugging Face hub ({' '.join(str(error).split())[:200]})."
            ) from error


_KINDS: Mapping[str, type[HashedGoal] | type[TokenIds]] = {"hash": HashedGoal, "tokens": TokenIds}


def goal_array(kind: str, settings: Mapping[str, Any]) -> GoalArray:
    """Make a `GoalArray` by its kind.

    Args:
        kind: `hash` or `tokens`.
        settings: arguments of `HashedGoal` or `TokenIds`.

    Raises:
        BadInput: there is no such kind, or it does not take these settings.
    """
    if kind not in _KINDS:
        raise BadInput(f"Goals become arrays as {' or '.join(_KINDS)}, got {kind!r}.")
    try:
        return _KINDS[kind](**settings)
    except TypeError as error:
        raise BadInput(f"The observation {kind!r} does not take these settings: {error}.") from error


def _check_size(name: str, size: object, least: int) -> None:
    if type(size) is not int or not least <= size < math.inf:
        raise BadInput(f"{name} must be a whole number >= {least}, got {size!r}.")
