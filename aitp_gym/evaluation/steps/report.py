"""Figures of known steps: simple predictions on held-out ones, and what menus can write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aitp_gym.agents.policies.menu_base import nearest_names

from ...errors import TraceError
from ...menus import Menu
from ...provers.libraries import LibraryPremises
from ...traces import TraceReader
from .coverage import Coverage, coverage
from .known_steps import KnownStep, read_known_steps
from .premise_baselines import premise_recall
from .tactic_baselines import tactic_accuracy

__all__ = ["StepsReport", "measure_steps"]


@dataclass(frozen=True)
class StepsReport:
    """Figures of known steps.

    Attributes:
        learn_from, split: names of the splits that predictors learn from and are measured on.
        steps: steps by split; `with_premises`: of these that name premises, by split.
        tactics: by predictor and number of guesses, the share of held-out steps whose tactic is among them.
        premises: by ranking, figures of the premises of held-out steps; see `premise_recall`.
        menus: by name of the menu and split, what it can write.
    """

    learn_from: str
    split: str
    steps: Mapping[str, int]
    with_premises: Mapping[str, int]
    tactics: Mapping[str, Mapping[int, float]]
    premises: Mapping[str, Mapping[str, float]]
    menus: Mapping[str, Mapping[str, Coverage]]

    def as_json(self) -> dict[str, Any]:
        """The figures as plain values."""
        return {
            "learn_from": self.learn_from,
            "split": self.split,
            "steps": dict(self.steps),
            "with_premises": dict(self.with_premises),
            "tactics": {
                name: {f"top-{k}": share for k, share in accuracy.items()} for name, accuracy in self.tactics.items()
            },
            "premises": {name: dict(figures) for name, figures in self.premises.items()},
            "menus": {
                menu: {split: counts.as_json() for split, counts in by_split.items()}
                for menu, by_split in self.menus.items()
            },
        }


def measure_steps(
    folders: Sequence[Path],
    *,
    menus: Sequence[Menu] = (),
    split: str = "valid",
    learn_from: str = "train",
    advance: Callable[[float, float], None] = lambda done, total: None,
) -> StepsReport:
    """Measure simple predictions on the held-out steps of traces, and what menus can write. Nothing in it is random.

    Args:
        folders: folders with traces, of one prover.
        menus: menus to measure.
        split: name of the split to measure on.
        learn_from: name of the split to learn from.
        advance: told how many parts of the work are done, and of how many.

    Raises:
        TraceError: a folder is no trace, the traces are of different provers or of another than a menu's, or one of the
            splits has no steps of proofs.
    """
    parts = 4 + len(menus)
    splits = (learn_from, split)
    prover = menus[0].prover if menus else _prover(folders)
    with LibraryPremises(prover) as premises_of:
        steps = {name: list(read_known_steps(folders, premises_of.find, menus, name)) for name in splits}
        for name, found in steps.items():
            if not found:
                raise TraceError(
                    f"There are no steps of proofs in split {name!r} of {', '.join(map(str, folders))}: give traces "
                    "that have some, such as those of `aitp record`, or another split."
                )
        advance(1, parts)
        nearest = _Nearest(max((menu.max_premises for menu in menus), default=0))
        covered: dict[str, dict[str, Coverage]] = {}
        for number, menu in enumerate(menus):
            if menu.prover != prover:
                raise TraceError(f"Menu {menu.name!r} is for prover {menu.prover!r}; expected {prover!r}.")
            covered[menu.name] = coverage(menu, [step for name in steps for step in steps[name]], nearest)
            advance(2 + number, parts)
        tactics = tactic_accuracy(steps[learn_from], steps[split])
        advance(parts - 1, parts)
        premises = premise_recall(steps[learn_from], steps[split])
        advance(parts, parts)
    return StepsReport(
        learn_from,
        split,
        {name: len(found) for name, found in steps.items()},
        {name: sum(bool(step.premises) for step in found) for name, found in steps.items()},
        tactics,
        premises,
        covered,
    )


def _prover(folders: Sequence[Path]) -> str:
    """The prover that most attempts are of; those of another are noticed when they are read."""
    found: Counter[str] = Counter()
    for folder in folders:
        found.update(TraceReader(folder).attempts()["prover"].to_pylist())
    if not found:
        raise TraceError(f"There are no attempts in {', '.join(map(str, folders))}.")
    return found.most_common(1)[0][0]


class _Nearest:
    """Names of the premises nearest to a step's goal, ranked once for all menus.

    Args:
        k: names that are kept of each ranking.
    """

    def __init__(self, k: int) -> None:
        self._k = k
        self._ranked: dict[tuple[str, str, int], list[str]] = {}

    def __call__(self, step: KnownStep, k: int) -> list[str]:
        key = (step.goal, step.allowed.library.digest, len(step.allowed))
        if key not in self._ranked:
            self._ranked[key] = nearest_names(step.goal, step.allowed, self._k)
        return self._ranked[key][:k]
