"""HOList's text files of protocol messages: read block by block, so that large ones need little memory."""

from __future__ import annotations

import lzma
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from ....errors import BadInput, DependencyNotInstalled

try:
    from google.protobuf import text_format

    from .proto import deephol_pb2, proof_assistant_pb2
except ImportError as error:
    raise DependencyNotInstalled(
        f"HOList's files are read with protobuf, which is missing ({error}): pip install 'aitp-gym[holist]'"
    ) from error

__all__ = ["open_text", "parse_message", "read_blocks", "read_message", "text_lines"]

_FIELD = re.compile(r"^\w+ \{$")


def open_text(path: Path) -> TextIO:
    """Open a text file, compressed (`.xz`) or not.

    Raises:
        BadInput: it cannot be opened.
    """
    try:
        return lzma.open(path, "rt", encoding="utf-8") if path.suffix == ".xz" else path.open(encoding="utf-8")
    except OSError as error:
        raise BadInput(f"Expected a text file of protocol messages at {path}: {error.strerror}.") from error


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
    except text_format.ParseError as error:
        raise BadInput(f"{where}: expected a message {kind} in protobuf's text format: {error}") from error


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
        BadInput: it is damaged.
    """
    try:
        yield from file
    except (OSError, EOFError, lzma.LZMAError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} is damaged: {error}") from error


def _read(file: TextIO, path: Path) -> str:
    return "".join(text_lines(file, path))
