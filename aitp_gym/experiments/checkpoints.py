"""Checkpoints that a run has learned so far, in a small file that is replaced in one piece."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..errors import TraceError
from ..files import read_json, write_json

__all__ = ["Checkpoint", "LoopState"]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The outcome of one training command.

    Attributes:
        iteration: whose evaluation it learned from; the next iteration uses it.
        command: index in `train_after_eval`.
        field: keys of the configuration field that takes it, joined by dots.
        path: of the checkpoint, relative to the run folder where it lies inside.
        frequency: of the frequency baseline that the command fitted, if it did; a path like `path`.
        metrics: as the command reported them.
        train_s: wall seconds the command took.
    """

    iteration: int
    command: int
    field: str
    path: str
    frequency: str | None
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
        if os.path.lexists(self._path):
            try:
                self.checkpoints = list(map(_checkpoint, read_json(self._path)["checkpoints"]))
            except (TypeError, KeyError) as error:
                raise TraceError(
                    f"{self._path} is not the state of a run (JSON with `checkpoints`): use another run folder."
                ) from error

    def find(self, iteration: int, command: int) -> Checkpoint | None:
        """The checkpoint that a command made after an iteration, if it has."""
        return next((c for c in self.checkpoints if (c.iteration, c.command) == (iteration, command)), None)

    def iterations_trained(self, num_commands: int) -> int:
        """How many iterations have a checkpoint of each of their `num_commands` commands: the one to go on with."""
        iteration = 0
        while num_commands and all(self.find(iteration, command) for command in range(num_commands)):
            iteration += 1
        return iteration

    def frequency(self) -> str | None:
        """Where the frequency baseline lies that was fitted last, if any was."""
        fitted = [c.frequency for c in self.checkpoints if c.frequency is not None]
        return self.absolute(fitted[-1]) if fitted else None

    def add(self, checkpoint: Checkpoint) -> None:
        """Record a checkpoint; it is on disk when this returns, and a kill leaves the old file or the new one."""
        self.checkpoints.append(checkpoint)
        write_json(self._path, {"checkpoints": [asdict(c) for c in self.checkpoints]})

    def relative(self, path: Path) -> str:
        """A path as it is recorded: relative to the run folder where it lies inside, so that the folder can move."""
        folder = self._folder.absolute()
        return str(path.relative_to(folder)) if path.is_relative_to(folder) else str(path)

    def absolute(self, path: str) -> str:
        """The inverse of `relative`."""
        return str((self._folder / path).absolute())


def _checkpoint(row: dict[str, Any]) -> Checkpoint:
    """A checkpoint as the file has it.

    Raises:
        TypeError: a field is missing, unknown or of another type.
    """
    checkpoint = Checkpoint(**row)
    numbers = (checkpoint.iteration, checkpoint.command)
    texts = [checkpoint.field, checkpoint.path]
    if checkpoint.frequency is not None:
        texts.append(checkpoint.frequency)
    if not (
        all(type(number) is int for number in numbers)
        and all(isinstance(text, str) and "\0" not in text for text in texts)
        and isinstance(checkpoint.metrics, dict)
        and isinstance(checkpoint.train_s, int | float)
    ):
        raise TypeError("a field has another type than it should have")
    return checkpoint
