"""Validation of traces: what the schema's types do not say, so that readers can rely on it.

A trace may come from somebody else. Its tables have every value that attempts must have, numbers in their ranges, the
rows of each attempt under its key, and proofs without cycles; everything is checked column by column.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ..proof.attempt import AttemptStatus
from .schema import KEY_COLUMNS

__all__ = ["check_attempts", "check_keys", "check_rows"]

# Places that may be empty: the fields that are `None` in some attempt, step or event.
_OPTIONAL = frozenset(
    {
        "position",
        "provable",
        "verdict",
        "verdict.step",
        "verdict.strict",
        "proof",
        "proved_at",
        "budget.max_nodes",
        "budget.max_tactics",
        "budget.prover_s",
        "budget.wall_s",
        "policy_target",
        "critic_target",
        "edge",
        "visits",
        "priority",
        "score",
        "cost",
        "prior",
        "count",
        "virtual",
        "value",
        "repeated",
        "fringe",
    }
)
_COUNTS = ("iteration", "found", "refused", "num_steps", "num_search_events", "spent.nodes", "spent.tactics")
_POSITIVE = ("proved_at", "budget.max_nodes", "budget.max_tactics", "budget.prover_s", "budget.wall_s")
_FINITE = ("spent.prover_s", "spent.wall_s", "policy_s", "search_s", "check_s", "verdict.elapsed_s")
_STEP_COUNTS = ("index", "visits")
_STEP_FINITE = ("elapsed_s", "cpu_s", "policy_target", "critic_target")

_LARGEST = 1e15
_Ids = NDArray[np.int64]


def check_keys(table: pa.Table | pa.RecordBatch) -> None:
    """Object to attempts without a key.

    Raises:
        ValueError: a column of the key has an empty place, or an iteration is negative; the message says which.
    """
    for name in KEY_COLUMNS:
        if table[name].null_count:
            raise ValueError(f"the column {name} has empty places")
    _check_least(table["iteration"], "iteration", 0)


def check_attempts(attempts: pa.Table) -> None:
    """Object to rows of `attempts`, in today's columns, that no attempt can have.

    Raises:
        ValueError: there is one; the message says what is wrong.
    """
    _check_present(attempts)
    for name in _COUNTS:
        _check_least(_place(attempts, name), name, 0)
    for name in _POSITIVE:
        _check_positive(_place(attempts, name), name)
    for name in _FINITE:
        _check_finite(_place(attempts, name), name)
    _check_choice(attempts["status"], "status", get_args(AttemptStatus))
    _check_choice(_place(attempts, "verdict.status"), "verdict.status", ("accepted", "refused", "unavailable"))
    proved = attempts.filter(pc.equal(attempts["status"], "proved"))
    if len(proved) and pc.any(pc.not_equal(_place(proved, "verdict.status"), "accepted")).as_py():
        raise ValueError("a proved attempt has no accepted proof")
    _check_proofs(attempts["proof"])


def check_rows(attempts: pa.Table, rows: pa.Table, number: str) -> None:
    """Object to rows of `steps` or `search_events` that do not go with their attempts.

    Args:
        attempts: checked by `check_attempts`.
        rows: in today's columns, those of each attempt after those of the one before.
        number: the column of `attempts` that counts them.

    Raises:
        ValueError: a row is not under its attempt's key, lacks a value, or a number is out of range.
    """
    counts = _ids(attempts[number])
    if counts.sum() != len(rows):
        what = number.removeprefix("num_").replace("_", " ")
        raise ValueError(f"{counts.sum()} {what} are announced and {len(rows)} are there")
    _check_present(rows)
    # A tactic for no open goal has the number -1.
    _check_least(rows["node"], "node", -1)
    owner = np.repeat(np.arange(len(attempts)), counts)
    for name in KEY_COLUMNS:
        own, announced = _codes(rows[name], attempts[name])
        if not np.array_equal(own, announced[owner]):
            raise ValueError(f"rows stand under another {name} than their attempt's, or {number} is wrong")
    if number != "num_steps":
        _check_least(rows["index"], "index", 0)
        return
    for name in _STEP_COUNTS:
        _check_least(rows[name], name, 0)
    for name in _STEP_FINITE:
        _check_finite(rows[name], name)
    _check_least(pc.list_flatten(rows["children"]), "children", 0)


def _check_present(table: pa.Table) -> None:
    for field in table.schema:
        for place in _empty_places(table[field.name].combine_chunks(), field.name):
            raise ValueError(f"the column {place} has empty places")


def _empty_places(values: Any, place: str) -> Iterator[str]:
    """Names of the places, nested ones included, that are empty somewhere and must not be."""
    kind = values.type
    if values.null_count:
        if place not in _OPTIONAL:
            yield place
        # What is below an empty place says nothing.
        values = values.drop_null()
    if pa.types.is_struct(kind):
        for field in kind:
            yield from _empty_places(pc.struct_field(values, field.name), f"{place}.{field.name}")
    elif pa.types.is_map(kind):
        yield from _empty_places(values.items, f"{place}[]")
    elif pa.types.is_list(kind):
        yield from _empty_places(values.flatten(), f"{place}[]")


def _place(table: pa.Table, name: str) -> Any:
    column, _, field = name.partition(".")
    return pc.struct_field(table[column], field) if field else table[column]


def _check_least(values: Any, name: str, least: int) -> None:
    found = pc.min(values).as_py()
    if found is not None and found < least:
        raise ValueError(f"{name} is {found}, and at least {least} was expected")


def _check_positive(values: Any, name: str) -> None:
    if not pc.all(pc.greater(values, 0), min_count=0).as_py():
        raise ValueError(f"{name} is not a positive number")


def _check_finite(values: Any, name: str) -> None:
    # Sums of such numbers are finite too.
    if not pc.all(pc.less(pc.abs(values), _LARGEST), min_count=0).as_py():
        raise ValueError(f"{name} is not a number below {_LARGEST:.0e}")


def _check_choice(values: Any, name: str, known: tuple[str, ...]) -> None:
    unknown = set(pc.unique(values).to_pylist()) - {*known, None}
    if unknown:
        raise ValueError(f"{name} is {min(unknown)!r}, and one of {', '.join(known)} was expected")


def _check_proofs(proofs: pa.ChunkedArray) -> None:
    """The steps of a proof come before those that prove their subgoals, and every subgoal has one."""
    proofs = proofs.combine_chunks().drop_null()
    sizes = _ids(pc.list_value_length(proofs))
    if (sizes == 0).any():
        raise ValueError("a proof has no steps")
    children = pc.struct_field(proofs.flatten(), "children")
    numbers = _ids(pc.list_value_length(children))
    child = _ids(children.flatten())
    first = np.repeat(np.cumsum(sizes) - sizes, sizes)
    parent = np.repeat(np.arange(len(first)) - first, numbers)
    if (child <= parent).any() or (child >= np.repeat(np.repeat(sizes, sizes), numbers)).any():
        raise ValueError("a step of a proof names a subgoal's proof that does not come after it")


def _ids(values: Any) -> _Ids:
    return np.asarray(values, np.int64)


def _codes(rows: pa.ChunkedArray, announced: pa.ChunkedArray) -> tuple[_Ids, _Ids]:
    """A key's column in a table of rows and in `attempts`, as numbers that are equal where the values are."""
    if not pa.types.is_dictionary(rows.type):
        return _ids(rows), _ids(announced)
    known = pc.unique(announced)
    parts = []
    for chunk in rows.chunks:
        meaning = _ids(pc.fill_null(pc.index_in(chunk.dictionary, known), -1))
        parts.append(meaning[_ids(chunk.indices)])
    return np.concatenate([*parts, np.zeros(0, np.int64)]), _ids(pc.index_in(announced, known))
