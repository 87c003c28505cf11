"""Recorded proofs as a run folder: traces to learn from, and what they were made of."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from ....errors import BadInput
from ....files import new_folder, write_json, writing
from ....proof import Theorem
from ....terms.skeletons import sexp_skeleton
from ....theorems import load
from ....theorems.splits import split_by_hash
from ....traces import TraceWriter
from ..build import locate
from ..sources import HolLightSources
from .attempts import HUMAN, RecordedFigures, recorded_attempts
from .recording import record

__all__ = ["record_proofs"]


def record_proofs(output: Path | None, advance: Callable[[float, float], None]) -> RecordedFigures:
    """Record the proofs of HOL Light's library, replay and check them, and write them.

    Args:
        output: run folder to write, whole or not at all; it must not be there. `None` to write nothing.
        advance: told after each theorem how many proofs are done, and of how many.

    Raises:
        BadInput: the folder is there already, or the recording in the cache is damaged.
        NotWritable: the folder or the cache cannot be written.
        ProverUnavailable: HOL Light or its compiler is not installed or another version, or a build or the recording
            failed.
    """
    if output is not None and os.path.lexists(output):
        raise BadInput(f"Expected the name of a new folder to write, got {output}, which is there already.")
    recording = record()
    figures = RecordedFigures()
    attempts = recorded_attempts(recording, _Splits(), figures)
    if output is None:
        for _ in attempts:
            advance(figures.total.proofs, len(recording.proofs))
        return figures
    with new_folder(output) as folder:
        with TraceWriter(folder / "traces") as writer:
            for attempt in attempts:
                writer.write(attempt, iteration=0, policy=HUMAN)
                advance(figures.total.proofs, len(recording.proofs))
            with writing(output):
                writer.compact(0)
        built = locate()
        record_of_run = {
            "recorded": "hollight",
            "versions": {
                "hollight": built.hol_version,
                "hollight_sources": HolLightSources.find().digest(),
                "hollight_server": built.identity,
                "hollight_recorder": recording.identity,
            },
            "figures": figures.as_json(),
        }
        write_json(folder / "run.json", record_of_run)
    return figures


class _Splits:
    """Splits of the theorem set holist-core, also for lemmas without a name.

    It keeps twins together, so that the split is known of each theorem alone. A lemma that is proved within the proof
    of a held-out theorem is a part of that proof, and held out with it.
    """

    def __init__(self) -> None:
        self._held_out: dict[int | None, str] = {}
        for theorem in load("holist-core"):
            if theorem.split != "train":
                self._held_out.setdefault(theorem.position, theorem.split)

    def __call__(self, theorem: Theorem) -> str:
        own = split_by_hash([theorem], sexp_skeleton)[0].split
        return self._held_out.get(theorem.position, own) if own == "train" and theorem.name.isdecimal() else own
