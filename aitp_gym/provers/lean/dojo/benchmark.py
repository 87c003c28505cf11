"""LeanDojo Benchmark 4 (arXiv:2306.15626): read once from its JSON files, then kept as Parquet.

What is in its folder: `metadata.json`; `corpus.jsonl`, whose lines are the files of the library with their premises,
imported files first; and `random` and `novel_premises`, two ways of splitting the theorems, each a `train.json`,
`val.json` and `test.json`.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ....cache import cache_root, writable_cache
from ....errors import BadInput, NotWritable
from ....files import read_text, writing
from .corpus import MAX_BYTES, Corpus, CorpusFile, read_corpus

__all__ = ["SPLITS", "STRATEGIES", "VARIABLE", "Benchmark", "BenchmarkTheoremRow", "items"]

VARIABLE = "AITP_LEANDOJO_BENCHMARK"
STRATEGIES = ("random", "novel_premises")
SPLITS = {"train": "train", "val": "valid", "test": "test"}
"""The benchmark's names of splits, and ours."""

_FORMAT = 1
_SOURCE = "https://zenodo.org/doi/10.5281/zenodo.8040109"


@dataclass(frozen=True, slots=True)
class BenchmarkTheoremRow:
    """A theorem of the benchmark.

    Attributes:
        name: its full name, which another file may have too.
        file: path of its file in the repository.
        line: where it begins, from 1; `column` likewise.
        code: its statement as the corpus has it; its name where the corpus does not have it.
        position: place of the first premise of its file that comes after it, in the order of the corpus.
        random: its split in the first strategy; `novel`: in the second. Empty where it is in none.
    """

    name: str
    file: str
    line: int
    column: int
    code: str
    position: int
    random: str
    novel: str


@dataclass(frozen=True)
class Benchmark:
    """A benchmark.

    Attributes:
        folder: where it was read from.
        repository: `URL@COMMIT` of the repository that it was made of.
        cache: folder of the Parquet files.
    """

    folder: Path
    repository: str
    cache: Path

    @cached_property
    def theorems(self) -> tuple[BenchmarkTheoremRow, ...]:
        """In the order of the corpus."""
        return tuple(map(BenchmarkTheoremRow, *_columns(self.cache / "theorems.parquet")))

    @cached_property
    def corpus(self) -> Corpus:
        """The premises, and who may use which."""
        files = map(CorpusFile, *_columns(self.cache / "files.parquet"))
        return Corpus(tuple(files), _columns(self.cache / "premises.parquet"))

    @classmethod
    def load(cls, folder: str | Path | None = None) -> Benchmark:
        """Read a benchmark: seconds the first time, and then only what is asked for.

        Args:
            folder: of the benchmark; `None` for the one that the environment variable AITP_LEANDOJO_BENCHMARK names.

        Raises:
            BadInput: it is not there, or its files are not of the published form.
        """
        named = folder or os.environ.get(VARIABLE)
        if not named:
            raise BadInput(
                f"LeanDojo Benchmark 4 is published at {_SOURCE}: set {VARIABLE} to the unpacked folder, the one with "
                "corpus.jsonl in it."
            )
        folder = Path(named).resolve()
        try:
            origin = json.loads(read_text(folder / "metadata.json", MAX_BYTES))["from_repo"]
            repository = f"{origin['url']}@{origin['commit']}"
            state = [(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in _files(folder)]
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise BadInput(f"Expected LeanDojo Benchmark 4 in {folder}: {error!r}.") from error
        key = hashlib.sha256(json.dumps([_FORMAT, state]).encode()).hexdigest()[:16]
        return _load(folder, repository, cache_root() / "lean" / f"benchmark-{key}")


def items(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON file that is one list of objects; one after the other, because the files are large.

    Raises:
        BadInput: it cannot be read, or is something else.
    """
    try:
        text = read_text(path, MAX_BYTES)
    except (OSError, ValueError) as error:
        raise BadInput(f"Expected a file of LeanDojo Benchmark 4 at {path}: {error}.") from error
    decoder = json.JSONDecoder()
    place = text.find("[") + 1
    number = 0
    while place > 0:
        while place < len(text) and text[place] in ", \n\r\t":
            place += 1
        if text.startswith("]", place):
            return
        try:
            item, place = decoder.raw_decode(text, place)
        except (ValueError, RecursionError) as error:
            raise BadInput(f"{path}, item {number}: expected a JSON object ({error}).") from error
        if not isinstance(item, dict):
            raise BadInput(f"{path}, item {number}: expected a JSON object, got {str(item)[:60]!r}.")
        yield item
        number += 1
    raise BadInput(f"{path}: expected a JSON list, got {text[:60]!r}.")


@lru_cache(maxsize=2)
def _load(folder: Path, repository: str, cache: Path) -> Benchmark:
    """The benchmark whose files are in the cache, where they are put if they are not there yet."""
    if not cache.is_dir():
        unfinished = Path(tempfile.mkdtemp(dir=writable_cache(cache.parent), prefix="benchmark-"))
        try:
            with writing(cache, "Remove what is in its place, or free disk space."):
                _convert(folder, unfinished)
                unfinished.rename(cache)
        except NotWritable:
            # Another process was quicker.
            if not cache.is_dir():
                raise
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    return Benchmark(folder, repository, cache)


def _files(folder: Path) -> list[Path]:
    return [
        folder / "corpus.jsonl",
        *(folder / strategy / f"{split}.json" for strategy in STRATEGIES for split in SPLITS),
    ]


def _convert(folder: Path, target: Path) -> None:
    files, premises = read_corpus(folder / "corpus.jsonl")
    corpus = Corpus(tuple(files), list(map(list, zip(*premises, strict=True))))
    found: dict[tuple[str, str, int, int], dict[str, str]] = {}
    for strategy in STRATEGIES:
        for split, ours in SPLITS.items():
            path = folder / strategy / f"{split}.json"
            for number, item in enumerate(items(path)):
                try:
                    line, column = item["start"]
                    place = (str(item["file_path"]), str(item["full_name"]), int(line), int(column))
                except (KeyError, TypeError, ValueError) as error:
                    raise BadInput(
                        f"{path}, item {number}: expected a theorem with file_path, full_name and start ({error!r})."
                    ) from error
                found.setdefault(place, {})[strategy] = ours
    rows = [
        (
            name,
            file,
            line,
            column,
            *corpus.statement(file, name, (line, column)),
            *map(splits.get, STRATEGIES, ("", "")),
        )
        for (file, name, line, column), splits in found.items()
    ]
    # Position, then place in the file.
    rows.sort(key=lambda row: (row[5], row[2], row[3]))
    _write(target / "theorems.parquet", rows, BenchmarkTheoremRow.__slots__)
    _write(target / "files.parquet", [(f.path, f.imports, f.first) for f in files], CorpusFile.__slots__)
    _write(target / "premises.parquet", premises, ("name", "code", "line", "column", "end_line", "end_column"))


def _write(path: Path, rows: list[tuple[Any, ...]], names: tuple[str, ...]) -> None:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    pq.write_table(pa.table([pa.array(column) for column in columns], names=list(names)), path, compression="zstd")


def _columns(path: Path) -> list[list[Any]]:
    return [column.to_pylist() for column in pq.read_table(path).columns]
