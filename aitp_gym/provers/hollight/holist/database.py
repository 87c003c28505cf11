"""HOList's theorem database (arXiv:1904.03241): read once from its text file, then kept as Parquet."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, fields
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from .... import cache
from ....errors import BadInput, ProverUnavailable
from ....files import open_regular, replacing

__all__ = ["CORPORA", "Database", "DatabaseEntry", "import_database"]

CORPORA = ("core", "complex", "flyspeck")
"""The database's parts, each building on those before it."""

VARIABLE = "AITP_HOLIST_DATABASE"
_FORMAT = 2
_BATCH = 2000
_MAX_FILE_BYTES = 2 * 2**30
# The published database has over 20,000.
_FEWEST_ENTRIES = 1000
# `Theorem.Tag` and `Theorem.Split` of proto/proof_assistant.proto; our names for the splits.
_KINDS = {1: "theorem", 2: "definition", 3: "type_definition"}
_THEOREM = 1
_SPLITS = {0: "", 1: "train", 2: "valid", 3: "test"}


@dataclass(frozen=True, slots=True)
class DatabaseEntry:
    """One entry.

    Attributes:
        index: place in the database: an entry may use those of smaller index.
        fingerprint: 62-bit hash of the conclusion, by which tactics name it.
        conclusion: typed S-expression; `hypotheses`: likewise (the published database has none).
        kind: `theorem`, `definition` or `type_definition`.
        split: the published `train`, `valid` or `test`; empty for what is in none.
        corpora: those of `CORPORA` it belongs to.
        file: HOL Light's source file, empty where it is not named.
        pretty: in HOL Light's notation.
        message: of a definition, the entry as a serialised `Theorem` message: what an original server has to be told
            to make the definition. Empty for theorems.
    """

    index: int
    fingerprint: int
    conclusion: str
    hypotheses: tuple[str, ...]
    kind: str
    split: str
    corpora: tuple[str, ...]
    file: str
    pretty: str
    message: bytes = b""


_SCHEMA = pa.schema(
    [
        ("index", pa.int32()),
        ("fingerprint", pa.int64()),
        ("conclusion", pa.string()),
        ("hypotheses", pa.list_(pa.string())),
        ("kind", pa.string()),
        ("split", pa.string()),
        ("corpora", pa.list_(pa.string())),
        ("file", pa.string()),
        ("pretty", pa.string()),
        ("message", pa.binary()),
    ],
    metadata={"format": str(_FORMAT)},
)
_COLUMNS = [field.name for field in fields(DatabaseEntry)]


@dataclass(frozen=True)
class Database:
    """The theorem database.

    Attributes:
        entries: in the order of the database.
        digest: identifies the file it was read from.
    """

    entries: tuple[DatabaseEntry, ...]
    digest: str

    @cached_property
    def by_fingerprint(self) -> Mapping[int, DatabaseEntry]:
        """Each entry by its fingerprint; of several with one fingerprint the first."""
        return {entry.fingerprint: entry for entry in reversed(self.entries)}

    def corpus(self, name: str) -> list[DatabaseEntry]:
        """The entries of `core`, `complex` or `flyspeck`, in the order of the database."""
        return [entry for entry in self.entries if name in entry.corpora]

    @classmethod
    def load(cls, path: Path | None = None) -> Database:
        """Read the database: seconds the first time, a fraction of one later.

        Args:
            path: of a `theorem_database_v1.1.textpb`, as published or compressed with xz. `None` for the file that
                the environment variable AITP_HOLIST_DATABASE names, else the one that was imported.

        Raises:
            BadInput: there is no such file, nothing was imported, or the file is damaged.
            DependencyNotInstalled: protobuf is missing, and the file has not been read before.
        """
        if path is None:
            named = os.environ.get(VARIABLE)
            path = Path(named) if named else None
        digest = _imported_digest() if path is None else _digest(path)
        return _load(digest, path)


