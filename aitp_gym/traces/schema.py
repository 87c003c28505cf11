"""The tables of a trace: `attempts` (a row each) and `steps` (a row per tactic application)."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from ..errors import TraceError

__all__ = ["ATTEMPTS", "KEY_COLUMNS", "SCHEMA_VERSION", "SPOOL", "STEPS", "STEP_FIELDS", "Key", "check_schema"]

SCHEMA_VERSION = 3
_VERSION_KEY = b"aitp_gym.trace_schema"
_METADATA = {_VERSION_KEY: str(SCHEMA_VERSION).encode()}


class Key(NamedTuple):
    """What an attempt is known by; a trace folder holds each key at most once."""

    iteration: int
    split: str
    policy: str
    theorem: str


KEY_COLUMNS: tuple[str, ...] = Key._fields

_text = pa.string()
_choice = pa.dictionary(pa.int32(), pa.string())

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
    ("children", pa.list_(pa.int32())),
    ("elapsed_s", pa.float64()),
    ("cpu_s", pa.float64()),
    ("on_proof", pa.bool_()),
    ("visits", pa.int32()),
    ("refused", pa.bool_()),
    ("explored", pa.bool_()),
    ("policy_target", pa.float64()),
    ("critic_target", pa.float64()),
]

_VERDICT = pa.struct(
    [("status", _text), ("reason", _text), ("step", pa.int32()), ("elapsed_s", pa.float64()), ("strict", pa.bool_())]
)
_PROOF_STEP = pa.struct([("tactic", _text), ("goal", _text), ("children", pa.list_(pa.int32())), ("edge", pa.int64())])
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
]

# One row per attempt.
ATTEMPTS = pa.schema(_ATTEMPT_FIELDS, metadata=_METADATA)

# One row per tactic application, in the order of the attempts: `num_steps` rows for each. Texts that repeat are
# dictionary-encoded, which is what makes a million rows load in a fraction of a second.
STEPS = pa.schema(
    [(name, _choice if kind == _text else kind) for name, kind in [*_KEY_FIELDS, *STEP_FIELDS]], metadata=_METADATA
)

# The spool nests the steps in the attempt's row, so that the two can never be torn apart.
SPOOL = pa.schema([*_ATTEMPT_FIELDS, ("steps", pa.list_(pa.struct(STEP_FIELDS)))], metadata=_METADATA)


def check_schema(found: pa.Schema, expected: pa.Schema, path: Path) -> None:
    """Refuse a file that is not a trace of this schema version.

    Raises:
        TraceError: the file is foreign, of another version, or its columns are not those of its version.
    """
    version = (found.metadata or {}).get(_VERSION_KEY, b"").decode(errors="replace")
    if not version:
        raise TraceError(f"{path} is not a trace of aitp-gym: its schema names no trace version. Give a trace folder.")
    if version != str(SCHEMA_VERSION):
        raise TraceError(
            f"{path} has trace schema version {version}; this aitp-gym reads version {SCHEMA_VERSION}. "
            "Read it with the aitp-gym that wrote it, or a newer one."
        )
    # List items are named "element" after a trip through Parquet, which `Schema.equals` overlooks on purpose.
    if not found.equals(expected, check_metadata=False):
        wrong = sorted({f.name for f in expected} ^ {f.name for f in found}) or "the columns' types"
        raise TraceError(f"{path} says trace schema version {version} but differs from it in {wrong}; it is damaged.")
