"""A recorded proof, done again in the running HOL Light: each step at its recorded goal, then the whole.

In the whole proof a hypothesis that the recorded one takes out of the goal and uses later stays until nothing below
needs it, so that it can be named meanwhile (`ASSUM n`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ....proof import Goal, Proof, ProofStep, Sequent, Subgoals
from ..holist.translate import NotSayable
from ..session import HolLightSession
from .recording import RecordedGoal
from .say import TAKEN_OUT, Speaker, taken_out
from .trees import ProofTree

__all__ = ["Replayed", "Replayer"]

_STEP_TIMEOUT_S = 5.0
_POPS = ("RAW_POP_TAC", "RAW_POP_ALL_TAC")


@dataclass(frozen=True, slots=True)
class Replayed:
    """Outcome of repeating a recorded step.

    Attributes:
        tactic: its text; empty if it cannot be said.
        reason: why it cannot be said or does not do here what was recorded; empty if it does.
    """

    tactic: str
    reason: str = ""


class Replayer:
    """Does the steps of one recorded proof again.

    Args:
        session: on its theorem.
        speaker: for its steps.
        numbers: of the recording's terms.
    """

    def __init__(self, session: HolLightSession, speaker: Speaker, numbers: Mapping[str, int]) -> None:
        self._session = session
        self._speaker = speaker
        self._numbers = numbers
        self._known: dict[tuple[Sequent, str], tuple[Sequent, ...] | str] = {}

    def sequent(self, goal: RecordedGoal) -> Sequent:
        """A recorded goal as text."""
        conclusion, *hypotheses = (self._speaker.terms[number] for number in goal)
        return Sequent(tuple(hypotheses), conclusion)

    def step(self, tree: ProofTree) -> Replayed:
        """The step at the root of a tree, applied to its recorded goal."""
        try:
            tactic = str(self._speaker.say(tree.step, tree.goal[1:]))
        except NotSayable as reason:
            return Replayed("", str(reason))
        left = self._apply(self.sequent(tree.goal), tactic)
        if isinstance(left, str):
            return Replayed(tactic, left)
        return Replayed(tactic, "" if left == tuple(map(self.sequent, tree.step.subgoals)) else "other subgoals")

    def whole(self, root: ProofTree, steps: Mapping[ProofTree, Replayed]) -> Proof | str:
        """The whole proof, or why it cannot be done.

        Args:
            root: its tree.
            steps: what became of each of its steps that is not idle.
        """
        for reason in (step.reason for step in steps.values()):
            if reason not in ("", TAKEN_OUT):
                return reason
        try:
            return self._whole(root)
        except (NotSayable, _NotReplayed) as reason:
            return str(reason)

    def _whole(self, root: ProofTree) -> Proof:
        wanted = _wanted(root)
        script = _Script()
        pending = [(root, self.sequent(root.goal), -1)]
        while pending:
            tree, goal, parent = pending.pop()
            for hypothesis in (Counter(goal.hypotheses) - Counter(self.sequent(tree.goal).hypotheses)).elements():
                if self._numbers.get(hypothesis) not in wanted[tree]:
                    pop = f"RAW_POP_TAC {goal.hypotheses.index(hypothesis)}"
                    parent = script.add(pop, goal, parent)
                    (goal,) = self._must(goal, pop)
            if tree.idle or self._waits(tree, goal, wanted):
                pending.append((tree.children[0], goal, parent))
                continue
            tactic = str(self._speaker.say(tree.step, [self._numbers.get(text, -1) for text in goal.hypotheses]))
            left = self._must(goal, tactic)
            if not _fits(left, [self.sequent(child.goal) for child in tree.children]):
                raise _NotReplayed("other subgoals")
            number = script.add(tactic, goal, parent)
            pending.extend(
                (child, subgoal, number) for child, subgoal in zip(reversed(tree.children), reversed(left), strict=True)
            )
        return script.proof()

    def _waits(self, tree: ProofTree, goal: Sequent, wanted: Mapping[ProofTree, frozenset[int]]) -> bool:
        """Whether the step only takes out hypotheses, of which some are wanted below or were already."""
        if tree.step.tactic not in _POPS:
            return False
        (child,) = tree.children
        gone = Counter(tree.goal[1:]) - Counter(child.goal[1:])
        return goal != self.sequent(tree.goal) or bool(gone.keys() & wanted[child])

    def _must(self, goal: Sequent, tactic: str) -> tuple[Sequent, ...]:
        left = self._apply(goal, tactic)
        if isinstance(left, str):
            raise _NotReplayed(left)
        return left

    def _apply(self, goal: Sequent, tactic: str) -> tuple[Sequent, ...] | str:
        """The subgoals, or the kind of the failure."""
        key = (goal, tactic)
        if key not in self._known:
            (outcome,) = self._session.apply(Goal.single(goal.conclusion, goal.hypotheses), [tactic], _STEP_TIMEOUT_S)
            self._known[key] = (
                tuple(left.parts[0] for left in outcome.goals) if isinstance(outcome, Subgoals) else outcome.kind
            )
        return self._known[key]


class _NotReplayed(Exception):
    """Raised when HOL Light does not do what was recorded; says what it does."""


class _Script:
    """A proof that is being written, each step before those below it."""

    def __init__(self) -> None:
        self._steps: list[tuple[str, Sequent, list[int]]] = []

    def add(self, tactic: str, goal: Sequent, parent: int) -> int:
        """Add a step below another (-1: none); returns its number."""
        number = len(self._steps)
        self._steps.append((tactic, goal, []))
        if parent >= 0:
            self._steps[parent][2].append(number)
        return number

    def proof(self) -> Proof:
        return Proof(tuple(ProofStep(tactic, str(goal), tuple(below)) for tactic, goal, below in self._steps))


def _wanted(root: ProofTree) -> dict[ProofTree, frozenset[int]]:
    """For each tree the hypotheses that it uses although they were taken out of the goal above or in it."""
    wanted: dict[ProofTree, frozenset[int]] = {}
    for tree in reversed(list(root.walk())):
        own = taken_out(tree.step.arguments, tree.goal[1:])
        wanted[tree] = own.union(*(wanted[child] for child in tree.children))
    return wanted


def _fits(found: Sequence[Sequent], recorded: Sequence[Sequent]) -> bool:
    """Whether the goals are the recorded ones, with hypotheses that wait to be taken out."""
    return [goal.conclusion for goal in found] == [goal.conclusion for goal in recorded] and all(
        Counter(goal.hypotheses) <= Counter(other.hypotheses) for goal, other in zip(recorded, found, strict=True)
    )
