"""The spool: a file that grows by one record, one attempt, at a time.

The payloads of its records, one after the other, are an Arrow IPC stream without its end-of-stream mark: the schema,
then a record batch for each attempt. https://arrow.apache.org/docs/format/Columnar.html#ipc-streaming-format
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from ..errors import BadInput, TraceError
from ..files import open_to_append, read_bytes
from .arrow_stream import read_messages
from .records import damaged, read_records, to_record
from .schema import SPOOL, check_schema

__all__ = ["Spool", "SpoolContent", "read_spool"]


# A spool is read at once.
_MAX_SPOOL_BYTES = 16 * 2**30


@dataclass(frozen=True, slots=True)
class SpoolContent:
    """Content of a spool.

    Attributes:
        batches: the whole record batches, one attempt each, with the columns of the spool's schema version.
        end: bytes up to the end of the last whole record; what lies behind it is a torn tail.
    """

    batches: list[pa.RecordBatch]
    end: int


def read_spool(path: Path) -> SpoolContent:
    """Read the whole records of a spool, and leave out the tail that a killed writer may have torn.

    Args:
        path: a spool, of any schema version that is read.

    Raises:
        TraceError: the file cannot be read, is foreign, of another version, or damaged before its tail.
    """
    try:
        data = read_bytes(path, _MAX_SPOOL_BYTES)
    except (BadInput, MemoryError) as error:
        raise TraceError(f"The trace {path} cannot be read: {error}") from error
    except OSError as error:
        raise TraceError(f"The trace {path} cannot be read: {error.strerror}.") from error
    batches: list[pa.RecordBatch] = []
    schema: pa.Schema | None = None
    end = 0
    try:
        for message, message_end in _messages(data, path):
            if schema is None:
                schema = pa.ipc.read_schema(pa.py_buffer(message))
                check_schema(schema, SPOOL, path)
            else:
                batches.append(_read_batch(pa.py_buffer(message), schema))
            end = message_end
    except TraceError:
        raise
    except (pa.ArrowException, OSError, ValueError, MemoryError) as error:
        raise damaged(path, end, len(data), str(error).partition("\n")[0]) from error
    return SpoolContent(batches, end)


def _read_batch(message: pa.Buffer, schema: pa.Schema) -> pa.RecordBatch:
    """A record batch of a file that may come from anywhere.

    Raises:
        pa.ArrowException: it is damaged: offsets point outside their buffers, for example.
        ValueError: a map has an empty entry or key.
    """
    # Arrow ends the process where a map has one, so maps are first read as lists of pairs, which lie in memory alike:
    # what is right for these is right for maps.
    pairs = pa.ipc.read_record_batch(message, _without_maps(schema))
    pairs.validate(full=True)
    for field in schema:
        if pa.types.is_map(field.type):
            entries = pairs[field.name].values
            if entries.null_count or entries.field(0).null_count:
                raise ValueError(f"{field.name} has an empty key")
    return pa.ipc.read_record_batch(message, schema)


@functools.lru_cache(maxsize=8)
def _without_maps(schema: pa.Schema) -> pa.Schema:
    return pa.schema([field.with_type(_without_map(field.type)) for field in schema])


def _without_map(kind: pa.DataType) -> pa.DataType:
    if not pa.types.is_map(kind):
        return kind
    return pa.list_(pa.struct([("key", kind.key_type), ("value", kind.item_type)]))


def _messages(data: bytes, path: Path) -> Iterator[tuple[memoryview, int]]:
    return read_messages(data) if path.suffix == ".arrows" else read_records(data, path)


class Spool:
    """An open spool; each `append` is one write that either lands whole or is taken back.

    Args:
        path: the file; continued after its last whole attempt if it exists.
        fsync: also wait until each attempt is on the disk; a killed process loses nothing without it, a power cut may.
    """

    def __init__(self, path: Path, *, fsync: bool = False) -> None:
        self.path = path
        self._fsync = fsync
        self._end = read_spool(path).end if path.exists() else 0
        try:
            self._file = open_to_append(path)
            self._file.truncate(self._end)
        except (OSError, BadInput) as error:
            raise TraceError(f"The trace {path} cannot be written: {error}.") from error
        if not self._end:
            try:
                self._write(SPOOL.serialize())
            except TraceError:
                self.close()
                raise

    def append(self, batch: pa.RecordBatch) -> None:
        """Add one attempt.

        Raises:
            TraceError: the disk does not take it; the spool is then as it was before.
        """
        self._write(batch.serialize())

    def close(self) -> None:
        """Close the file; calling it twice is allowed."""
        self._file.close()

    def _write(self, message: pa.Buffer) -> None:
        view = memoryview(to_record(memoryview(message)))
        try:
            written = 0
            while written < len(view):
                written += self._file.write(view[written:])
            if self._fsync:
                os.fsync(self._file.fileno())
        except OSError as error:
            self._file.truncate(self._end)
            raise TraceError(f"The trace {self.path} cannot be written: {error.strerror}. Free disk space?") from error
        self._end += len(view)
