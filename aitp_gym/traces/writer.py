"""Writing traces: the driver of a run is the only writer."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq

from ..errors import TraceError
from ..files import FolderLock, writing
from ..proof import Attempt
from .layout import LOCK_NAME, OLD_SPOOL, Part, list_parts
from .reader import read_keys, read_spooled
from .rows import printable, to_row
from .schema import SPOOL, Key
from .spool import Spool

__all__ = ["TraceWriter"]


class TraceWriter:
    """Adds attempts to a trace folder, each at most once, and survives being killed at any moment.

    An attempt is on record when `write` returns: it has been handed to the operating system in one piece. What a
    killed writer left is picked up by the next one: a torn tail is cut off, a half-done compaction is done again. In a
    folder of an earlier schema version finished parts stay as they are, what was being written is compacted first, and
    everything new is of today's version.

    Args:
        folder: the trace folder; created if missing.
        fsync: wait for the disk after each attempt (see `Spool`).

    Attributes:
        write_s: wall seconds spent in `write` and `compact` so far.

    Raises:
        BadInput: another process is writing to the folder.
        NotWritable: the folder cannot be made or locked.
        TraceError: the folder holds something else, or damaged or newer traces; nothing is changed.
    """

    def __init__(self, folder: Path | str, *, fsync: bool = False) -> None:
        self.folder = Path(folder)
        self.write_s = 0.0
        self._fsync = fsync
        self._spools: dict[int, Spool] = {}
        with writing(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
        list_parts(self.folder)  # Refuses a foreign folder before anything is put into it.
        self._lock = FolderLock(self.folder / LOCK_NAME, f"The trace folder {self.folder}")
        try:
            self._parts = list_parts(self.folder)
            self._keys = {key for part in self._parts for key in read_keys(part)}
            self._clear_leftovers()
        except BaseException:
            self._lock.release()
            raise

    def done_keys(self) -> frozenset[Key]:
        """The keys on record, for resuming."""
        return frozenset(self._keys)

    def write(self, attempt: Attempt, *, iteration: int, policy: str, split: str | None = None) -> None:
        """Put one attempt on record.

        Args:
            attempt: as the search agent returned it.
            iteration: of the training loop, >= 0.
            policy: label of the policy: `learned`, `uniform`, `frequency`, `fixed_order`, ...
            split: label of the group of theorems; `None` means the theorem's own split. The theorem is read back with
                this one.

        Raises:
            TraceError: the key is on record already, a value does not fit the schema, or the disk does not take it.
        """
        started = time.perf_counter()
        key = Key(iteration, attempt.theorem.split if split is None else split, policy, attempt.theorem.name)
        if key in self._keys:
            raise TraceError(f"{key} is on record already in {self.folder}; each key is attempted once.")
        self._spool(iteration).append(_encode(attempt, key))
        self._keys.add(key)
        self.write_s += time.perf_counter() - started

    def compact(self, iteration: int) -> None:
        """Turn the iteration's spooled attempts into Parquet; more may be written to the iteration afterwards.

        The part changes its form by one rename of a complete folder: a reader finds the spool or the tables.

        Raises:
            TraceError: the disk does not take the tables; the spool stays.
        """
        started = time.perf_counter()
        if iteration in self._spools:
            self._spools.pop(iteration).close()
        for part in self._parts:
            if part.iteration == iteration and not part.is_finished:
                _compact(part)
        self.write_s += time.perf_counter() - started

    def close(self) -> None:
        """Close the spools and let other writers in; calling it twice is allowed. Nothing is compacted."""
        for spool in self._spools.values():
            spool.close()
        self._spools.clear()
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _spool(self, iteration: int) -> Spool:
        if iteration not in self._spools:
            if iteration < 0:
                raise TraceError(f"An iteration is a number from 0, got {iteration}.")
            own = [part for part in self._parts if part.iteration == iteration]
            part = next((p for p in own if not p.is_finished), None)
            if part is None:
                serial = own[-1].serial + 1 if own else 0
                part = Part(iteration, serial, self.folder)
                self._parts = sorted([*self._parts, part])
            self._spools[iteration] = Spool(part.spool, fsync=self._fsync)
        return self._spools[iteration]

    def _clear_leftovers(self) -> None:
        for path in self.folder.glob("iteration-*.tmp"):
            shutil.rmtree(path)
        for part in self._parts:
            if part.is_finished:
                part.spool.unlink(missing_ok=True)
            elif part.spool.suffix == OLD_SPOOL:
                _compact(part)


# Converting a row as one struct is about twice as fast as column by column (`RecordBatch.from_pylist`).
_ROW = pa.struct(list(SPOOL))


def _encode(attempt: Attempt, key: Key) -> pa.RecordBatch:
    row = to_row(attempt, key)
    try:
        try:
            rows = pa.array([row], _ROW)
        except UnicodeEncodeError:
            rows = pa.array([printable(row)], _ROW)
    except (pa.ArrowException, OverflowError, TypeError) as error:
        raise TraceError(f"The attempt {key} does not fit the trace schema: {error}") from error
    return pa.RecordBatch.from_struct_array(rows)


def _compact(part: Part) -> None:
    tables = read_spooled(part)
    if len(tables[0]):
        shutil.rmtree(part.unfinished, ignore_errors=True)
        try:
            part.unfinished.mkdir()
            for table, place in zip(tables, (part.attempts, part.steps, part.search_events), strict=True):
                path = part.unfinished / place.name
                pq.write_table(table, path, compression="zstd", write_page_checksum=True)
                _sync(path)
            _sync(part.unfinished)
            os.rename(part.unfinished, part.finished)
            _sync(part.folder)
        except OSError as error:
            shutil.rmtree(part.unfinished, ignore_errors=True)
            what = os.strerror(error.errno) if error.errno else error
            raise TraceError(f"The trace {part.finished} cannot be written: {what}. Free disk space?") from error
    part.spool.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return  # Windows has no descriptors of folders; its renames are journalled.
    descriptor = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
