"""Theorem sets by name."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from ..discovery import look_further
from ..errors import BadInput, UnknownName
from ..proof import Theorem
from .files import read_theorems
from .theorem_set import TheoremSet

__all__ = ["TheoremSource", "add_source", "is_named", "load"]


@dataclass(frozen=True, slots=True)
class TheoremSource:
    """Source of theorem sets.

    Attributes:
        build: makes a set from its name.
        names: of the sets, as they are told to a person.
        pattern: regular expression of the names, where there are too many to list them; `None` for just `names`.
        read: by suffix (`.lean`), what makes a set from a file of that suffix, or from a folder with such files.
    """

    build: Callable[[str], TheoremSet]
    names: tuple[str, ...]
    pattern: str | None = None
    read: Mapping[str, Callable[[Path], TheoremSet]] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        """Whether there is a set of that name."""
        return name in self.names if self.pattern is None else re.fullmatch(self.pattern, name) is not None


_sources: list[TheoremSource] = []


def add_source(source: TheoremSource) -> None:
    """Have `load` find sets in a source too, after those that it knows."""
    _sources.append(source)


def is_named(name: str) -> bool:
    """Whether there is a theorem set of that name, files aside."""
    return any(source.has(name) for source in _sources)


def load(name: str | os.PathLike[str], *, parse: Callable[[str], Theorem] | None = None) -> TheoremSet:
    """A theorem set by its name, or from a file.

    Each prover brings its own (`ProverSpec.theorem_sets`); the message for an unknown name lists all.

    Args:
        name: of the set, or the path of a file: of a kind that a prover reads in its own way (a `.lean` file, or a
            folder with such files), or another one, for `read_theorems`.
        parse: `Prover.parse`, for a file.

    Raises:
        UnknownName: there is neither such a set nor such a file.
        ProverUnavailable: the set comes from the library of a prover that is not installed.
    """
    text = os.fspath(name)
    found = _find(text)
    if found is None and not Path(text).is_file():
        look_further()
        found = _find(text)
    if found is not None:
        return found()
    if not Path(text).is_file():
        known = ", ".join(name for source in _sources for name in source.names)
        raise UnknownName(f"Expected a theorem set ({known}) or the path of a file of statements, got {text!r}.")
    if parse is None:
        raise BadInput(f"To read statements from {text!r} a prover has to parse them: pass parse=prover.parse.")
    return read_theorems(text, parse)


def _find(text: str) -> Callable[[], TheoremSet] | None:
    """What makes the set of that name or path, if a source has it."""
    for source in _sources:
        if source.has(text):
            return partial(source.build, text)
    path = Path(text)
    for source in _sources:
        for suffix, read in source.read.items():
            if path.suffix == suffix or any(path.rglob(f"*{suffix}")):
                return partial(read, path)
    return None
