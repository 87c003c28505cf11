"""Random damage to files, from a valid one: in its bytes, in its words, or in a table's values."""

from __future__ import annotations

import random
import re

import pyarrow as pa

__all__ = ["mutated_bytes", "mutated_table", "mutated_text"]

_BYTES = (
    b"\0",
    b"\xff",
    b"\x7f\xff\xff\xff",
    b"\xff" * 8,
    b"\0" * 8,
    b"\x01\0\0\0\0\0\0\x80",
    b"\x1b[31m",
    b"\n",
    b'"',
)
_WORDS = (
    *("null", "true", "-1", "0", "1e999", "NaN", "9" * 30, "9" * 5000, "[]", "{}", '""', '"\\ud800"', '"\\u0000"'),
    *("[" * 50_000, "(" * 50_000, '{"a":' * 50_000, "x" * 100_000, "\x1b]8;;http://x\x07", "[/x]", "\u202e", "'", "\\"),
)
_VALUES = (
    None,
    -1,
    0,
    1,
    2**31 - 1,
    -(2**31),
    2**62,
    float("nan"),
    float("inf"),
    -1e308,
    "",
    "x",
    "[/x]",
    "\x1b",
    [],
    [-1],
)


def mutated_bytes(seed: bytes, rng: random.Random) -> bytes:
    """The seed with a few bytes changed, added or cut out."""
    data = bytearray(seed)
    for _ in range(rng.choice((1, 1, 1, 2, 5, 20))):
        start = rng.randrange(len(data) + 1)
        end = min(len(data), start + rng.choice((0, 1, 1, 2, 4, 8, 64)))
        match rng.randrange(6):
            case 0:
                data[start:end] = rng.choice(_BYTES)
            case 1:
                data[start:end] = rng.randbytes(end - start)
            case 2 if start < len(data):
                data[start] ^= 1 << rng.randrange(8)
            case 3:
                del data[start:end]
            case 4:
                data[start:start] = data[start:end] * rng.choice((1, 2, 1000))
            case 5 if rng.random() < 0.2:
                del data[start:]
    return bytes(data)


def mutated_text(seed: bytes, rng: random.Random) -> bytes:
    """The seed with words, numbers, texts or brackets changed for others, its own and strange ones."""
    if rng.random() < 0.3:
        return mutated_bytes(seed, rng)
    text = seed.decode()
    for _ in range(rng.choice((1, 1, 2, 4))):
        places = list(re.finditer(r'"(?:[^"\\]|\\.)*"|[\w.+-]+|[^\w\s]', text))
        if not places:
            break
        place = rng.choice(places)
        other = rng.choice(places)[0] if rng.random() < 0.3 else rng.choice(_WORDS)
        text = text[: place.start()] + other + text[place.end() :]
    return text.encode(errors="surrogatepass")


def mutated_table(table: pa.Table, rng: random.Random) -> pa.Table:
    """The table with values, nested ones too, changed for others; types stay as they are."""
    rows = table.to_pylist()
    for _ in range(rng.choice((1, 1, 2, 5))):
        if rows and rng.random() < 0.1:
            rows.pop(rng.randrange(len(rows)))
        if rows:
            row = rng.choice(rows)
            name = rng.choice(list(row))
            row[name] = _changed(row[name], rng)
    columns = []
    for field in table.schema:
        values = [row[field.name] for row in rows]
        if pa.types.is_map(field.type):
            # pyarrow itself does not survive making an empty entry.
            lists = [value if isinstance(value, list) else [] for value in values]
            values = [[pair for pair in pairs if isinstance(pair, tuple)] for pairs in lists]
        try:
            columns.append(pa.array(values, field.type))
        except (pa.ArrowException, OverflowError, TypeError, ValueError):
            columns.append(pa.array([row[field.name] for row in table.to_pylist()][: len(rows)], field.type))
    return pa.table(columns, schema=table.schema)


def _changed(value: object, rng: random.Random) -> object:
    if isinstance(value, dict) and value and rng.random() < 0.8:
        name = rng.choice(list(value))
        return {**value, name: _changed(value[name], rng)}
    if isinstance(value, list) and value and rng.random() < 0.8:
        place = rng.randrange(len(value))
        return [*value[:place], _changed(value[place], rng), *value[place + 1 :]]
    return rng.choice(_VALUES)
