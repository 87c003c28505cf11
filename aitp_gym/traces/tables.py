"""From spooled attempts to the two tables, and from the tables to attempts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, starmap
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..proof import Attempt, Step
from .rows import from_rows
from .schema import ATTEMPTS, KEY_COLUMNS, SPOOL, STEP_FIELDS, STEPS, Key

__all__ = ["attempts_of", "keys_of", "split_batches"]

_CHUNK = 512  # attempts turned into Python objects at a time
_GROUP_BYTES = 2**30  # of spooled attempts turned into tables at a time: Arrow's texts end at 2 GiB for each array


def split_batches(batches: Sequence[pa.RecordBatch]) -> tuple[pa.Table, pa.Table]:
    """The `attempts` and `steps` tables of spooled attempts; the steps follow the order of the attempts."""
    tables = [_split_group(group) for group in _groups(batches)]
    return pa.concat_tables([a for a, _ in tables]), pa.concat_tables([s for _, s in tables])


def _groups(batches: Sequence[pa.RecordBatch]) -> Iterator[list[pa.RecordBatch]]:
    """The batches in order, in groups of bounded size; one group at least."""
    group: list[pa.RecordBatch] = []
    size = 0
    for batch in batches:
        if group and size + batch.nbytes > _GROUP_BYTES:
            yield group
            group, size = [], 0
        group.append(batch)
        size += batch.nbytes
    yield group


def _split_group(batches: Sequence[pa.RecordBatch]) -> tuple[pa.Table, pa.Table]:
    spooled = pa.Table.from_batches(batches, schema=SPOOL).combine_chunks()
    attempts = spooled.select(ATTEMPTS.names).cast(ATTEMPTS)
    nested = pa.chunked_array(
        [chunk.flatten() for chunk in spooled["steps"].chunks], SPOOL.field("steps").type.value_type
    )
    repeat = np.repeat(np.arange(len(attempts)), attempts["num_steps"].to_numpy())
    columns = [_encode(attempts[name]).take(pa.array(repeat)) for name in KEY_COLUMNS]
    columns += [_encode(column) for column in pa.Table.from_struct_array(nested).columns]
    return attempts, pa.Table.from_arrays(columns, schema=STEPS)


def _encode(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.dictionary_encode() if pa.types.is_string(column.type) else column


def keys_of(attempts: pa.Table | pa.RecordBatch) -> list[Key]:
    """The keys of the rows of an `attempts` table (other columns may be missing)."""
    return [Key(*values) for values in zip(*(attempts[name].to_pylist() for name in KEY_COLUMNS), strict=True)]


def attempts_of(attempts: pa.Table, steps: pa.Table) -> Iterator[tuple[Key, Attempt]]:
    """The rows as dataclasses, with their keys, in order; in chunks, so that memory stays bounded."""
    offset = 0
    for start in range(0, len(attempts), _CHUNK):
        rows = attempts.slice(start, _CHUNK)
        counts = rows["num_steps"].to_pylist()
        chunk = steps.slice(offset, sum(counts))
        offset += sum(counts)
        made = starmap(Step, zip(*(_values(chunk[name]) for name, _ in STEP_FIELDS), strict=True))
        for row, count in zip(rows.to_pylist(), counts, strict=True):
            yield Key(*(row[name] for name in KEY_COLUMNS)), from_rows(row, tuple(islice(made, count)))


def _values(column: pa.ChunkedArray) -> list[Any]:
    """The column as Python values; lists as tuples. Several times faster than `to_pylist` on these two types."""
    if pa.types.is_dictionary(column.type):
        return list(column.cast(column.type.value_type).to_pylist())
    if pa.types.is_list(column.type):
        items = iter([item for chunk in column.chunks for item in chunk.flatten().to_pylist()])
        return [tuple(islice(items, length)) for length in pc.list_value_length(column).to_pylist()]
    return list(column.to_pylist())
