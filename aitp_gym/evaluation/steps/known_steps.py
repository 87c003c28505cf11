"""Steps of known proofs: what people did, or a search that found a proof, at which goal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...errors import BadInput
from ...menus import Menu
from ...proof import Attempt, Premises, Theorem
from ...provers.registry import with_prover
from ...traces import TraceReader

__all__ = ["KnownStep", "read_known_steps"]


@dataclass(frozen=True, slots=True)
class KnownStep:
    """A step of a proof that somebody else has given, or that a search has found.

    Attributes:
        split: split of the theorem.
        theorem: name of the theorem.
        whole: whether the steps of this theorem are an accepted proof; otherwise they are those that could be replayed.
        goal: text of the goal.
        tactic: text of the tactic.
        head: name of the tactic.
        premises: names of the library's theorems in it that precede the theorem, each once, in order.
        allowed: premises that the theorem may use.
    """

    split: str
    theorem: str
    whole: bool
    goal: str
    tactic: str
    head: str
    premises: tuple[str, ...]
    allowed: Premises


def read_known_steps(
    folders: Sequence[Path],
    premises_of: Callable[[Theorem], Premises | None],
    menus: Sequence[Menu] = (),
    split: str | None = None,
) -> Iterator[KnownStep]:
    """Read the steps of known proofs, each tactic at each goal of a theorem once, in the order of the traces.

    Imported steps are known whether or not their proof holds as a whole; of searches, those of accepted proofs.

    Args:
        folders: folders with traces.
        premises_of: gives the premises that a theorem may use, `None` where nobody knows.
        menus: menus to read tactics with, where the prover has no reader of its own.
        split: name of the split; `None` for all.

    Raises:
        TraceError: a folder is no trace, or of another prover.
    """
    seen: set[tuple[str, str, str]] = set()
    places: dict[str, dict[str, int]] = {}
    for folder in folders:
        for _, attempt in TraceReader(folder).records(split=split):
            steps = [step for step in _steps(attempt) if (attempt.theorem.name, *step) not in seen]
            seen.update((attempt.theorem.name, *step) for step in steps)
            if not steps:
                continue
            theorem = attempt.theorem
            allowed = premises_of(theorem) or Premises.none()
            library = allowed.library
            if library.digest not in places:
                places[library.digest] = {entry.name: place for place, entry in enumerate(library.entries)}
            place_of = places[library.digest]
            indices = allowed.indices if isinstance(allowed.indices, range) else frozenset(allowed.indices)
            for goal, tactic in steps:
                head, named = _read(theorem.prover, tactic, goal, menus)
                known = tuple(name for name in dict.fromkeys(named) if place_of.get(name) in indices)
                yield KnownStep(theorem.split, theorem.name, attempt.proved, goal, tactic, head, known, allowed)


def _steps(attempt: Attempt) -> list[tuple[str, str]]:
    """Goals and tactics of what counts, each pair once."""
    if not (attempt.proved or attempt.imported):
        return []
    return list(dict.fromkeys((step.goal, step.tactic) for step in attempt.steps if step.on_proof and not step.refused))


def _read(prover: str, tactic: str, goal: str, menus: Sequence[Menu]) -> tuple[str, tuple[str, ...]]:
    """Name of a tactic and of the theorems in it: by the prover's own reader, else by a menu, else the first word."""
    for spec in with_prover(prover):
        if spec.read_tactic is not None:
            try:
                return spec.read_tactic(tactic)
            except BadInput:
                break
    for menu in menus:
        if (parsed := menu.parse(tactic, goal)) is not None:
            return parsed.template.split()[0], parsed.premises
    return (tactic.split() or [""])[0], ()
