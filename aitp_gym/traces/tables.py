"""Conversion of spooled attempts to the three tables, and of the tables to attempts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, starmap
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..proof import Attempt, DrawnFringe, SearchEvent, Step
from .rows import from_rows
from .schema import ATTEMPTS, KEY_COLUMNS, SEARCH_EVENTS, SEARCH_FIELDS, SPOOL, STEP_FIELDS, STEPS, Key, upgraded

__all__ = ["attempts_of", "keys_of", "split_batches"]

_CHUNK = 512  # attempts turned into Python objects at a time
_GROUP_BYTES = 2**30  # of spooled attempts turned into tables at a time: Arrow's texts end at 2 GiB for each array


def split_batches(batches: Sequence[pa.RecordBatch]) -> tuple[pa.Table, pa.Table, pa.Table]:
    """The tables `attempts`, `steps` and `search_events` of spooled attempts, in the order of the attempts."""
    groups = [_split_group(group) for group in _groups(batches)]
    attempts, steps, events = (pa.concat_tables(tables) for tables in zip(*groups, strict=True))
    return attempts, steps, events


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


def _split_group(batches: Sequence[pa.RecordBatch]) -> tuple[pa.Table, pa.Table, pa.Table]:
    spooled = pa.Table.from_batches(batches, schema=batches[0].schema if batches else SPOOL).combine_chunks()
    attempts = upgraded(spooled.select([name for name in ATTEMPTS.names if name in spooled.column_names]), ATTEMPTS)
    steps = _flattened(spooled, attempts, "steps", "num_steps", STEPS)
    if "search_events" not in spooled.column_names:
        return attempts, steps, SEARCH_EVENTS.empty_table()
    return attempts, steps, _flattened(spooled, attempts, "search_events", "num_search_events", SEARCH_EVENTS)


def _flattened(spooled: pa.Table, attempts: pa.Table, name: str, number: str, schema: pa.Schema) -> pa.Table:
    """The rows that are nested in a column of the spool, each with the key of its attempt."""
    nested = spooled[name]
    rows = pa.chunked_array([chunk.flatten() for chunk in nested.chunks], nested.type.value_type)
    repeat = pa.array(np.repeat(np.arange(len(attempts)), attempts[number].to_numpy()))
    columns = {key: _encode(attempts[key]).take(repeat) for key in KEY_COLUMNS}
    table = pa.Table.from_struct_array(rows)
    columns |= {column: _encode(table[column]) for column in table.column_names}
    return upgraded(pa.table(columns), schema)


def _encode(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.dictionary_encode() if pa.types.is_string(column.type) else column


def keys_of(attempts: pa.Table | pa.RecordBatch) -> list[Key]:
    """The keys of the rows of an `attempts` table (other columns may be missing)."""
    return [Key(*values) for values in zip(*(attempts[name].to_pylist() for name in KEY_COLUMNS), strict=True)]


def attempts_of(attempts: pa.Table, steps: pa.Table, events: pa.Table | None) -> Iterator[tuple[Key, Attempt]]:
    """The rows as dataclasses, with their keys, in order; in chunks, so that memory stays bounded.

    Args:
        attempts: the table `attempts`.
        steps: the table `steps`.
        events: the table `search_events`; `None` leaves the attempts without.
    """
    step = event = 0
    for start in range(0, len(attempts), _CHUNK):
        rows = attempts.slice(start, _CHUNK).to_pylist()
        num_steps = sum(row["num_steps"] for row in rows)
        made = starmap(Step, _rows(steps.slice(step, num_steps), STEP_FIELDS))
        step += num_steps
        recorded: Iterator[SearchEvent] = iter(())
        if events is not None:
            num_events = sum(row["num_search_events"] for row in rows)
            recorded = map(_event, _rows(events.slice(event, num_events), SEARCH_FIELDS))
            event += num_events
        for row in rows:
            own = tuple(islice(made, row["num_steps"])), tuple(islice(recorded, row["num_search_events"]))
            yield Key(*(row[name] for name in KEY_COLUMNS)), from_rows(row, *own)


def _rows(table: pa.Table, fields: Sequence[tuple[str, pa.DataType]]) -> Iterator[tuple[Any, ...]]:
    return zip(*(_values(table[name]) for name, _ in fields), strict=True)


def _event(values: tuple[Any, ...]) -> SearchEvent:
    event = SearchEvent._make(values)
    if event.fringe is None:
        return event
    fringe: dict[str, Any] = values[-1]
    return event._replace(fringe=DrawnFringe(**{**fringe, "goals": tuple(fringe["goals"])}))


def _values(column: pa.ChunkedArray) -> list[Any]:
    """The column as Python values; lists as tuples. Several times faster than `to_pylist` on these two types."""
    if pa.types.is_dictionary(column.type):
        return list(column.cast(column.type.value_type).to_pylist())
    if pa.types.is_list(column.type):
        items = iter([item for chunk in column.chunks for item in chunk.flatten().to_pylist()])
        lengths = pc.list_value_length(column).to_pylist()
        return [None if length is None else tuple(islice(items, length)) for length in lengths]
    return list(column.to_pylist())
