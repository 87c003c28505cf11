"""Spools of schema versions 2 and 3: plain Arrow IPC streams, read where a killed run left one.

A message is a continuation mark, the length of its metadata, the metadata (a flatbuffer, padded) and a body whose
length the metadata gives. https://arrow.apache.org/docs/format/Columnar.html#encapsulated-message-format
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

__all__ = ["read_messages"]

_PREFIX = struct.Struct("<4si")
_CONTINUATION = b"\xff\xff\xff\xff"
_BODY_LENGTH = 3  # place among the fields of the flatbuffer table `Message`: version, header type, header, body length


def read_messages(data: bytes) -> Iterator[tuple[memoryview, int]]:
    """The whole messages, each with the place where it ends; a torn last one, or zeros in its place, are left out.

    Raises:
        ValueError: no message begins where one should.
    """
    view = memoryview(data)
    start = 0
    while any(view[start:]):
        tail = view[start:]
        if len(tail) < _PREFIX.size:
            return
        mark, metadata_bytes = _PREFIX.unpack_from(tail)
        if mark != _CONTINUATION or metadata_bytes <= 0:
            raise ValueError("no message begins there")
        body = _PREFIX.size + metadata_bytes
        if len(tail) < body:
            return
        end = body + _body_bytes(tail[_PREFIX.size : body])
        if len(tail) < end:
            return
        yield tail[:end], start + end
        start += end


def _body_bytes(metadata: memoryview) -> int:
    """The field `bodyLength` of a flatbuffer `Message` (format: https://flatbuffers.dev/internals)."""
    try:
        (table,) = struct.unpack_from("<I", metadata)
        (back,) = struct.unpack_from("<i", metadata, table)
        (vtable_bytes,) = struct.unpack_from("<H", metadata, table - back)
        slot = 4 + 2 * _BODY_LENGTH
        offset = struct.unpack_from("<H", metadata, table - back + slot)[0] if slot < vtable_bytes else 0
        length = int(struct.unpack_from("<q", metadata, table + offset)[0]) if offset else 0
    except struct.error as error:
        raise ValueError("its metadata is none") from error
    if length < 0:
        raise ValueError("its metadata is none")
    return length
