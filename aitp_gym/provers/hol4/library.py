"""HOL4's library of theorems, exported once from the running HOL4 and kept beside the heap."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ...errors import NotWritable, ProverUnavailable
from ...files import replacing
from ...proof import Library, Premise
from ..prover_process import ProcessFault
from .heap import Heap, build
from .worker import Hol4Worker

__all__ = ["Hol4TheoremRow", "load_library", "premise_indices", "theorem_rows"]

_MEMORY_MB = 1000


@dataclass(frozen=True, slots=True)
class Hol4TheoremRow:
    """One named theorem of a theory that is part of HOL4's standard heap.

    Attributes:
        name: `theory.name`.
        theory: its theory.
        number: place in its theory: HOL4's own numbering of saved theorems, ascending in the order of proof.
        position: place in the library: theories in an order in which parents come first, then by number.
        kind: `theorem`, `definition` or `axiom`.
        hypotheses: how many hypotheses it has.
        oracles: what its tag names besides HOL4's own theory files.
        statement: its conclusion as a typed S-expression; `pretty`: in HOL4's notation.
        dependencies: names of the theorems that its recorded proof rests on directly.
    """

    name: str
    theory: str
    number: int
    position: int
    kind: str
    hypotheses: int
    oracles: tuple[str, ...]
    statement: str
    pretty: str
    dependencies: tuple[str, ...]


_COLUMNS = [field.name for field in fields(Hol4TheoremRow)]


def theorem_rows() -> tuple[Hol4TheoremRow, ...]:
    """Every named theorem, by position; the first call for a heap asks HOL4, which takes a few seconds.

    Raises:
        ProverUnavailable: HOL4 was not found or does not start.
    """
    return _load(build())[0]


def load_library() -> Library:
    """The library as premises: `theory.name`, typed S-expressions, positions."""
    return _library(theorem_rows())


@functools.lru_cache(maxsize=2)
def _library(rows: tuple[Hol4TheoremRow, ...]) -> Library:
    entries = tuple(Premise(row.name, row.statement, row.position) for row in rows)
    state = hashlib.sha256()
    for entry in entries:
        state.update(f"{entry.name}\0{entry.statement}\0{entry.position}\n".encode())
    return Library("hol4-core", state.hexdigest()[:16], entries)


def premise_indices(row: Hol4TheoremRow) -> list[int]:
    """Positions of what a theorem may use: all of the theories that its own builds on, and what precedes it there."""
    inherited, first = _inherited(build(), row.theory)
    return [*inherited, *range(first, row.position)]


@functools.lru_cache(maxsize=128)
def _inherited(heap: Heap, theory: str) -> tuple[list[int], int]:
    """Positions of the theorems of a theory's ancestors, and of its own first theorem."""
    rows, ancestors = _load(heap)
    above = ancestors[theory]
    first = next(row.position for row in rows if row.theory == theory)
    return [row.position for row in rows if row.theory in above], first


_loaded: dict[str, tuple[tuple[Hol4TheoremRow, ...], dict[str, frozenset[str]]]] = {}


def _load(heap: Heap) -> tuple[tuple[Hol4TheoremRow, ...], dict[str, frozenset[str]]]:
    if heap.identity not in _loaded:
        path = heap.directory / "library.parquet"
        table = pq.read_table(path, columns=_COLUMNS) if path.is_file() else _export(heap, path)
        columns = [_tuples(column.to_pylist()) for column in table.columns]
        ancestors = json.loads(table.schema.metadata[b"ancestors"])
        rows = tuple(map(Hol4TheoremRow, *columns))
        _loaded[heap.identity] = rows, {theory: frozenset(names) for theory, names in ancestors.items()}
    return _loaded[heap.identity]


def _tuples(values: list[Any]) -> list[Any]:
    return [tuple(value) if isinstance(value, list) else value for value in values]


def _export(heap: Heap, path: Path) -> pa.Table:
    """Ask HOL4 for its library and keep it, whole or not at all; in a cache that is read-only, not at all."""
    worker = Hol4Worker(heap, _MEMORY_MB)
    try:
        theories = worker.request({"op": "theories"})["theories"]
        # One request for each theory: all at once would take HOL4 longer than a request may.
        requests = [{"op": "library", "theory": theory["name"]} for theory in theories]
        found = [row for request in requests for row in worker.request(request)["rows"]]
    except (ProcessFault, KeyError) as error:
        raise ProverUnavailable(f"HOL4 could not export its library: {error}") from error
    finally:
        worker.close()
    order = {theory["name"]: place for place, theory in enumerate(theories)}
    found.sort(key=lambda row: (order[row["theory"]], row["number"], row["name"]))
    names = {(row["theory"], row["number"]): f"{row['theory']}.{row['name']}" for row in reversed(found)}
    rows = [
        {
            **row,
            "name": f"{row['theory']}.{row['name']}",
            "position": position,
            "oracles": [oracle for oracle in row["oracles"] if oracle != "DISK_THM"],
            "dependencies": [
                names[theory, number]
                for theory, numbers in row["dependencies"]
                for number in numbers
                if (theory, number) in names
            ],
        }
        for position, row in enumerate(found)
    ]
    ancestors = {theory["name"]: theory["ancestors"] for theory in theories}
    table = pa.Table.from_pylist(rows).select(_COLUMNS).replace_schema_metadata({"ancestors": json.dumps(ancestors)})
    with contextlib.suppress(NotWritable), replacing(path) as unfinished:
        pq.write_table(table, unfinished, compression="zstd")
    return table
