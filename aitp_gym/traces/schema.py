"""The tables of a trace: `attempts`, `steps` and `search_events`, each with the fixed columns of a schema version.

`attempts` has a row for each attempt, `steps` one for each tactic application, `search_events` one for each thing that
a search decided. The rows of an attempt follow each other in the order of `attempts`, which counts them: `num_steps`
and `num_search_events`. Every table begins with the four columns of the attempt's key. The columns are the fields of
`Attempt`, `Step` and `SearchEvent` in `aitp_gym.proof`, which say what they mean.

Versions:
    1: not read any more.
    2: `verdict.strict` in `attempts`.
    3: `explored`, `policy_target` and `critic_target` in `steps`. In older tables nothing was explored, and there are
        no targets (null).
    4: the table `search_events`, with `num_search_events` and `search_cut` in `attempts`. Older attempts have no
        events: 0 and false.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from .. import __version__
from ..errors import TraceError

__all__ = [
    "ATTEMPTS",
    "KEY_COLUMNS",
    "OLDEST_VERSION",
    "SCHEMA_VERSION",
    "SEARCH_EVENTS",
    "SEARCH_FIELDS",
    "SPOOL",
    "STEPS",
    "STEP_FIELDS",
    "Key",
    "check_schema",
    "upgraded",
]

SCHEMA_VERSION = 4
OLDEST_VERSION = 2
_VERSION_KEY = b"aitp_gym.trace_schema"
_WRITER_KEY = b"aitp_gym.version"
_METADATA = {_VERSION_KEY: str(SCHEMA_VERSION).encode(), _WRITER_KEY: __version__.encode()}


class Key(NamedTuple):
    """Key of an attempt; a trace folder holds each key at most once."""

    iteration: int
    split: str
    policy: str
    theorem: str


KEY_COLUMNS: tuple[str, ...] = Key._fields

_text = pa.string()
_choice = pa.dictionary(pa.int32(), pa.string())
_ids = pa.list_(pa.int32())

_KEY_FIELDS = [("iteration", pa.int32()), ("split", _text), ("policy", _text), ("theorem", _text)]

# The fields of `Step`, in its order.
STEP_FIELDS: list[tuple[str, pa.DataType]] = [
    ("index", pa.int32()),
    ("node", pa.int32()),
    ("goal", _text),
    ("tactic", _text),
    ("logprob", pa.float64()),
    ("outcome", _text),
    ("message", _text),
    ("children", _ids),
    ("elapsed_s", pa.float64()),
    ("cpu_s", pa.float64()),
    ("on_proof", pa.bool_()),
    ("visits", pa.int32()),
    ("refused", pa.bool_()),
    ("explored", pa.bool_()),
    ("policy_target", pa.float64()),
    ("critic_target", pa.float64()),
]

_FRINGE = pa.struct(
    [("number", pa.int32()), ("parent", pa.int32()), ("edge", pa.int32()), ("goals", _ids), ("score", pa.float64())]
)

# The fields of `SearchEvent`, in its order.
SEARCH_FIELDS: list[tuple[str, pa.DataType]] = [
    ("index", pa.int32()),
    ("edges", pa.int32()),
    ("kind", _text),
    ("node", pa.int32()),
    ("edge", pa.int32()),
    ("visits", pa.int32()),
    ("priority", pa.list_(pa.float64())),
    ("score", pa.float64()),
    ("cost", pa.float64()),
    ("prior", pa.float64()),
    ("count", pa.int32()),
    ("virtual", pa.int32()),
    ("value", pa.float64()),
    ("repeated", pa.bool_()),
    ("fringe", _FRINGE),
]

_VERDICT = pa.struct(
    [("status", _text), ("reason", _text), ("step", pa.int32()), ("elapsed_s", pa.float64()), ("strict", pa.bool_())]
)
_PROOF_STEP = pa.struct([("tactic", _text), ("goal", _text), ("children", _ids), ("edge", pa.int64())])
_LIMITS = [("prover_s", pa.float64()), ("wall_s", pa.float64())]
_BUDGET = pa.struct([("max_nodes", pa.int64()), ("max_tactics", pa.int64()), *_LIMITS])
_SPENT = pa.struct([("nodes", pa.int64()), ("tactics", pa.int64()), *_LIMITS])

_ATTEMPT_FIELDS = [
    *_KEY_FIELDS,
    ("statement", _text),
    ("prover", _text),
    ("theorem_set", _text),
    ("position", pa.int64()),
    ("pretty", _text),
    ("provable", pa.bool_()),
    ("status", _text),
    ("reason", _text),
    ("verdict", _VERDICT),
    ("proof", pa.list_(_PROOF_STEP)),
    ("found", pa.int32()),
    ("refused", pa.int32()),
    ("proved_at", pa.int64()),
    ("num_steps", pa.int32()),
    ("budget", _BUDGET),
    ("spent", _SPENT),
    ("policy_s", pa.float64()),
    ("search_s", pa.float64()),
    ("check_s", pa.float64()),
    ("seed", pa.uint64()),
    ("versions", pa.map_(_text, _text)),
    ("num_search_events", pa.int32()),
    ("search_cut", pa.bool_()),
]

# Texts that repeat are dictionary-encoded, which is what makes a million rows load in a fraction of a second.
_encoded = [
    [(name, _choice if kind == _text else kind) for name, kind in [*_KEY_FIELDS, *fields]]
    for fields in (STEP_FIELDS, SEARCH_FIELDS)
]
ATTEMPTS = pa.schema(_ATTEMPT_FIELDS, metadata=_METADATA)
STEPS, SEARCH_EVENTS = (pa.schema(fields, metadata=_METADATA) for fields in _encoded)

# The spool nests the other tables' rows in the attempt's, so that they can never be torn apart.
SPOOL = pa.schema(
    [
        *_ATTEMPT_FIELDS,
        ("steps", pa.list_(pa.struct(STEP_FIELDS))),
        ("search_events", pa.list_(pa.struct(SEARCH_FIELDS))),
    ],
    metadata=_METADATA,
)

# The columns that each version added, with what stands for them in older tables; in the spool, the nested ones too.
_ADDED: Mapping[int, Mapping[str, object]] = {
    3: {"explored": False, "policy_target": None, "critic_target": None},
    4: {"num_search_events": 0, "search_cut": False, "search_events": []},
}


def check_schema(found: pa.Schema, expected: pa.Schema, path: Path) -> None:
    """Refuse a file that is not a trace of a schema version that is read here.

    Args:
        found: schema of the file.
        expected: the same table's schema in today's version.
        path: of the file, for messages.

    Raises:
        TraceError: the file is foreign, of another version, or its columns are not those of its version.
    """
    metadata = found.metadata or {}
    version = metadata.get(_VERSION_KEY, b"").decode(errors="replace")
    if not version:
        raise TraceError(f"{path} is not a trace of aitp-gym: its schema names no trace version. Give a trace folder.")
    if version not in map(str, range(OLDEST_VERSION, SCHEMA_VERSION + 1)):
        writer = metadata.get(_WRITER_KEY, b"").decode(errors="replace")
        raise TraceError(
            f"{path} has trace schema version {version}; this aitp-gym reads versions {OLDEST_VERSION} to "
            f"{SCHEMA_VERSION}. Read it with the aitp-gym that wrote it{f' ({writer})' if writer else ''}, or one that "
            f"has schema version {version} among those it reads."
        )
    of_version = _without_added_after(int(version), expected)
    # List items are named "element" after a trip through Parquet, which `Schema.equals` overlooks on purpose.
    if not found.equals(of_version, check_metadata=False):
        wrong = sorted({f.name for f in of_version} ^ {f.name for f in found}) or "the columns' types"
        raise TraceError(f"{path} says trace schema version {version} but differs from it in {wrong}; it is damaged.")


def upgraded(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """A table of any version that is read, with today's columns: defaults stand for those it lacks.

    Args:
        table: `attempts`, `steps` or `search_events`.
        schema: the same table's schema in today's version.
    """
    defaults = {name: value for added in _ADDED.values() for name, value in added.items()}
    columns = [
        table[field.name] if field.name in table.column_names else _filled(defaults[field.name], len(table), field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def _filled(value: object, length: int, kind: pa.DataType) -> pa.Array:
    return pa.nulls(length, kind) if value is None else pa.repeat(pa.scalar(value, kind), length)


def _without_added_after(version: int, schema: pa.Schema) -> pa.Schema:
    """Today's schema without the columns that came after a version, nested ones included."""
    later = {name for added_in, added in _ADDED.items() if added_in > version for name in added}

    def reduced(field: pa.Field) -> pa.Field:
        kind = field.type
        if pa.types.is_list(kind) and pa.types.is_struct(kind.value_type):
            kind = pa.list_(pa.struct([f for f in kind.value_type if f.name not in later]))
        return pa.field(field.name, kind)

    return pa.schema([reduced(field) for field in schema if field.name not in later])
