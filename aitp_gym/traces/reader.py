"""Reading traces: as two tables, or attempt by attempt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ..errors import BadInput, TraceError
from ..files import open_regular
from ..proof import Attempt
from .layout import Part, list_parts
from .schema import ATTEMPTS, KEY_COLUMNS, SEARCH_EVENTS, STEPS, Key, check_schema, upgraded
from .spool import read_spool
from .tables import attempts_of, keys_of, split_batches
from .validation import check_attempts, check_keys, check_rows

__all__ = ["TraceReader", "read_keys", "read_spooled"]

# A run of a year has some ten million steps. A few bytes can announce any number of rows.
_MAX_ROWS = 200_000_000
_MAX_TABLE_BYTES = 64 * 2**30


class TraceReader:
    """The attempts in a trace folder, finished or still being written.

    Each call reads the folder anew. `iteration`, `split` and `policy` select; `None` takes all. Rows come by iteration,
    and within it in the order of writing. Parts of earlier schema versions have today's columns, with the defaults that
    `schema` documents.

    Args:
        folder: the `traces` folder of a run, or the run folder itself.

    Raises:
        TraceError: the folder (or later, a file in it) is missing, foreign, damaged, or of another schema version.
    """

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
        if (self.folder / "run.json").is_file() and (self.folder / "traces").is_dir():
            self.folder = self.folder / "traces"
        list_parts(self.folder)

    def attempts(self, iteration: int | None = None, split: str | None = None, policy: str | None = None) -> pa.Table:
        """One row per attempt, columns as `schema.ATTEMPTS`."""
        return self.tables(iteration, split, policy)[0]

    def steps(self, iteration: int | None = None, split: str | None = None, policy: str | None = None) -> pa.Table:
        """One row per tactic application, columns as `schema.STEPS`; `num_steps` rows for each row of `attempts`."""
        return self.tables(iteration, split, policy)[1]

    def search_events(
        self,
        iteration: int | None = None,
        split: str | None = None,
        policy: str | None = None,
        theorem: str | None = None,
    ) -> pa.Table:
        """One row per thing a search decided, columns as `schema.SEARCH_EVENTS`; the other methods never read these.

        There are `num_search_events` rows for each row of `attempts`; where that has `search_cut`, later ones are
        missing.

        Args:
            iteration: as in the other methods.
            split: the same.
            policy: the same.
            theorem: name of the theorem to replay; `None` takes all.
        """
        chosen = {"split": split, "policy": policy, "theorem": theorem}
        parts = [_read_events(part) for part in self._parts(iteration)]
        return pa.concat_tables([SEARCH_EVENTS.empty_table(), *(_select(chosen, events) for events in parts)])

    def tables(
        self, iteration: int | None = None, split: str | None = None, policy: str | None = None
    ) -> tuple[pa.Table, pa.Table]:
        """The tables `attempts` and `steps`, from one reading."""
        chosen = {"split": split, "policy": policy}
        parts = [_read(part) for part in self._parts(iteration)]
        attempts, steps = [_select(chosen, a) for a, _ in parts], [_select(chosen, s) for _, s in parts]
        return pa.concat_tables([ATTEMPTS.empty_table(), *attempts]), pa.concat_tables([STEPS.empty_table(), *steps])

    def records(
        self,
        iteration: int | None = None,
        split: str | None = None,
        policy: str | None = None,
        *,
        with_search: bool = False,
    ) -> Iterator[tuple[Key, Attempt]]:
        """The attempts as the dataclasses that were written (without `Theorem.payload`), each with its key.

        Args:
            iteration: as in the other methods.
            split: the same.
            policy: the same.
            with_search: whether the attempts have their `search_events`, which are left out otherwise.
        """
        chosen = {"split": split, "policy": policy}
        for part in self._parts(iteration):
            attempts, steps = (_select(chosen, table) for table in _read(part))
            yield from attempts_of(attempts, steps, _select(chosen, _read_events(part)) if with_search else None)

    def keys(self) -> list[Key]:
        """The keys on record, without reading the rest."""
        return [key for part in self._parts(None) for key in read_keys(part)]

    def _parts(self, iteration: int | None) -> Iterator[Part]:
        return (part for part in list_parts(self.folder) if iteration is None or part.iteration == iteration)


def read_keys(part: Part) -> list[Key]:
    """The keys of one part."""
    if part.is_finished:
        table = _read_parquet(part.attempts, ATTEMPTS, list(KEY_COLUMNS))
        with _checking(part):
            check_keys(table)
        return keys_of(table)
    keys: list[Key] = []
    for batch in read_spool(part.spool).batches:
        with _checking(part):
            check_keys(batch)
        keys += keys_of(batch)
    return keys


def read_spooled(part: Part) -> tuple[pa.Table, pa.Table, pa.Table]:
    """The tables `attempts`, `steps` and `search_events` of a part that is still being written.

    Raises:
        TraceError: the spool cannot be read, or holds what no attempt can have.
    """
    content = read_spool(part.spool)
    with _checking(part):
        attempts, steps, events = split_batches(content.batches)
        check_attempts(attempts)
        check_rows(attempts, steps, "num_steps")
        check_rows(attempts, events, "num_search_events")
    return attempts, steps, events


def _read(part: Part) -> tuple[pa.Table, pa.Table]:
    if not part.is_finished:
        attempts, steps, _ = read_spooled(part)
        return attempts, steps
    attempts, steps = _read_parquet(part.attempts, ATTEMPTS), _read_parquet(part.steps, STEPS)
    with _checking(part):
        check_attempts(attempts)
        check_rows(attempts, steps, "num_steps")
    return attempts, steps


def _read_events(part: Part) -> pa.Table:
    if not part.is_finished:
        return read_spooled(part)[2]
    attempts = _read_parquet(part.attempts, ATTEMPTS, [*KEY_COLUMNS, "num_search_events"])
    counts = attempts["num_search_events"]
    if not part.search_events.exists() and not pc.any(pc.not_equal(counts, 0)).as_py():
        return SEARCH_EVENTS.empty_table()  # written before schema version 4
    events = _read_parquet(part.search_events, SEARCH_EVENTS)
    with _checking(part):
        check_keys(attempts)
        check_rows(attempts, events, "num_search_events")
    return events


@contextmanager
def _checking(part: Part) -> Iterator[None]:
    """Say of which part it is that something was found which no attempt can have."""
    path = part.finished if part.is_finished else part.spool
    try:
        yield
    except (ValueError, pa.ArrowException, MemoryError) as error:
        what = str(error).partition("\n")[0]
        raise TraceError(f"{path} is damaged or not a trace of aitp-gym: {what}.") from error


def _read_parquet(path: Path, schema: pa.Schema, columns: list[str] | None = None) -> pa.Table:
    """A table in today's schema version, or some of its columns."""
    wanted = schema if columns is None else pa.schema([schema.field(name) for name in columns], schema.metadata)
    try:
        open_regular(path, _MAX_TABLE_BYTES).close()
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            check_schema(file.schema_arrow, schema, path)
            _check_size(file.metadata)
            table = file.read([name for name in wanted.names if name in file.schema_arrow.names])
        # The file may come from anywhere: offsets that point outside their buffers must not reach native code.
        table.validate(full=True)
        return upgraded(table, wanted)
    except TraceError:
        raise
    except (pa.ArrowException, OSError, BadInput, MemoryError, ValueError) as error:
        what = str(error).partition("\n")[0]
        raise TraceError(f"The trace {path} cannot be read: {what}. It is damaged or not a trace.") from error


def _check_size(metadata: pq.FileMetaData) -> None:
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    num_bytes = sum(group.total_byte_size for group in groups)
    if not 0 <= metadata.num_rows <= _MAX_ROWS or not 0 <= num_bytes <= _MAX_TABLE_BYTES:
        raise BadInput(f"it announces {metadata.num_rows} rows of {num_bytes} bytes, more than are read")


def _select(wanted: Mapping[str, str | None], table: pa.Table) -> pa.Table:
    """The rows of some split, policy or theorem; `None` takes all."""
    mask = None
    for name, value in wanted.items():
        if value is not None:
            equal = pc.equal(table[name], value)
            mask = equal if mask is None else pc.and_(mask, equal)
    return table if mask is None else table.filter(mask)
