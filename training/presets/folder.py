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
    """What a training with one seed writes. Nothing in it is a pickle.

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

    def prepare(self, settings: Mapping[str, Any], *, resume: bool) -> None:
        """Make the folder, or see to it that it is that of the same training.

        Raises:
            ConfigError: it has another training, or it is there and is not to be gone on with.
            NotWritable: it cannot be made.
        """
        path = self.path / "settings.json"
        if path.exists():
            if not resume:
                raise ConfigError(
                    f"{self.path} has a training already: give another directory, or resume=true to go on."
                )
            if (found := read_json(path)) != settings:
                raise ConfigError(f"{self.path} has a training with other settings: {found}.")
            return
        with writing(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
        write_json(path, dict(settings))

    def add_rates(self, row: Mapping[str, float]) -> None:
        """Add a measurement to `proof_rates.csv`."""
        path = self.path / "proof_rates.csv"
        fresh = not path.exists()
        with writing(path), path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(row))
            if fresh:
                writer.writeheader()
            writer.writerow(row)

    def rates(self) -> dict[str, float]:
        """The last measurement; empty where there is none."""
        path = self.path / "proof_rates.csv"
        if not path.exists():
            return {}
        *_, last = csv.DictReader(read_text(path, _MAX_RATES_BYTES).splitlines())
        return {name: float(value) for name, value in last.items()}

    def finished(self, steps: int) -> bool:
        """Whether a training of at least so many environment steps is finished here."""
        return self.result.exists() and bool(read_json(self.result)["metrics"]["steps"] >= steps)

    def finish(self, metrics: Mapping[str, float]) -> None:
        """Write the result: where the policy is, and the last measurement."""
        write_json(self.result, {"checkpoint": str(self.policy.absolute()), "metrics": dict(metrics)})

    def save_learner(self, tensors: Mapping[str, Any], counts: Mapping[str, int]) -> None:
        """Store what a learner needs to go on, in the place of what was stored before.

        Args:
            tensors: arrays by name.
            counts: numbers by name.
        """
        remove(self._learner)
        with new_folder(self._learner) as unfinished:
            write_tensors(unfinished / _TENSORS, tensors)
            write_json(unfinished / _COUNTS, dict(counts))

    def load_learner(self, take: Callable[[Mapping[str, Any], Mapping[str, int]], None]) -> bool:
        """Bring a learner to where another one of the same settings was; `False` if none was stored.

        Args:
            take: given the arrays and the numbers, fails with an ordinary error where they do not fit.

        Raises:
            CheckpointError: what is stored cannot be read, or does not fit.
        """
        if not self._learner.exists():
            return False
        counts, tensors = read_json(self._learner / _COUNTS), read_tensors(self._learner / _TENSORS)
        try:
            take(tensors, counts)
        except (KeyError, TypeError, ValueError, RuntimeError, IndexError) as error:
            raise CheckpointError(
                f"{self._learner} is not the state of a learner with these settings ({type(error).__name__}: {error})."
            ) from error
        return True
