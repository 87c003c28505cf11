"""The recording: every theorem that HOL Light proves by tactics while it loads, with the steps as they were done."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .... import cache
from ....errors import BadInput, ProverUnavailable
from ....files import file_lock, replacing, writing
from ... import process
from ..build import Build, build
from ..progress import Progress, console
from .program import RECORDER

__all__ = ["RecordedGoal", "RecordedProof", "RecordedStep", "Recording", "read_recording", "record"]

RecordedGoal = tuple[int, ...]
"""Numbers of terms: the conclusion, then the hypotheses in order."""

_TIMEOUT_S = 1800.0
_LIMITS = process.ProcessLimits(stack_mb=64, address_space_mb=8192)


@dataclass(frozen=True, slots=True)
class RecordedStep:
    """A tactic that was applied to a goal and did not fail.

    Attributes:
        tactic: HOL Light's name of it.
        arguments: as `ocaml/record.ml` writes them: lists that begin with their kind.
        goal: that it was applied to.
        subgoals: that it left.
    """

    tactic: str
    arguments: Sequence[Any]
    goal: RecordedGoal
    subgoals: tuple[RecordedGoal, ...]


@dataclass(frozen=True, slots=True)
class RecordedProof:
    """A call of `prove`.

    Attributes:
        fingerprint: of the theorem, see `HolLightTheoremRow`; `position` and `file`: where it is proved.
        goal: number of its statement.
        steps: in the order in which they were done, those of branches that were given up among them.
    """

    fingerprint: int
    position: int
    file: str
    goal: int
    steps: tuple[RecordedStep, ...]


@dataclass(frozen=True, slots=True)
class Recording:
    """All that was recorded.

    Attributes:
        identity: of the program that recorded it, and so of HOL Light's sources too.
        terms: typed S-expressions by their numbers.
        proofs: in the order in which they were finished.
    """

    identity: str
    terms: tuple[str, ...]
    proofs: tuple[RecordedProof, ...]


def record(progress: Progress | None = None) -> Recording:
    """The recording of the installed HOL Light; made once, in less than a minute, and kept beside its program.

    Args:
        progress: is told what happens; by default a bar on the terminal.

    Raises:
        ProverUnavailable: HOL Light or its compiler is not installed or another version, the cache cannot be written,
            or a build or the recording failed; nothing is kept of it.
        BadInput: what is kept is damaged or of another HOL Light.
        NotWritable: the disk does not take the recording.
    """
    if progress is None:
        with console("Recording HOL Light's proofs") as progress:
            return record(progress)
    built = build(progress, RECORDER)
    path = built.directory / "recording.jsonl"
    if not path.exists():
        cache.writable_cache(built.directory)
        with file_lock(built.directory / "recording.lock"):
            if not path.exists():
                _run(built, path, progress)
    return read_recording(path, built.identity)


def _run(built: Build, path: Path, progress: Progress) -> None:
    log = path.with_suffix(".log")
    deadline = process.Deadline.after(_TIMEOUT_S)
    with writing(path), replacing(path) as unfinished:
        log.unlink(missing_ok=True)
        argv = [str(built.executable), str(unfinished), built.identity]
        with process.spawn(argv, log, limits=_LIMITS, pipes=True) as running:
            assert running.stdout is not None
            for line in process.lines_until(running.stdout, deadline):
                match line.split():
                    case ["LOADING", number, count, name]:
                        progress(f"loading {name}", int(number) / int(count))
            status = running.wait(deadline.left())
        if status != 0:
            how = "it took too long" if status is None else process.tail(log, 1) or f"it ended with status {status}"
            raise ProverUnavailable(f"HOL Light's proofs could not be recorded, and nothing of them is kept: {how}")
    progress("done", 1.0)


def read_recording(path: Path, identity: str) -> Recording:
    """Read what the recorder wrote.

    Args:
        path: of the file.
        identity: of the program that must have written it.

    Raises:
        BadInput: it is not whole, or of other sources.
    """
    terms: list[str] = []
    proofs: list[RecordedProof] = []
    try:
        with path.open(encoding="utf-8") as file:
            found = json.loads(next(file, "{}"))["identity"]
            end: dict[str, Any] = {}
            for line in file:
                content = json.loads(line)
                if isinstance(content, str):
                    terms.append(content)
                elif "steps" in content:
                    proofs.append(_proof(content))
                else:
                    end = content
        whole = end == {"proofs": len(proofs), "terms": len(terms)}
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise BadInput(f"{path} cannot be read as a recording ({error!r}); remove it to record anew.") from error
    if found != identity:
        raise BadInput(f"{path} is a recording of other sources or by another recorder; remove it to record anew.")
    if not whole:
        raise BadInput(f"{path} is not a whole recording; remove it to record anew.")
    return Recording(identity, tuple(terms), tuple(proofs))


def _proof(content: dict[str, Any]) -> RecordedProof:
    steps = tuple(
        RecordedStep(tactic, arguments, tuple(goal), tuple(map(tuple, subgoals)))
        for tactic, arguments, goal, subgoals in content["steps"]
    )
    return RecordedProof(content["fingerprint"], content["position"], content["file"], content["goal"], steps)
