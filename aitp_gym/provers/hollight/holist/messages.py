"""HOList's text files of protocol messages: read block by block, so that large ones need little memory."""

from __future__ import annotations

import io
import lzma
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, TextIO

from ....errors import BadInput, DependencyNotInstalled
from ....files import open_regular

try:
    from google.protobuf import text_format

    from .proto import deephol_pb2, proof_assistant_pb2
except ImportError as error:
    raise DependencyNotInstalled(
        f"HOList's files are read with protobuf, which is missing ({error}): pip install 'aitp-gym[holist]'"
    ) from error

__all__ = ["MAX_TEXT_BYTES", "open_text", "parse_message", "read_blocks", "read_message", "text_lines"]

_FIELD = re.compile(r"^\w+ \{$")


MAX_TEXT_BYTES = 2 * 2**30
"""Largest text that is read, uncompressed."""

# One message of the published data has a few megabytes at most.
_MAX_LINE_CHARACTERS = 64 * 2**20


class _Bounded(io.RawIOBase):
    """A stream that refuses to give more than `MAX_TEXT_BYTES`: a small compressed file can hold any number."""

    def __init__(self, stream: IO[bytes], path: Path) -> None:
        self._stream = stream
        self._path = path
        self._left = MAX_TEXT_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._stream.read(len(buffer))
        self._left -= len(piece)
        if self._left < 0:
            raise BadInput(f"{self._path} holds more than {MAX_TEXT_BYTES} bytes of text, the most that is read.")
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        self._stream.close()
        super().close()


def open_text(path: Path) -> TextIO:
    """Open a text file, compressed (`.xz`) or not.

    Reading it raises `BadInput` where there is more than `MAX_TEXT_BYTES` of text.

    Raises:
        BadInput: it cannot be opened, or is no regular file.
    """
    try:
        file: IO[bytes] = open_regular(path, MAX_TEXT_BYTES)
    except OSError as error:
        raise BadInput(f"Expected a text file of protocol messages at {path}: {error.strerror}.") from error
    if path.suffix == ".xz":
        file = _Unpacked(file)
    return io.TextIOWrapper(io.BufferedReader(_Bounded(file, path)), encoding="utf-8")


class _Unpacked(lzma.LZMAFile):
    """The content of a compressed file, which is closed with it."""

    def __init__(self, packed: IO[bytes]) -> None:
        super().__init__(packed)
        self._packed = packed

    def close(self) -> None:
        super().close()
        self._packed.close()


def parse_message(text: str, kind: str, where: str) -> Any:
    """Read one message; fields that we do not know are skipped.

    Args:
        text: in protobuf's text format.
        kind: `Theorem`, `ProofLog` or `TacticsInfo`.
        where: of the text, for errors.

    Raises:
        BadInput: it is not such a message.
    """
    message = getattr(proof_assistant_pb2 if kind == "Theorem" else deephol_pb2, kind)()
    try:
        return text_format.Parse(text, message, allow_unknown_field=True)
    except (text_format.ParseError, ValueError) as error:
        raise BadInput(f"{where}: expected a message {kind} in protobuf's text format: {error}") from error
    except RecursionError as error:
        raise BadInput(f"{where}: the message {kind} is nested too deeply to be one of HOList's.") from error


def read_message(path: Path, kind: str) -> Any:
    """Read a file that is one message."""
    with open_text(path) as file:
        return parse_message(_read(file, path), kind, str(path))


def read_blocks(path: Path, field: str, kind: str) -> Iterator[Any]:
    """The messages `field { … }` of a file, one at a time, where each begins and ends on a line of its own.

    Raises:
        BadInput: a message cannot be read, or something is left open at the end of the file; names the line.
    """
    lines: list[str] = []
    started = 0
    with open_text(path) as file:
        for number, line in enumerate(text_lines(file, path), 1):
            if started:
                if line.rstrip() != "}":
                    lines.append(line)
                    continue
                yield parse_message("".join(lines), kind, f"{path}, line {started}")
                started, lines = 0, []
            elif line.rstrip() == f"{field} {{":
                started = number
            elif _FIELD.match(line.rstrip()):
                raise BadInput(f"{path}, line {number}: expected `{field} {{`, found `{line.strip()[:60]}`.")
    if started:
        raise BadInput(f"{path}, line {started}: what begins there does not end; the file is cut off.")


def text_lines(file: TextIO, path: Path) -> Iterator[str]:
    """The lines of an open file.

    Raises:
        BadInput: it is damaged, has too long a line, or too much text.
    """
    try:
        while line := file.readline(_MAX_LINE_CHARACTERS):
            if len(line) == _MAX_LINE_CHARACTERS:
                raise BadInput(f"{path} has a line of {_MAX_LINE_CHARACTERS} characters or more, which no message has.")
            yield line
    except (OSError, EOFError, lzma.LZMAError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} is damaged: {error}") from error


def _read(file: TextIO, path: Path) -> str:
    return "".join(text_lines(file, path))
