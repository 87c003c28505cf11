"""What a run has learned so far: the checkpoints, in a small file that is replaced in one piece."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from aitp_gym.errors import TraceError

__all__ = ["Checkpoint", "LoopState"]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The outcome of one training command.

    Attributes:
        iteration: whose evaluation it learned from; the next iteration uses it.
        command: index in `train_after_eval`.
        field: keys of the configuration field that takes it, joined by dots.
        path: of the checkpoint, relative to the run folder where it lies inside.
        metrics: as the command reported them.
        train_s: wall seconds the command took.
    """

    iteration: int
    command: int
    field: str
    path: str
    metrics: dict[str, Any]
    train_s: float


class LoopState:
    """The checkpoints of a run, in `state.json` of its folder.

    Args:
        folder: the run folder.

    Raises:
        TraceError: the file is there but cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / "state.json"
        self.checkpoints: list[Checkpoint] = []
        if self._path.exists():
            try:
                self.checkpoints = [Checkpoint(**row) for row in json.loads(self._path.read_text())["checkpoints"]]
            except (ValueError, TypeError, KeyError) as error:
                raise TraceError(
                    f"{self._path} is not the state of a run (JSON with `checkpoints`): use another run folder."
                ) from error

    def find(self, iteration: int, command: int) -> Checkpoint | None:
        """The checkpoint that a command made after an iteration, if it has."""
        return next((c for c in self.checkpoints if (c.iteration, c.command) == (iteration, command)), None)

    def add(self, checkpoint: Checkpoint) -> None:
        """Record a checkpoint; it is on disk when this returns, and a kill leaves the old file or the new one."""
        self.checkpoints.append(checkpoint)
        text = json.dumps({"checkpoints": [asdict(c) for c in self.checkpoints]}, indent=2)
        temporary = self._path.with_suffix(".tmp")
        with temporary.open("w") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self._path)

    def relative(self, path: Path) -> str:
        """A path as it is recorded: relative to the run folder where it lies inside, so that the folder can move."""
        folder = self._folder.absolute()
        return str(path.relative_to(folder)) if path.is_relative_to(folder) else str(path)

    def absolute(self, path: str) -> str:
        """The inverse of `relative`."""
        return str((self._folder / path).absolute())
