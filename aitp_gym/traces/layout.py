"""Places of a trace's parts in its folder.

    traces/
        writer.lock
        iteration-0000-00/attempts.parquet, steps.parquet, search_events.parquet    a finished part
        iteration-0001-00.spool                                                     a part being written: the spool

Compaction turns the spool of an iteration into a folder of the same name. Attempts that are added to the iteration
later open its next part (`-01`): what is written is never rewritten. Spools of schema versions 2 and 3 end in
`.arrows`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from ..errors import TraceError

__all__ = ["LOCK_NAME", "OLD_SPOOL", "Part", "list_parts"]

LOCK_NAME = "writer.lock"
OLD_SPOOL = ".arrows"
_NAME = re.compile(r"iteration-(\d+)-(\d+)(|\.spool|\.arrows|\.tmp)")


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """One part of one iteration; its paths are made of numbers alone, never of names from a theorem set."""

    iteration: int
    serial: int
    folder: Path

    @property
    def _stem(self) -> Path:
        return self.folder / f"iteration-{self.iteration:04d}-{self.serial:02d}"

    @property
    def spool(self) -> Path:
        """The spool, while the part is being written; that of an earlier schema version where there is one."""
        old = self._stem.with_name(self._stem.name + OLD_SPOOL)
        return old if old.exists() else self._stem.with_name(self._stem.name + ".spool")

    @property
    def unfinished(self) -> Path:
        """The folder compaction works in before its last rename."""
        return self._stem.with_name(self._stem.name + ".tmp")

    @property
    def finished(self) -> Path:
        """The folder of the Parquet tables."""
        return self._stem

    @property
    def attempts(self) -> Path:
        """The `attempts` table of a finished part."""
        return self.finished / "attempts.parquet"

    @property
    def steps(self) -> Path:
        """The `steps` table of a finished part."""
        return self.finished / "steps.parquet"

    @property
    def search_events(self) -> Path:
        """The `search_events` table of a finished part; missing before schema version 4."""
        return self.finished / "search_events.parquet"

    @property
    def is_finished(self) -> bool:
        """Whether compaction is through; a spool of the same name is then a left-over of its last moment."""
        return self.finished.is_dir()


def list_parts(folder: Path) -> list[Part]:
    """The parts in a trace folder, in order.

    Raises:
        TraceError: there is no such folder, it cannot be listed, or it holds something but no trace.
    """
    try:
        names = [path.name for path in folder.iterdir()]
    except FileNotFoundError:
        raise TraceError(f"There is no trace folder {folder}: give the `traces` folder of a run.") from None
    except OSError as error:
        raise TraceError(f"The trace folder {folder} cannot be read: {error.strerror}.") from error
    matches = [match for name in names if (match := _NAME.fullmatch(name))]
    foreign = [name for name in names if not _NAME.fullmatch(name) and name != LOCK_NAME]
    if foreign and not matches:
        raise TraceError(
            f"{folder} is not a trace folder: it holds {sorted(foreign)[0]!r} and no iteration-NNNN-NN parts. "
            "Give the `traces` folder of a run."
        )
    found = {Part(int(m[1]), int(m[2]), folder) for m in matches}
    return sorted(part for part in found if part.is_finished or part.spool.exists())
