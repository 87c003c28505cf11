"""Labelled goals from traces, which a goal model learns from, and their split into training and held-out theorems."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from scipy.stats import CensoredData, ecdf

from aitp_gym.errors import ConfigError, TraceError
from aitp_gym.proof import Attempt, Status
from aitp_gym.traces import TraceReader

from .replay import Worked, replay

__all__ = [
    "GoalLabel",
    "Kind",
    "LabelRule",
    "OpenRule",
    "Survival",
    "count_kinds",
    "label_goals",
    "read_labels",
    "split_labels",
]

Kind = Literal["proved", "failed", "open"]
OpenRule = Literal["survival", "search", "zero", "none"]


@dataclass(frozen=True, slots=True)
class LabelRule:
    """Rule for goals that were neither proved nor fully explored.

    Attributes:
        open_goals: `survival`: the share of goals like it that more tactics proved (see `Survival`); `search`: the
            critic target of the search that made the trace (HTPS, arXiv:2205.11491, section 3.3), where it has one;
            `zero`: 0, as in BAIT; `none`: leave them out.
        min_visits: an open goal with fewer tactics at it and below it is left out, whatever the rule, except `search`,
            which has a threshold of its own. BAIT asks for 2,048, 32 expansions of 64 tactics each, before it teaches a
            hard 0; budgets of a few hundred tactics never get there. 64, one of its expansions, is enough for a label
            that is not hard.
    """

    open_goals: OpenRule = "survival"
    min_visits: int = 64

    def __post_init__(self) -> None:
        if self.open_goals not in get_args(OpenRule):
            raise ConfigError(f"open_goals must be one of {', '.join(get_args(OpenRule))}, got {self.open_goals!r}.")
        if self.min_visits < 1:
            raise ConfigError(f"min_visits must be at least 1, got {self.min_visits}.")


@dataclass(frozen=True, slots=True)
class GoalLabel:
    """One goal of one theorem, and the probability that it is provable.

    Attributes:
        theorem: name of the theorem.
        goal: text of the goal.
        value: probability to learn, in [0, 1]: 1 if it was proved, 0 if nothing that the policy offers can prove it.
        kind: how the value came about.
        visits: number of tactics applied to the goal and below it, see `Worked`.
    """

    theorem: str
    goal: str
    value: float
    kind: Kind
    visits: int


def read_labels(folders: Sequence[Path], rule: LabelRule, split: str = "train") -> list[GoalLabel]:
    """Label the goals of the attempts at one split, by whatever policy.

    Args:
        folders: folders with traces.
        rule: rule for goals that were left open.
        split: name of the split.

    Raises:
        TraceError: a folder is no trace, or no goal in it can be labelled.
    """
    attempts = (attempt for folder in folders for _, attempt in TraceReader(folder).records(split=split))
    labels = label_goals(attempts, rule)
    if not labels:
        names = ", ".join(map(str, folders))
        raise TraceError(
            f"No goal of the {split!r} attempts of {names} was proved, fully explored or visited "
            f"{rule.min_visits} times: give more traces, or a smaller --min-visits."
        )
    return labels


def label_goals(attempts: Iterable[Attempt], rule: LabelRule) -> list[GoalLabel]:
    """Label goals, each (theorem, goal) once, in the order in which they were first met.

    A goal that was met in several attempts counts as the best of them found it: proved, then failed, then open with
    the most visits. Goals proved inside attempts that proved no theorem count as proved, though only the prover's
    session says so and no check. Imported proofs show goals that were proved and none that were given up, so they say
    nothing about how many tactics a proof takes.
    """
    found: dict[tuple[str, str], Worked] = {}
    proved: list[int] = []
    left_open: list[int] = []
    failed = 0
    for attempt in attempts:
        for worked in replay(attempt):
            if not attempt.imported:
                if worked.status is Status.PROVED:
                    proved.append(worked.visits)
                elif worked.status is Status.FAILED:
                    failed += 1
                else:
                    left_open.append(worked.visits)
            key = (attempt.theorem.name, worked.goal)
            if key not in found or _rank(worked) > _rank(found[key]):
                found[key] = worked
    survival = Survival(proved, left_open, failed)
    labels = []
    for (theorem, goal), worked in found.items():
        value = _value(worked, rule, survival)
        if value is not None:
            labels.append(GoalLabel(theorem, goal, value, _KINDS[worked.status], worked.visits))
    return labels


_KINDS: dict[Status, Kind] = {Status.PROVED: "proved", Status.FAILED: "failed", Status.OPEN: "open"}


def _rank(worked: Worked) -> tuple[int, int]:
    return (Status.OPEN, Status.FAILED, Status.PROVED).index(worked.status), worked.visits


def _value(worked: Worked, rule: LabelRule, survival: Survival) -> float | None:
    """The probability to learn; `None` leaves the goal out."""
    if worked.status is not Status.OPEN:
        return float(worked.status is Status.PROVED)
    if rule.open_goals == "search":
        return worked.critic_target
    if rule.open_goals == "none" or worked.visits < rule.min_visits:
        return None
    return 0.0 if rule.open_goals == "zero" else survival.proved_later(worked.visits)


def count_kinds(labels: Iterable[GoalLabel]) -> dict[str, int]:
    """Count the labels of each kind; a kind that does not occur has 0."""
    counts = Counter(label.kind for label in labels)
    return {kind: counts[kind] for kind in get_args(Kind)}


class Survival:
    """Kaplan-Meier estimate of "not proved after t tactics", and what follows from it for open goals.

    An attempt that ends leaves goals open that more tactics might have proved: their proof is censored. The product
    limit uses them for as long as they were watched (E. L. Kaplan and P. Meier, JASA 53 (1958) 457-481), and gives an
    open goal the share of those like it that were proved later, which is what redistributing its weight to the right
    comes to (B. Efron, Proc. 5th Berkeley Symposium 4 (1967) 831-853). Goals that cannot be proved by what the policy
    offers are watched for ever. One more of these is added, so that little data gives no certainty.

    Args:
        proved: numbers of tactics that proved goals took, each >= 1.
        open_goals: numbers of tactics spent on goals that were left open, each >= 1.
        failed: number of goals that cannot be proved.
    """

    def __init__(self, proved: Sequence[int], open_goals: Sequence[int], failed: int = 0) -> None:
        for_ever = max([*proved, *open_goals], default=0) + 1
        times = [*proved, *open_goals, *[for_ever] * (failed + 1)]
        curve = ecdf(CensoredData.right_censored(times, np.arange(len(times)) >= len(proved))).sf
        # As lists, because looking one number up in scipy's curve takes a fifth of a millisecond.
        self._times: list[float] = curve.quantiles.tolist()
        self._shares: list[float] = [1.0, *curve.probabilities.tolist()]

    def unproved(self, tactics: int) -> float:
        """Share of all goals that so many tactics do not prove, in (0, 1]."""
        return self._shares[bisect_right(self._times, tactics)]

    def proved_later(self, tactics: int) -> float:
        """Share of the goals unproved after so many tactics that are proved later, in [0, 1)."""
        return 1 - self._shares[-1] / self.unproved(tactics)


def split_labels(labels: Sequence[GoalLabel], share: float, seed: int) -> tuple[list[GoalLabel], list[GoalLabel]]:
    """Hold out the goals of about a share of the theorems.

    A theorem's name and the seed alone decide, so more traces move no theorem. Goals of held-out theorems that a
    training theorem has too are in neither part: they would measure memory.

    Args:
        labels: labelled goals.
        share: share of the theorems to hold out, in [0, 1).
        seed: for the split.

    Returns:
        Labels to learn from, and held-out ones.
    """
    train = [label for label in labels if not _is_held_out(label.theorem, share, seed)]
    seen = {label.goal for label in train}
    held_out = [label for label in labels if _is_held_out(label.theorem, share, seed) and label.goal not in seen]
    return train, held_out


def _is_held_out(theorem: str, share: float, seed: int) -> bool:
    digest = hashlib.blake2b(f"{seed}\n{theorem}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") < share * 2**64
