"""The premises of LeanDojo Benchmark, and which of them a theorem may use."""

from __future__ import annotations

import hashlib
import io
import json
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ....errors import BadInput
from ....files import open_regular
from ....proof import Library, Premise, Premises

__all__ = ["MAX_BYTES", "Corpus", "CorpusFile", "Ranges", "read_corpus"]

MAX_BYTES = 4 * 2**30
"""Largest file of the benchmark that is read; the published ones have a few hundred megabytes."""

Place = tuple[int, int]
"""Line and column, from 1."""


class Ranges(Sequence[int]):
    """Ascending whole numbers in a few stretches.

    Args:
        stretches: first number and the one after the last of each; ascending and apart.
    """

    def __init__(self, stretches: Sequence[tuple[int, int]]) -> None:
        self._ranges = [range(start, stop) for start, stop in stretches]
        self._ends = list(accumulate(map(len, self._ranges)))

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def __getitem__(self, item: Any) -> Any:
        if isinstance(item, slice):
            return [self[place] for place in range(*item.indices(len(self)))]
        place = range(len(self))[item]
        which = bisect_right(self._ends, place)
        return self._ranges[which][place - self._ends[which]]

    def __iter__(self) -> Iterator[int]:
        return chain.from_iterable(self._ranges)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        """All of them, shape (N,)."""
        parts = [np.arange(part.start, part.stop, dtype=dtype or np.int64) for part in self._ranges]
        return np.concatenate(parts) if parts else np.zeros(0, dtype or np.int64)


@dataclass(frozen=True, slots=True)
class CorpusFile:
    """A file of the library.

    Attributes:
        path: in the repository.
        imports: places, in the corpus, of the files that it imports; all before its own.
        first: place of its first premise.
    """

    path: str
    imports: Sequence[int]
    first: int


class Corpus:
    """A corpus.

    Args:
        files: in the order of the corpus.
        columns: of the premises: names, codes, and lines and columns where each begins and ends.
    """

    def __init__(self, files: tuple[CorpusFile, ...], columns: list[list[Any]]) -> None:
        self._files = files
        self._names, self._codes, *places = columns or [[], [], [], [], [], []]
        self._starts = list(zip(*places[:2], strict=True))
        self._ends = list(zip(*places[2:], strict=True))
        self._number = {file.path: number for number, file in enumerate(files)}
        self._imported: dict[int, list[tuple[int, int]]] = {}

    @cached_property
    def library(self) -> Library:
        """All premises; their positions are their places in the corpus."""
        entries = tuple(map(Premise, self._names, self._codes, range(len(self._names))))
        content = hashlib.sha256()
        for name, code in zip(self._names, self._codes, strict=True):
            content.update(f"{name}\0{code}\0".encode())
        return Library("leandojo", content.hexdigest()[:16], entries)

    def accessible(self, file: str, start: Place) -> Premises:
        """What a theorem may use: premises of the files that its file imports, and those of its own that end before it.

        Imports count that are made through other files. The rule is that of LeanDojo's own retrieval
        (arXiv:2306.15626, section 5).

        Raises:
            BadInput: the corpus does not have the file.
        """
        number = self._file(file)
        own = [place for place in self._span(number) if self._ends[place] <= start]
        stretches = _merged([*self._stretches(number), *((place, place + 1) for place in own)])
        return Premises(self.library, Ranges(stretches))

    def statement(self, file: str, name: str, start: Place) -> tuple[str, int]:
        """Code of a theorem, its name where there is none; and the place of the first premise that does not precede it.

        Raises:
            BadInput: the corpus does not have the file.
        """
        span = self._span(self._file(file))
        code = next(
            (
                self._codes[place]
                for place in span
                if self._names[place] == name and self._starts[place] <= start <= self._ends[place]
            ),
            name,
        )
        return code, next((place for place in span if self._ends[place] > start), span.stop)

    def _file(self, path: str) -> int:
        number = self._number.get(path)
        if number is None:
            raise BadInput(f"Expected a file of the corpus, which has {len(self._files)}, got {path!r}.")
        return number

    def _span(self, number: int) -> range:
        """Places of a file's premises."""
        following = number + 1
        stop = self._files[following].first if following < len(self._files) else len(self._names)
        return range(self._files[number].first, stop)

    @cached_property
    def _closure(self) -> list[int]:
        """For each file those that it imports, directly or not, as the bits of a number."""
        closure: list[int] = []
        for file in self._files:
            bits = 0
            for imported in file.imports:
                bits |= closure[imported] | 1 << imported
            closure.append(bits)
        return closure

    def _stretches(self, number: int) -> list[tuple[int, int]]:
        """Places of the premises that a file imports."""
        if number not in self._imported:
            bits = self._closure[number]
            spans = (self._span(other) for other in range(number) if bits >> other & 1)
            self._imported[number] = _merged([(span.start, span.stop) for span in spans])
        return self._imported[number]


def read_corpus(path: Path) -> tuple[list[CorpusFile], list[tuple[Any, ...]]]:
    """Files and premises of a `corpus.jsonl`.

    As in LeanDojo's retrieval, premises that have no name or no code, that an anonymous notation declares, or that
    stand for several mutual definitions are left out.

    Raises:
        BadInput: it cannot be read or is of another form.
    """
    files: list[CorpusFile] = []
    premises: list[tuple[Any, ...]] = []
    number_of: dict[str, int] = {}
    try:
        with io.TextIOWrapper(open_regular(path, MAX_BYTES), encoding="utf-8") as lines:
            for line, text in enumerate(lines, 1):
                try:
                    fields = json.loads(text)
                    imports = [number_of[imported] for imported in fields["imports"]]
                    rows = [
                        (p["full_name"], p["code"], *map(int, (*p["start"], *p["end"])))
                        for p in fields["premises"]
                        if _is_premise(p["full_name"], p["code"])
                    ]
                    file = CorpusFile(str(fields["path"]), sorted(imports), len(premises))
                except (ValueError, KeyError, TypeError, RecursionError) as error:
                    raise BadInput(
                        f"{path}, line {line}: expected an object with path, imports (of earlier lines) and premises, "
                        f"got `{text[:60]}` ({error!r})."
                    ) from error
                number_of[file.path] = len(files)
                files.append(file)
                premises += rows
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"Expected the corpus of LeanDojo Benchmark 4 at {path}: {error}.") from error
    return files, premises


def _is_premise(name: str | None, code: str) -> bool:
    return bool(name and code and "user__.n" not in name and not (name.startswith("[") and name.endswith("]")))


def _merged(stretches: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Ascending stretches without empty ones, those that touch as one."""
    merged: list[tuple[int, int]] = []
    for start, stop in sorted(stretches):
        if start == stop:
            continue
        if merged and merged[-1][1] == start:
            merged[-1] = (merged[-1][0], stop)
        else:
            merged.append((start, stop))
    return merged
