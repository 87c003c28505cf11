"""Traces as a dataset of Hugging Face's `datasets`: the tables `attempts` and `steps`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ...errors import TraceError
from ..reader import TraceReader
from .output import library, output_folder

__all__ = ["write_datasets"]

# What a reader who streams fetches at a time.
_ROWS_AT_ONCE = 10_000
_CARD = """\
---
configs:
{configs}
---

Attempts at proofs, logged by aitp-gym: a row of `attempts` for each, a row of `steps` for each tactic applied. The
columns `run`, `iteration`, `split`, `policy` and `theorem` say together which attempt a step belongs to.
"""


def write_datasets(
    folders: Sequence[Path], output: Path, split: str | None = None, policy: str | None = None
) -> dict[str, int]:
    """Write traces as a folder that `datasets.load_dataset(output, "steps")` reads, at once or streaming.

    The configurations `attempts` and `steps` have the columns of the traces, and `run`, the name of the run folder. A
    mapping is a list of pairs. The splits are those of the theorems; characters other than letters, digits and `_` in
    their names become `_`, and theorems of none are in `none`.

    Args:
        folders: run folders, or trace folders.
        output: folder to make.
        split: only attempts at theorems of this split.
        policy: only attempts of this policy.

    Returns:
        Numbers of rows by table.

    Raises:
        BadInput: the output exists.
        TraceError: a folder is no trace, or nothing is in them.
        DependencyNotInstalled: datasets is not installed.
    """
    features = library("datasets", "datasets").Features
    readers = [TraceReader(folder) for folder in folders]
    counts = {"attempts": 0, "steps": 0}
    with output_folder(output) as unfinished:
        with ExitStack() as opened:
            writers: dict[tuple[str, str], Any] = {}
            for run, reader in zip(_run_names(folders), readers, strict=True):
                keys = reader.keys()
                for iteration in sorted({key.iteration for key in keys}):
                    for name, table in zip(counts, reader.tables(iteration, split, policy), strict=True):
                        counts[name] += len(table)
                        for label, rows in _by_split(_plain(table, run)):
                            schema = features.from_arrow_schema(rows.schema).arrow_schema
                            if (name, label) not in writers:
                                path = unfinished / name / f"{label}.parquet"
                                path.parent.mkdir(exist_ok=True)
                                writer = pq.ParquetWriter(path, schema, compression="zstd")
                                writers[name, label] = opened.enter_context(writer)
                            writers[name, label].write_table(rows.cast(schema), _ROWS_AT_ONCE)
        if not counts["attempts"]:
            raise TraceError(f"{', '.join(map(str, folders))}: there are no such attempts to export.")
        (unfinished / "README.md").write_text(_card(sorted(writers)), encoding="utf-8")
    return counts


def _run_names(folders: Sequence[Path]) -> list[str]:
    """Names of run folders, told apart where they are the same."""
    names: list[str] = []
    for folder in folders:
        path = folder.resolve()
        name = path.parent.name if path.name == "traces" else path.name
        while name in names:
            name += "'"
        names.append(name)
    return names


def _plain(table: pa.Table, run: str) -> pa.Table:
    """A table of the types that `datasets` has."""
    columns = {"run": pa.array([run] * len(table), pa.string())}
    for name, column in zip(table.column_names, table.columns, strict=True):
        kind = column.type
        if pa.types.is_dictionary(kind):
            column = column.cast(kind.value_type)
        elif pa.types.is_map(kind):
            pair = pa.struct([("key", kind.key_type), ("value", kind.item_type)])
            column = column.cast(pa.list_(pair))
        columns[name] = column
    return pa.table(columns)


def _by_split(table: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    for split in pc.unique(table["split"]).to_pylist():
        label = re.sub("[^A-Za-z0-9_]", "_", split) or "none"
        yield label, table.filter(pc.equal(table["split"], split))


def _card(tables: Sequence[tuple[str, str]]) -> str:
    """The dataset's card; its head says to `datasets` which files there are (JSON is YAML)."""
    configs = [
        {
            "config_name": config,
            "data_files": [{"split": s, "path": f"{name}/{s}.parquet"} for name, s in tables if name == config],
        }
        for config in ("attempts", "steps")
    ]
    return _CARD.format(configs="\n".join(f"- {json.dumps(each)}" for each in configs if each["data_files"]))
