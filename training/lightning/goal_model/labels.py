"""From traces to labelled goals: what a goal model learns from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from aitp_gym.errors import ConfigError, TraceError
from aitp_gym.proof import Attempt, Status
from aitp_gym.traces import TraceReader

from .replay import Worked, replay
from .survival import Survival

__all__ = ["Kind", "Label", "LabelRule", "OpenRule", "count_kinds", "label_goals", "read_labels"]

Kind = Literal["proved", "failed", "open"]
OpenRule = Literal["survival", "search", "zero", "none"]


@dataclass(frozen=True, slots=True)
class LabelRule:
    """What is taught of goals that were neither proved nor fully explored.

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
class Label:
    """One goal of one theorem, and the probability that it is provable.

    Attributes:
        theorem: the theorem's name; `goal`: the goal's text.
        value: the probability to learn: 1 if it was proved, 0 if nothing that the policy offers can prove it.
        kind: how the value came about.
        visits: tactics applied to the goal and below it, see `Worked`.
    """

    theorem: str
    goal: str
    value: float
    kind: Kind
    visits: int


def read_labels(folders: Sequence[Path], rule: LabelRule, split: str = "train") -> list[Label]:
    """The labelled goals of the attempts at one split, by whatever policy.

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


def label_goals(attempts: Iterable[Attempt], rule: LabelRule) -> list[Label]:
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
            labels.append(Label(theorem, goal, value, _KINDS[worked.status], worked.visits))
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


def count_kinds(labels: Iterable[Label]) -> dict[str, int]:
    """How many labels there are of each kind."""
    counts = Counter(label.kind for label in labels)
    return {kind: counts[kind] for kind in get_args(Kind)}
