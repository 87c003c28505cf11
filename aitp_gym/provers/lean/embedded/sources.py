"""The text of the library: its files in a fixed order, compiled as Lean's module `Init`."""

from __future__ import annotations

import functools
import re
from pathlib import Path

from .native import native_declarations

__all__ = ["lemma_names", "library_text"]

_FOLDER = Path(__file__).parent / "library"
# Each file needs those before it, and all but the first two the syntax declared after these.
_BEFORE_SYNTAX = ("core", "meta")
_SUPPORT = ("support",)
_LEMMAS = ("logic", "nat", "list")
_THEOREM = re.compile(r"^(?:@\[[^\]]*\] )?theorem (\S+)", re.MULTILINE)


@functools.lru_cache(maxsize=1)
def library_text() -> str:
    """The whole library as one file."""
    before, after = (list(map(_read, names)) for names in (_BEFORE_SYNTAX, (*_SUPPORT, *_LEMMAS)))
    return "\n".join([*before, native_declarations(), *after])


def lemma_names() -> list[str]:
    """The theorems that are premises, in order; those of the other files are what Lean's tactics themselves use."""
    return [name for file in _LEMMAS for name in _THEOREM.findall(_read(file))]


def _read(name: str) -> str:
    return (_FOLDER / f"{name}.lean").read_text(encoding="utf-8")
