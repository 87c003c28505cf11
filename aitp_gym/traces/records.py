"""Checked records in a file that grows: each has its length and checksums, so that any torn or damaged byte shows.

A record is a header of 16 bytes (the magic `AITP`, the payload's length as uint64, the CRC-32 of these 12 bytes as
uint32), the payload, and its CRC-32 as uint32; numbers are little-endian.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

from ..errors import TraceError

__all__ = ["read_records", "to_record"]

_MAGIC = b"AITP"
_HEADER = struct.Struct("<4sQ")
_CHECKSUM = struct.Struct("<I")
_HEADER_BYTES = _HEADER.size + _CHECKSUM.size


def to_record(payload: bytes | memoryview) -> bytes:
    """The bytes of a record."""
    header = _HEADER.pack(_MAGIC, len(payload))
    return b"".join((header, _checksum(header), payload, _checksum(payload)))


def read_records(data: bytes, path: Path) -> Iterator[tuple[memoryview, int]]:
    """The payloads of the whole records, each with the place where its record ends.

    A last record that a writer did not finish is left out: the file ends inside it, or holds zeros from some place on,
    which is what some file systems show after a loss of power.

    Args:
        data: content of the file.
        path: of the file, for messages.

    Raises:
        TraceError: the file holds no records, or a record is damaged.
    """
    view = memoryview(data)
    start = 0
    while start < len(view):
        header = view[start : start + _HEADER_BYTES]
        body = start + _HEADER_BYTES
        magic = bytes(header[: len(_MAGIC)])
        if magic != _MAGIC or header[_HEADER.size :] != _checksum(header[: _HEADER.size]):
            written = bytes(view[start:]).rstrip(b"\0")
            if len(written) < _HEADER_BYTES and _MAGIC.startswith(written[: len(_MAGIC)]):
                return
            raise damaged(path, start, len(view), "no record begins there")
        end = body + _HEADER.unpack_from(header)[1]
        if len(view) < end + _CHECKSUM.size:
            return
        checksum = _checksum(view[body:end])
        if view[end : end + _CHECKSUM.size] != checksum:
            if checksum.startswith(bytes(view[end:]).rstrip(b"\0")):
                return
            raise damaged(path, start, len(view), "the record's checksum is wrong")
        start = end + _CHECKSUM.size
        yield view[body:end], start


def damaged(path: Path, place: int, size: int, reason: str) -> TraceError:
    """The error for a file that cannot be trusted from some byte on."""
    return TraceError(
        f"{path} is not a trace or is damaged at byte {place} of {size}: {reason}. "
        "It was left as it is; restore it from a copy or move it away."
    )


def _checksum(data: bytes | memoryview) -> bytes:
    return _CHECKSUM.pack(zlib.crc32(data))
