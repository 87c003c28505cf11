"""A user's own theorem set, from a file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..errors import BadInput, StatementError
from ..proof import Theorem
from ..text import read_utf8, unsendable
from .theorem_set import TheoremSet

__all__ = ["read_theorems"]


def read_theorems(path: str | Path, parse: Callable[[str], Theorem]) -> TheoremSet:
    """Read statements from a file and have a prover parse them.

    A `.jsonl` file has an object per line with `statement` and, if wanted, `name` and `split`. In any other file each
    line is a statement; empty lines and lines that begin with `#` are left out. Without a name a theorem is called
    `FILE:LINE`, without a split it is in `test`.

    Args:
        path: of the file, UTF-8; a byte order mark in front is dropped, lines end with a line feed, or a
            carriage return before it.
        parse: `Prover.parse` of the prover whose notation the statements are in.

    Raises:
        BadInput: the file cannot be read, or a line is not of this form.
        StatementError: the prover cannot read a statement; the message names the line.
    """
    path = Path(path)
    text = read_utf8(path)
    rows = _json_rows(path, text) if path.suffix == ".jsonl" else _text_rows(text)
    theorems = []
    for line, row in rows:
        try:
            theorem = parse(row["statement"])
        except StatementError as error:
            raise StatementError(f"{path}, line {line}: {error}") from error
        name = row.get("name", f"{path.name}:{line}")
        theorems.append(replace(theorem, name=name, theorem_set=path.stem, split=row.get("split", "test")))
    if not theorems:
        raise BadInput(f"Expected at least one statement in {path}, found none.")
    return TheoremSet(path.stem, tuple(theorems))


def _text_rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield number, {"statement": line.strip()}


def _json_rows(path: Path, text: str) -> Iterator[tuple[int, dict[str, str]]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row: Any = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise BadInput(f"{path}, line {number}: expected a JSON object, got `{line[:60]}` ({error}).") from error
        if not (isinstance(row, dict) and "statement" in row and all(isinstance(v, str) for v in row.values())):
            raise BadInput(
                f"{path}, line {number}: expected an object of texts with `statement` and, if wanted, `name` and "
                f"`split`, got `{line[:60]}`."
            )
        for key in ("name", "split"):
            if reason := unsendable(row.get(key, "")):
                raise BadInput(f"{path}, line {number}: `{key}` cannot be used: {reason}.")
        yield number, row
