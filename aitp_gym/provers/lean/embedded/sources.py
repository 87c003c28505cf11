"""The text of the library: its files in a fixed order, compiled as Lean's module `Init`."""

from __future__ import annotations

import functools
from pathlib import Path

__all__ = ["library_text"]

_FOLDER = Path(__file__).parent / "library"
# Each file needs those before it.
_FILES = ("core", "theory", "meta", "native", "lemmas")


@functools.lru_cache(maxsize=1)
def library_text() -> str:
    """The whole library as one file."""
    return "\n".join((_FOLDER / f"{name}.lean").read_text(encoding="utf-8") for name in _FILES)
