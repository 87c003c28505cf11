"""Proofs of people that a run learns from beside its own attempts: looked at before the run begins."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..errors import ConfigError
from ..proof import Theorem
from ..traces import TraceReader

__all__ = ["check_human_proofs"]

_COLUMNS = ("theorem", "goal", "tactic")


def check_human_proofs(folder: str | Path, prover: str, held_out: Sequence[Theorem]) -> Mapping[str, str]:
    """Look whether traces of people's proofs can be learned from in a run, and what identifies them.

    Args:
        folder: run folder with the traces.
        prover: name of the run's prover.
        held_out: theorems that the run is measured on.

    Returns:
        Digest of the steps to learn from, as a version of the run: with other proofs it is another experiment.

    Raises:
        ConfigError: the folder is not there, is about another prover, or proves what the run is measured on, or has
            nothing to learn from.
        TraceError: the traces cannot be read.
    """
    if not Path(folder).is_dir():
        raise ConfigError(
            f"human_proofs must be a run folder with proofs of people, but there is no folder {str(folder)!r}: "
            "`aitp record` writes one."
        )
    attempts, steps = TraceReader(folder).tables(split="train")
    rows = attempts.select(["statement", "prover", "theorem_set"]).to_pylist()
    if not rows:
        raise ConfigError(f"human_proofs: {folder} holds no attempts of split 'train' to learn from.")
    if others := sorted({row["prover"] for row in rows} - {prover}):
        raise ConfigError(
            f"human_proofs: the run is about theorems of prover {prover!r}, and the proofs in {folder} about those of "
            f"{', '.join(map(repr, others))}: name a folder with proofs for {prover!r}."
        )
    if known := {row["statement"] for row in rows} & {theorem.statement for theorem in held_out}:
        sets = ", ".join(sorted({row["theorem_set"] for row in rows}))
        raise ConfigError(
            f"human_proofs: {len(known)} of the {len(held_out)} validation theorems are proved in the train split of "
            f"{folder}, and would then measure nothing: run on the theorem set that it is split by ({sets})."
        )
    digest = hashlib.sha256()
    for row in steps.select(_COLUMNS).to_pylist():
        digest.update("\0".join((*row.values(), "")).encode())
    return {"human_proofs_digest": digest.hexdigest()}