def import_database(path: Path) -> Database:
    """Read a database and make it the one that `Database.load` finds without a path.

    Raises:
        BadInput: the file is not such a database; what was imported before stays.
        ProverUnavailable: the cache cannot be written.
    """
    cache.writable_cache(_cache())
    database = Database.load(path)
    if len(database.entries) < _FEWEST_ENTRIES:
        raise BadInput(
            f"{path} has {len(database.entries)} entries, too few for HOList's theorem database, which has over "
            f"20,000; what was imported before stays. To use this file all the same, set {VARIABLE} to its path."
        )
    with replacing(_pointer()) as unfinished:
        unfinished.write_text(database.digest + "\n")
    return database


def _cache() -> Path:
    return cache.cache_root() / "holist"


def _pointer() -> Path:
    return _cache() / "imported"


def _imported_digest() -> str:
    try:
        return _pointer().read_text().strip()
    except OSError:
        raise BadInput(
            "HOList's theorem database is not known here. It is published as theorem_database_v1.1.textpb: "
            f"`aitp import holist-database FILE` reads it once and for all, or set {VARIABLE} to its path."
        ) from None


def _digest(path: Path) -> str:
    try:
        with open_regular(path, _MAX_FILE_BYTES) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()[:16]
    except OSError as error:
        raise BadInput(f"Expected HOList's theorem database at {path}: {error.strerror}.") from error


@lru_cache(maxsize=2)
def _load(digest: str, path: Path | None) -> Database:
    cached = _cache() / f"{digest}.parquet"
    if not _is_current(cached):
        if path is None:
            raise BadInput("The imported theorem database is not in the cache any more; import it again.")
        try:
            cache.writable_cache(cached.parent)
        except ProverUnavailable:
            # Then it is read each time anew.
            return Database(tuple(_read(path)), digest)
        with replacing(cached) as unfinished:
            _write(_read(path), unfinished)
    columns = [column.to_pylist() for column in pq.read_table(cached, columns=_COLUMNS).columns]
    columns = [[tuple(v) for v in column] if column and isinstance(column[0], list) else column for column in columns]
    return Database(tuple(map(DatabaseEntry, *columns)), digest)


def _is_current(cached: Path) -> bool:
    try:
        metadata: Mapping[bytes, bytes] = pq.read_schema(cached).metadata or {}
    except (OSError, pa.ArrowException):
        return False
    return metadata.get(b"format") == str(_FORMAT).encode()


def _read(path: Path) -> Iterator[DatabaseEntry]:
    from .messages import read_blocks

    index = -1
    for index, theorem in enumerate(read_blocks(path, "theorems", "Theorem")):
        if not theorem.conclusion or not theorem.fingerprint or theorem.tag not in _KINDS:
            raise BadInput(f"{path}, entry {index}: expected a theorem or definition with conclusion and fingerprint.")
        tags = tuple(theorem.library_tag)
        yield DatabaseEntry(
            index=index,
            fingerprint=theorem.fingerprint,
            conclusion=theorem.conclusion,
            hypotheses=tuple(theorem.hypotheses),
            kind=_KINDS[theorem.tag],
            split=_SPLITS.get(theorem.training_split, ""),
            corpora=tuple(tag for tag in tags if tag in CORPORA),
            file=next((tag for tag in tags if tag.endswith(".ml")), ""),
            pretty=theorem.pretty_printed,
            message=b"" if theorem.tag == _THEOREM else theorem.SerializeToString(),
        )
    if index < 0:
        raise BadInput(f"{path} has no entries: expected HOList's theorem database, theorem_database_v1.1.textpb.")


def _write(entries: Iterable[DatabaseEntry], path: Path) -> None:
    with pq.ParquetWriter(path, _SCHEMA, compression="zstd") as writer:
        batch: list[tuple[Any, ...]] = []
        for entry in entries:
            batch.append(astuple(entry))
            if len(batch) == _BATCH:
                writer.write_batch(_record_batch(batch))
                batch = []
        if batch:
            writer.write_batch(_record_batch(batch))


def _record_batch(rows: list[tuple[Any, ...]]) -> pa.RecordBatch:
    columns = [pa.array([row[i] for row in rows], field.type) for i, field in enumerate(_SCHEMA)]
    return pa.RecordBatch.from_arrays(columns, schema=_SCHEMA)
