"""Folder of a training with one seed: its settings, its measurements, and the state from which it can go on."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from aitp_gym.agents.policies.exported import read_tensors, write_tensors
from aitp_gym.errors import CheckpointError, ConfigError
from aitp_gym.files import new_folder, read_json, read_text, remove, write_json, writing

__all__ = ["TrainingFolder"]

_MAX_RATES_BYTES = 2**26
_TENSORS, _COUNTS = "learner.safetensors", "learner.json"


class TrainingFolder:
    """Folder of a training with one seed; nothing in it is a pickle.

    Args:
        path: of the folder.

    Attributes:
        path: of the folder.
        policy: folder of the exported policy.
        checkpoints: folder of the policies exported on the way.
        result: file that is there once a training is finished.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.policy = path / "policy"
        self.checkpoints = path / "checkpoints"
        self.result = path / "result.json"
        self._learner = path / "learner"
        self._settings = path / "settings.json"
        self._rates = path / "proof_rates.csv"

    def check(self, settings: Mapping[str, Any], *, resume: bool) -> None:
        """See to it that the folder is a new one, or that of the same training.

        Raises:
            ConfigError: it has another training, or it is there and is not to be gone on with.
        """
        if not self._settings.exists():
            return
        if not resume:
            raise ConfigError(f"{self.path} has a training already: give another directory, or resume=true to go on.")
        if (found := read_json(self._settings)) != settings:
            raise ConfigError(f"{self.path} has a training with other settings: {found}.")

    def begin(self, settings: Mapping[str, Any]) -> None:
        """Make the folder.

        Raises:
            NotWritable: it cannot be made.
        """
        with writing(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
        write_json(self._settings, dict(settings))

    def add_rates(self, row: Mapping[str, float]) -> None:
        """Add a measurement to `proof_rates.csv`."""
        fresh = not self._rates.exists()
        with writing(self._rates), self._rates.open("a", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(row))
            if fresh:
                writer.writeheader()
            writer.writerow(row)

    def rates(self) -> list[dict[str, float]]:
        """The measurements so far, such as steps, CPU seconds, and shares of theorems proved."""
        if not self._rates.exists():
            return []
        rows = csv.DictReader(read_text(self._rates, _MAX_RATES_BYTES).splitlines())
        return [{name: float(text) for name, text in row.items()} for row in rows]

    def measured(self, steps: int) -> bool:
        """Whether the last measurement was after so many environment steps."""
        rates = self.rates()
        return bool(rates) and rates[-1]["steps"] == steps

    def finished(self, steps: int) -> bool:
        """Whether a training of at least so many environment steps is finished here."""
        return self.result.exists() and bool(read_json(self.result)["metrics"]["steps"] >= steps)

    def finish(self, metrics: Mapping[str, float]) -> None:
        """Write the result: where the policy is, and how good."""
        write_json(self.result, {"checkpoint": str(self.policy.absolute()), "metrics": dict(metrics)})

    def save_learner(self, steps: int, tensors: Mapping[str, Any], counts: Mapping[str, float]) -> None:
        """Store what a learner needs to go on, and then remove what was stored before: one is there at any moment.

        Args:
            steps: number of environment steps so far.
            tensors: arrays by name.
            counts: numbers by name.
        """
        path = self._learner / f"{steps:09d}"
        if not path.exists():
            self._learner.mkdir(exist_ok=True)
            with new_folder(path) as unfinished:
                write_tensors(unfinished / _TENSORS, tensors)
                write_json(unfinished / _COUNTS, dict(counts))
        for earlier in self._learner.iterdir():
            if earlier != path:
                remove(earlier)

    def load_learner(self, take: Callable[[Mapping[str, Any], Mapping[str, int]], None]) -> bool:
        """Bring a learner to where another one of the same settings was; `False` if none was stored.

        Args:
            take: given the arrays and the numbers, fails with an ordinary error where they do not fit.

        Raises:
            CheckpointError: what is stored cannot be read, or does not fit.
        """
        stored = sorted(self._learner.glob("[0-9]*"))
        if not stored:
            return False
        counts, tensors = read_json(stored[-1] / _COUNTS), read_tensors(stored[-1] / _TENSORS)
        try:
            take(tensors, counts)
        except (KeyError, TypeError, ValueError, RuntimeError, IndexError) as error:
            raise CheckpointError(
                f"{stored[-1]} is not the state of a learner with these settings ({type(error).__name__}: {error})."
            ) from error
        return True
