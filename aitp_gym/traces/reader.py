"""Reading traces: as two tables, or attempt by attempt."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ..errors import TraceError
from ..proof import Attempt
from .layout import Part, list_parts
from .schema import ATTEMPTS, KEY_COLUMNS, STEPS, Key, check_schema
from .spool import read_spool
from .tables import attempts_of, keys_of, split_batches

__all__ = ["TraceReader", "read_keys"]


class TraceReader:
    """The attempts in a trace folder, finished or still being written.

    Each call reads the folder anew. `iteration`, `split` and `policy` select; `None` takes all. Rows come by iteration,
    and within it in the order of writing.

    Args:
        folder: the `traces` folder of a run, or the run folder itself.

    Raises:
        TraceError: the folder (or later, a file in it) is missing, foreign, damaged, or of another schema version.
    """

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
        if (self.folder / "run.json").is_file() and (self.folder / "traces").is_dir():
            self.folder = self.folder / "traces"
        list_parts(self.folder)

    def attempts(self, iteration: int | None = None, split: str | None = None, policy: str | None = None) -> pa.Table:
        """One row per attempt, columns as `schema.ATTEMPTS`."""
        return self.tables(iteration, split, policy)[0]

    def steps(self, iteration: int | None = None, split: str | None = None, policy: str | None = None) -> pa.Table:
        """One row per tactic application, columns as `schema.STEPS`; `num_steps` rows for each row of `attempts`."""
        return self.tables(iteration, split, policy)[1]

    def tables(
        self, iteration: int | None = None, split: str | None = None, policy: str | None = None
    ) -> tuple[pa.Table, pa.Table]:
        """Both tables, from one reading."""
        parts = list(self._tables(iteration, split, policy))
        attempts, steps = [a for a, _ in parts], [s for _, s in parts]
        return pa.concat_tables([ATTEMPTS.empty_table(), *attempts]), pa.concat_tables([STEPS.empty_table(), *steps])

    def records(
        self, iteration: int | None = None, split: str | None = None, policy: str | None = None
    ) -> Iterator[tuple[Key, Attempt]]:
        """The attempts as the dataclasses that were written (without `Theorem.payload`), each with its key."""
        for attempts, steps in self._tables(iteration, split, policy):
            yield from attempts_of(attempts, steps)

    def keys(self) -> list[Key]:
        """The keys on record, without reading the rest."""
        return [key for part in list_parts(self.folder) for key in read_keys(part)]

    def _tables(
        self, iteration: int | None, split: str | None, policy: str | None
    ) -> Iterator[tuple[pa.Table, pa.Table]]:
        for part in list_parts(self.folder):
            if iteration is None or part.iteration == iteration:
                yield _select(*_read(part), split=split, policy=policy)


def read_keys(part: Part) -> list[Key]:
    """The keys of one part."""
    if part.is_finished:
        return keys_of(_read_parquet(part.attempts, ATTEMPTS, columns=list(KEY_COLUMNS)))
    return [key for batch in read_spool(part.spool).batches for key in keys_of(batch)]


def _read(part: Part) -> tuple[pa.Table, pa.Table]:
    if not part.is_finished:
        return split_batches(read_spool(part.spool).batches)
    attempts, steps = _read_parquet(part.attempts, ATTEMPTS), _read_parquet(part.steps, STEPS)
    announced = pc.sum(attempts["num_steps"]).as_py() or 0
    if announced != len(steps):
        raise TraceError(f"{part.finished} is damaged: {announced} steps are announced and {len(steps)} are there.")
    return attempts, steps


def _read_parquet(path: Path, schema: pa.Schema, columns: list[str] | None = None) -> pa.Table:
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            check_schema(file.schema_arrow, schema, path)
            return file.read(columns)
    except (pa.ArrowException, OSError) as error:
        what = str(error).partition("\n")[0]
        raise TraceError(f"The trace {path} cannot be read: {what}. It is damaged or not a trace.") from error


def _select(attempts: pa.Table, steps: pa.Table, **wanted: str | None) -> tuple[pa.Table, pa.Table]:
    filters = {name: value for name, value in wanted.items() if value is not None}
    if not filters:
        return attempts, steps
    mask = np.ones(len(attempts), dtype=bool)
    for name, value in filters.items():
        mask &= pc.equal(attempts[name], value).to_numpy()
    step_mask = np.repeat(mask, attempts["num_steps"].to_numpy())
    return attempts.filter(pa.array(mask)), steps.filter(pa.array(step_mask))
