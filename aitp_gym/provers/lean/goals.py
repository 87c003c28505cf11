"""Lean's proof states as goals: reading their text, and which of them have to be solved together."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from ...proof import Sequent

__all__ = ["EXACTLY", "WHOLE", "LeanGoal", "group", "identity", "parse_goal", "parse_state"]

# Before a tactic that prints. What people and policies read has every term and proof of a goal, however deep: Lean
# would write `⋯` for some, and two goals could have one text. What takes over a million steps to print still has `⋯`.
WHOLE = "set_option pp.proofs true in set_option pp.deepTerms true in set_option pp.maxSteps 1000000 in"
# Besides, with all that is implicit, so that two goals with one text are one goal.
EXACTLY = f"set_option pp.all true in {WHOLE}"
_TURNSTILE = "⊢ "
_CASE = "case "
# `?w`, `?m.12`, `?u.3`, `?right.w`; not the end of a name such as `get?` or of `a[i]?`.
_METAVARIABLE = re.compile(r"(?<![\w\])'!?])\?([\w.✝'!«»]+)")
# What the pretty printer leaves out, and what it says of a term that it cannot print.
_LEFT_OUT = ("⋯", "failed to pretty print")


@dataclass(frozen=True, slots=True)
class LeanGoal:
    """One goal of a proof state.

    Attributes:
        tag: its case name, for example `right`; empty where it has none.
        sequent: hypotheses, one for each line that Lean prints (`p q : Prop` is one), and conclusion.
        exact: a text that tells it from every other goal better than the sequent's does: with implicit arguments,
            universes and coercions. The sequent's own where nothing better is known.
    """

    tag: str
    sequent: Sequent
    exact: str

    @property
    def metavariables(self) -> frozenset[str]:
        """Names of the metavariables that its text mentions, those of universes included."""
        return frozenset(_METAVARIABLE.findall(self.exact))

    @property
    def is_told(self) -> bool:
        """Whether its exact text leaves nothing out."""
        return not any(mark in self.exact for mark in _LEFT_OUT)

    def as_text(self) -> str:
        """As Lean prints it, the case name in front."""
        text = str(self.sequent)
        return f"{_CASE}{self.tag}\n{text}" if self.tag else text


def parse_state(text: str, exact: str | None = None) -> tuple[LeanGoal, ...]:
    """Read a proof state as `trace_state`, the language server and LeanDojo print it.

    Args:
        text: goals with an empty line between them; empty or `no goals` if there are none.
        exact: the same state in a more explicit print, for `LeanGoal.exact`.

    Raises:
        ValueError: this is not a proof state, or the two texts are not of the same one.
    """
    goals = [_parse_goal(part) for part in _parts(text)]
    if exact is None:
        return tuple(LeanGoal(tag, sequent, str(sequent)) for tag, sequent in goals)
    exact_goals = [_parse_goal(part) for part in _parts(exact)]
    if len(exact_goals) != len(goals):
        raise ValueError(f"one print of the state has {len(goals)} goals, the other {len(exact_goals)}")
    return tuple(
        LeanGoal(tag, sequent, str(explicit)) for (tag, sequent), (_, explicit) in zip(goals, exact_goals, strict=True)
    )


def parse_goal(text: str, exact: str) -> LeanGoal:
    """Read one goal from its two prints.

    Raises:
        ValueError: this is not a goal.
    """
    tag, sequent = _parse_goal(text)
    return LeanGoal(tag, sequent, str(_parse_goal(exact)[1]))


def group(goals: Sequence[LeanGoal]) -> tuple[tuple[int, ...], ...]:
    """Which goals of a state are nodes of their own, and which make one node together.

    Goals that mention metavariables, and the goals that these stand for, depend on each other: what is done to one can
    decide another. They form one group; every other goal is a group of its own. A metavariable that no goal's name
    answers to may stand for any goal without a name, so those join too. One group too large is sound, one too small
    is not.

    Returns:
        Groups of places in `goals`, in the order of their first members.
    """
    mentioned = frozenset[str]().union(*(goal.metavariables for goal in goals)) if goals else frozenset[str]()
    if not mentioned:
        return tuple((place,) for place in range(len(goals)))
    nameless = bool(mentioned - {goal.tag for goal in goals})
    together = tuple(
        place
        for place, goal in enumerate(goals)
        if goal.metavariables or goal.tag in mentioned or (nameless and not goal.tag)
    )
    groups = [(place,) for place in range(len(goals)) if place not in together]
    return tuple(sorted([*groups, together]))


def identity(goals: Sequence[LeanGoal]) -> str | None:
    """Key of a node made of these goals; `None`, "never merge", where the text does not settle what they are.

    A metavariable's name means something within its own state only, and what the printer has left out could differ.
    """
    if len(goals) != 1 or goals[0].metavariables or not goals[0].is_told:
        return None
    return hashlib.blake2b(goals[0].exact.encode(), digest_size=16).hexdigest()


def _parts(text: str) -> list[str]:
    text = text.strip("\n")
    return [] if text in ("", "no goals") else re.split(r"\n\s*\n", text)


def _parse_goal(text: str) -> tuple[str, Sequent]:
    """Case name and sequent; a line that is indented goes on with the one before it."""
    tag, hypotheses, conclusion = "", list[str](), None
    for line in text.split("\n"):
        if conclusion is not None:
            conclusion += "\n" + line
        elif line.startswith(_TURNSTILE):
            conclusion = line.removeprefix(_TURNSTILE)
        elif line.startswith(_CASE) and not tag and not hypotheses:
            tag = line.removeprefix(_CASE)
        elif line[:1].isspace() and hypotheses:
            hypotheses[-1] += "\n" + line
        else:
            hypotheses.append(line)
    if conclusion is None:
        raise ValueError(f"expected a goal with a line that begins with `⊢`, got {text[:200]!r}")
    return tag, Sequent(tuple(hypotheses), conclusion)
