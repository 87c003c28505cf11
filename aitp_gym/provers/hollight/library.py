"""HOL Light's library of theorems, exported once from the server and kept beside its build."""

from __future__ import annotations

import contextlib
import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq

from ...errors import NotWritable, ProverUnavailable
from ...files import replacing
from ...proof import Library, Premise
from ..prover_process import ProcessFault
from .build import Build, locate
from .progress import Progress
from .server import Server

__all__ = [
    "HolLightTheoremRow",
    "WordKind",
    "known",
    "left_out",
    "lemma_rows",
    "load_library",
    "theorem_rows",
    "word_positions",
]


@dataclass(frozen=True, slots=True)
class HolLightTheoremRow:
    """One theorem of HOL Light's library.

    Attributes:
        name: HOL Light's name for it; of a lemma without a name, its fingerprint in decimal. Tactics use either.
        position: number of the top-level phrase of the sources that proves it; theorems of one phrase share it.
        file: source file.
        kind: `definition` for what is true by definition or assumed (axioms), else `theorem`.
        hypotheses: how many hypotheses it has, nearly always 0.
        fingerprint: HOList's 62-bit fingerprint.
        statement: its conclusion as a typed S-expression.
        pretty: its conclusion in HOL Light's notation.
    """

    name: str
    position: int
    file: str
    kind: str
    hypotheses: int
    fingerprint: int
    statement: str
    pretty: str


WordKind = Literal["tactic", "rule", "conversion", "conversional"]

_COLUMNS = [field.name for field in fields(HolLightTheoremRow)]
_NUMBERS = {"position", "hypotheses", "fingerprint"}


def theorem_rows(progress: Progress | None = None) -> tuple[HolLightTheoremRow, ...]:
    """Every placed theorem, by position and then name; the first call for a build needs the server.

    Raises:
        ProverUnavailable: HOL Light is not installed or does not start.
    """
    return _load(locate(), _LIBRARY, progress)[0]


def lemma_rows(progress: Progress | None = None) -> tuple[HolLightTheoremRow, ...]:
    """Theorems that HOL Light proves, defines or assumes while it loads without naming them, by position.

    HOList's theorem database has such lemmas too.

    Raises:
        ProverUnavailable: HOL Light is not installed or does not start.
    """
    return _load(locate(), _LEMMAS, progress)[0]


def known(progress: Progress | None = None) -> Mapping[int, HolLightTheoremRow]:
    """Every theorem by its fingerprint: the row of least position, one with a name where it has one.

    Raises:
        ProverUnavailable: HOL Light is not installed or does not start.
    """
    return _known(theorem_rows(progress), lemma_rows(progress))


@functools.lru_cache(maxsize=2)
def _known(
    named: tuple[HolLightTheoremRow, ...], lemmas: tuple[HolLightTheoremRow, ...]
) -> Mapping[int, HolLightTheoremRow]:
    found: dict[int, HolLightTheoremRow] = {}
    for row in (*named, *lemmas):
        other = found.get(row.fingerprint)
        if other is None or row.position < other.position:
            found[row.fingerprint] = row
    return MappingProxyType(found)


def left_out(progress: Progress | None = None) -> tuple[str, ...]:
    """Names of theorems whose place in the sources is unknown: they are neither goals nor premises."""
    return tuple(_metadata("left_out", progress).split())


def word_positions(kind: WordKind, progress: Progress | None = None) -> dict[str, int]:
    """From which position on each word of the tactic language exists.

    In the strict context a theorem needs a larger position to use it. A name that HOL Light's sources bind again exists
    from its first value on, and a theorem sees the last value before it.
    """
    lines = map(str.split, _metadata("words", progress).splitlines())
    return {name: int(position) for found, name, position in lines if found == kind}


def load_library(progress: Progress | None = None) -> Library:
    """The library as premises: HOL Light's names, typed S-expressions, positions."""
    return _library(theorem_rows(progress))


@functools.lru_cache(maxsize=2)
def _library(rows: tuple[HolLightTheoremRow, ...]) -> Library:
    entries = tuple(Premise(row.name, row.statement, row.position) for row in rows)
    state = hashlib.sha256()
    for entry in entries:
        state.update(f"{entry.name}\0{entry.statement}\0{entry.position}\n".encode())
    return Library("hollight-core", state.hexdigest()[:16], entries)


def _metadata(key: str, progress: Progress | None) -> str:
    return _load(locate(), _LIBRARY, progress)[1][key.encode()].decode()


# The server's requests for rows; the files they are kept in bear their names.
_LIBRARY, _LEMMAS = "LIBRARY", "LEMMAS"


def _path(build: Build, request: str) -> Path:
    return build.directory / f"{request.lower()}.parquet"


# Rows, and metadata of their table.
_Loaded = tuple[tuple[HolLightTheoremRow, ...], dict[bytes, bytes]]
# By build and request.
_loaded: dict[tuple[str, str], _Loaded] = {}


def _load(build: Build, request: str, progress: Progress | None) -> _Loaded:
    key = (build.identity, request)
    if key not in _loaded:
        path = _path(build, request)
        table = pq.read_table(path) if path.is_file() else _export(build, request, path, progress)
        columns = [column.to_pylist() for column in table.select(_COLUMNS).columns]
        _loaded[key] = tuple(map(HolLightTheoremRow, *columns)), dict(table.schema.metadata)
    return _loaded[key]


def _export(build: Build, request: str, path: Path, progress: Progress | None) -> pa.Table:
    """Ask the server for rows and keep them, whole or not at all; in a cache that is read-only, not at all."""
    child = Server.of(build).open(progress)
    try:
        kind, *cells = child.request([request])
        info = child.request(["INFO"])
    except ProcessFault as error:
        raise ProverUnavailable(f"HOL Light could not export its library: {error}") from error
    finally:
        child.close()
    if kind != "ok" or info[0] != "ok" or len(cells) % len(_COLUMNS):
        raise ProverUnavailable(f"HOL Light could not export its library: {cells[:1]}")
    columns = {
        name: list(map(int, cells[i :: len(_COLUMNS)])) if name in _NUMBERS else cells[i :: len(_COLUMNS)]
        for i, name in enumerate(_COLUMNS)
    }
    metadata = {"identity": build.identity, "left_out": info[3], "words": info[4]}
    table = pa.table(columns).replace_schema_metadata(metadata)
    with contextlib.suppress(NotWritable), replacing(path) as unfinished:
        pq.write_table(table, unfinished, compression="zstd")
    return table
