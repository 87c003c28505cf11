"""The file of verdicts on rows of another file: added to as they come, and taken up again after a kill."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO, Self

from ..errors import BadInput
from ..files import FolderLock, json_value, open_to_append, read_bytes, writing

__all__ = ["VerdictFile"]

_MAX_BYTES = 4 * 2**30
_STATUSES = ("accepted", "refused", "unavailable")


class VerdictFile:
    """Verdicts, one JSON object a line. A context manager, which locks the file.

    A verdict stands for its row by the row's line and key, so that a file about other rows, or from another prover, is
    not taken for one about these. What a kill left of a last line is dropped.

    Args:
        path: of the file; `None` for none.
        keys: of the rows, by their line.

    Attributes:
        known: by line, the status of the rows that have a verdict; one that is not final is none.

    Raises:
        BadInput: the file has verdicts on other rows, is damaged before its last line, or is in use.
        NotWritable: it cannot be written.
    """

    def __init__(self, path: Path | None, keys: Mapping[int, str]) -> None:
        self._path, self._keys = path, keys
        self._file: BinaryIO | None = None
        self._lock: FolderLock | None = None
        self.known: dict[int, str] = {}

    def __enter__(self) -> Self:
        if self._path is not None:
            with writing(self._path, "Name another --output."):
                self._lock = FolderLock(self._path.with_name(f".{self._path.name}.lock"), f"The file {self._path}")
                try:
                    self._file = open_to_append(self._path)
                    self._take_up(self._path, self._file)
                except BaseException:
                    self.__exit__()
                    raise
        return self

    def add(self, verdict: Mapping[str, Any]) -> None:
        """Add a verdict; it is there when this returns."""
        if self._file is not None:
            assert self._path is not None
            with writing(self._path, "Free some space, and begin again: what is there stays."):
                self._file.write(json.dumps(verdict, ensure_ascii=False).encode() + b"\n")

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()
        if self._lock is not None:
            self._lock.release()

    def _take_up(self, path: Path, file: BinaryIO) -> None:
        content = read_bytes(path, _MAX_BYTES)
        whole = content[: content.rfind(b"\n") + 1]
        for number, line in enumerate(whole.split(b"\n")[:-1], 1):
            try:
                value = json_value(line.decode())
                place, key, status = value["line"], value["key"], value["verdict"]
            except (ValueError, KeyError, TypeError, RecursionError) as error:
                begin = line[:60].decode("utf-8", "replace")
                raise BadInput(
                    f"{path}, line {number}: expected a verdict of `aitp verify`, got `{begin}`. Name another --output."
                ) from error
            if self._keys.get(place) != key or status not in _STATUSES:
                raise BadInput(
                    f"{path}, line {number} is a verdict on another row than line {place} of the input, or was given "
                    "with other settings or another version of the prover. Name another --output."
                )
            self.known.pop(place, None)
            if value.get("final", True):
                self.known[place] = status
        if len(whole) < len(content):
            os.truncate(path, len(whole))
