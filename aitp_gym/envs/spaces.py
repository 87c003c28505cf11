"""Spaces for text: goals and tactics in any Unicode notation."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, overload

import numpy as np
from gymnasium import spaces

from ..errors import BadInput

__all__ = ["CUT_MARK", "UnicodeText"]

CUT_MARK = " …[cut]"

# What samples are made of: printable ASCII, Greek, arrows, operators of logic, and a letter outside the BMP, so that
# whatever breaks on text that is not ASCII breaks in `check_env` already.
_SAMPLED = "".join(map(chr, range(0x20, 0x7F))) + "\nαβγλΓΔΣ→↔⟨⟩∀∃∧∨¬⊢≤≠∈∅ℕℝ𝔽"
_SAMPLE_LENGTH = 64


class _UnicodeCharacters(Sequence[str]):
    """All code points, by number: what `gymnasium.spaces.Text` calls a character set, without storing it."""

    def __len__(self) -> int:
        return sys.maxunicode + 1

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        if isinstance(index, slice):
            return [chr(i) for i in range(*index.indices(len(self)))]
        return chr(index)

    def __contains__(self, item: object) -> bool:
        return isinstance(item, str) and len(item) == 1

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _UnicodeCharacters)

    def __hash__(self) -> int:
        return hash(_UnicodeCharacters)


class UnicodeText(spaces.Text):
    """Any Unicode text of at most `max_length` characters.

    `gymnasium.spaces.Text` stores its characters, so a space of all of Unicode would pickle to megabytes and check
    membership letter by letter. This one stores only the lengths: membership is a check of the length and of the
    absence of lone surrogates (which no text file or socket can carry as UTF-8). Samples are short.

    Args:
        max_length: in characters (code points).
        min_length: in characters.
        seed: of the samples.
    """

    def __init__(self, max_length: int, *, min_length: int = 0, seed: int | np.random.Generator | None = None) -> None:
        super().__init__(max_length, min_length=min_length, charset="", seed=seed)

    @property
    def character_set(self) -> Any:
        """All code points, as a sequence that is computed and not stored."""
        return _UnicodeCharacters()

    @property
    def character_list(self) -> Any:
        """All code points in order."""
        return _UnicodeCharacters()

    @property
    def characters(self) -> str:
        """The characters that samples are made of."""
        return _SAMPLED

    def character_index(self, char: str) -> np.int32:
        """The code point."""
        return np.int32(ord(char))

    def contains(self, x: Any) -> bool:
        """Whether `x` is a text of fitting length that can be written as UTF-8."""
        if not (isinstance(x, str) and self.min_length <= len(x) <= self.max_length):
            return False
        return is_encodable(x)

    def sample(self, mask: Any = None, probability: Any = None) -> str:
        """A random text, of random length up to 64 unless the space or the mask asks for more.

        Args:
            mask: `(length, None)` fixes the length; masks of characters are not supported.
            probability: not supported.

        Raises:
            BadInput: a mask of characters or a probability was given.
        """
        length = None
        if mask is not None or probability is not None:
            if probability is not None or not (isinstance(mask, tuple) and len(mask) == 2 and mask[1] is None):
                raise BadInput(
                    f"UnicodeText.sample takes mask=(length, None) and no probability, got mask={mask!r}, "
                    f"probability={probability!r}."
                )
            length = mask[0]
        if length is None:
            longest = max(self.min_length, min(self.max_length, _SAMPLE_LENGTH))
            length = int(self.np_random.integers(self.min_length, longest + 1))
        return "".join(_SAMPLED[i] for i in self.np_random.integers(len(_SAMPLED), size=length))

    def fit(self, text: str) -> str:
        """The text itself, or as much of it as fits followed by `CUT_MARK`."""
        if len(text) <= self.max_length:
            return text
        return (text[: max(0, self.max_length - len(CUT_MARK))] + CUT_MARK)[: self.max_length]

    def __repr__(self) -> str:
        return f"UnicodeText({self.max_length}, min_length={self.min_length})"

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, UnicodeText)
            and self.min_length == other.min_length
            and self.max_length == other.max_length
        )

    __hash__ = None  # type: ignore[assignment]  # as for every gymnasium space: mutable, compared by value


def is_encodable(text: str) -> bool:
    """Whether the text can be written as UTF-8, that is, has no lone surrogates."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
