"""The spool: an Arrow IPC stream that grows by one record batch, one attempt, at a time.

Any Arrow library reads it (`pyarrow.ipc.open_stream`). The end-of-stream mark is left out, so a spool can be continued
by appending; readers take the end of the file for it, as the format allows.
https://arrow.apache.org/docs/format/Columnar.html#ipc-streaming-format
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from ..errors import TraceError
from .schema import SPOOL, check_schema

__all__ = ["Spool", "SpoolContent", "read_spool"]

_CONTINUATION = b"\xff\xff\xff\xff"


@dataclass(frozen=True, slots=True)
class SpoolContent:
    """What a spool holds.

    Attributes:
        batches: the whole record batches, one attempt each.
        end: bytes up to the end of the last whole message; what lies behind it is a torn tail.
    """

    batches: list[pa.RecordBatch]
    end: int


def read_spool(path: Path) -> SpoolContent:
    """Read the whole messages of a spool, and leave out the tail that a killed writer may have torn.

    Raises:
        TraceError: the file cannot be read, is foreign, or is damaged before its tail.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise TraceError(f"The trace {path} cannot be read: {error.strerror}.") from error
    source = pa.BufferReader(data)
    messages = pa.ipc.MessageReader.open_stream(source)
    batches: list[pa.RecordBatch] = []
    schema: pa.Schema | None = None
    end = 0
    try:
        while True:
            message = messages.read_next_message()
            if schema is None:
                schema = pa.ipc.read_schema(message)
                check_schema(schema, SPOOL, path)
            else:
                batch = pa.ipc.read_record_batch(message, schema)
                # The file may come from anywhere: offsets that point outside their buffers must not reach native code.
                batch.validate(full=True)
                batches.append(batch)
            end = source.tell()
    except StopIteration:
        pass
    except (pa.ArrowException, OSError, ValueError) as error:
        if isinstance(error, TraceError):
            raise
        if not _is_torn(data, end):
            what = str(error).partition("\n")[0]
            raise TraceError(
                f"{path} is not a trace or is damaged at byte {end} of {len(data)}: {what}. "
                "It was left as it is; restore it from a copy or move it away."
            ) from error
    return SpoolContent(batches, end)


def _is_torn(data: bytes, start: int) -> bool:
    """Whether the message at `start` ends with the file: what a writer leaves that is stopped in the middle of it."""
    tail = data[start:]
    if not tail.strip(b"\0"):
        return True  # Some file systems show zeros after a loss of power.
    if not tail.startswith(_CONTINUATION[: len(tail)]):
        return False
    if len(tail) < 8:
        return True
    metadata_length = int.from_bytes(tail[4:8], "little", signed=True)
    if metadata_length < 0 or 8 + metadata_length > len(tail):
        return metadata_length >= 0
    try:
        pa.ipc.read_message(pa.py_buffer(tail))
    except (OSError, pa.ArrowException) as error:
        # Metadata that is whole and announces more body than there is; Arrow has no way to ask but this one.
        return "message body, got" in str(error)
    return False


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
        self._file = open(path, "ab", buffering=0)  # noqa: SIM115 - closed by `close`
        self._file.truncate(self._end)
        if not self._end:
            self._write(SPOOL.serialize())

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
        view = memoryview(message)
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
