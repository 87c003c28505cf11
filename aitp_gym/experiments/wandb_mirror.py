"""A mirror of the run folder in Weights & Biases. The files are the truth; nothing reads the mirror."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from ..proof import Attempt
from ..traces import Key, TraceReader
from ..wandb_run import WandbRun

__all__ = ["WandbMirror"]

_METRICS = ("attempted", "found", "proved", "refused", "tactics", "nodes", "prover_s", "policy_s", "search_s", "wall_s")
_MAX_PROOFS = 1000  # rows of a table of proofs
_MAX_SCRIPT = 1000  # tactics of a proof when written out


class WandbMirror:
    """Sends metrics and proofs to W&B.

    Args:
        run: of W&B; one where nothing is wanted makes a mirror that does nothing.
        folder: the run folder.
    """

    def __init__(self, run: WandbRun, folder: Path) -> None:
        self._run = run
        self._folder = folder
        self._logged: set[tuple[int, str, str]] = set()

    def log(self, report: Mapping[str, Any]) -> None:
        """Mirror what is new in a report: numbers for each policy, split and iteration, and the proofs behind them."""
        for entry in [*report["baselines"], *report["iterations"]]:
            key = (entry["iteration"], entry["split"], entry["policy"])
            if key not in self._logged:
                self._logged.add(key)
                self._run.log(partial(self._values, entry))

    def _values(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        import wandb

        prefix = f"{entry['split']}/{entry['policy']}"
        values: dict[str, Any] = {f"{prefix}/{name}": entry[name] for name in _METRICS}
        values |= {f"{prefix}/proved_within/{count}": number for count, number in entry["proved_at"].items()}
        records = TraceReader(self._folder).records(entry["iteration"], entry["split"], entry["policy"])
        rows = list(_proof_rows(records))
        if rows:
            columns = ["iteration", "theorem", "statement", "tactics", "proof"]
            values[f"{prefix}/proofs"] = wandb.Table(columns=columns, data=rows)
        return {"iteration": entry["iteration"], **values}


def _proof_rows(records: Iterator[tuple[Key, Attempt]]) -> Iterator[list[Any]]:
    shown = 0
    for key, attempt in records:
        if attempt.proved and attempt.proof is not None and shown < _MAX_PROOFS:
            shown += 1
            # A proof that shares steps may be far longer when written out than as a DAG.
            steps = attempt.proof.steps
            script = attempt.proof.script(_MAX_SCRIPT) if len(steps) < _MAX_SCRIPT else []
            statement = attempt.theorem.pretty or attempt.theorem.statement
            yield [key.iteration, key.theorem, statement, attempt.proved_at, "\n".join(script)]
