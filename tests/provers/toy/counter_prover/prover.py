"""Statements such as `3 => 7`, proved by leading from the one number to the other."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from aitp_gym.errors import StatementError
from aitp_gym.proof import Failure, Goal, Outcome, Premises, Proof, Sequent, Subgoals, Theorem, Verdict

_STATEMENT = re.compile(r"(\d{1,9}) => (\d{1,9})")
_RULES = {"increment": lambda number: number + 1, "double": lambda number: 2 * number}


def _read(statement: str) -> tuple[int, int]:
    match = _STATEMENT.fullmatch(statement.strip())
    if match is None:
        raise StatementError(f"Expected a statement like `3 => 7`, got {statement!r}.")
    return int(match[1]), int(match[2])


def _goal(number: int, target: int) -> Goal:
    text = f"{number} => {target}"
    return Goal((Sequent((), text),), key=text, ref=(number, target))


class CounterSession:
    """One attempt; a goal's `ref` is its two numbers."""

    def __init__(self, statement: str) -> None:
        self.root = _goal(*_read(statement))

    def apply(
        self,
        goal: Goal,
        tactics: Sequence[str],
        timeout_s: float,
        *,
        prover_s: float | None = None,
        wall_s: float | None = None,
    ) -> list[Outcome]:
        """The outcomes of the tactics, up to the first that closes the goal."""
        outcomes: list[Outcome] = []
        for tactic in tactics:
            outcomes.append(self._outcome(*goal.ref, tactic))
            if outcomes[-1] == Subgoals(()):
                break
        return outcomes

    def _outcome(self, number: int, target: int, tactic: str) -> Outcome:
        if tactic == "stop":
            return Subgoals(()) if number == target else Failure("rejected", f"{number} is not {target}")
        if tactic not in _RULES:
            return Failure("parse", f"no tactic {tactic!r}; there are stop, {', '.join(_RULES)}")
        following = _RULES[tactic](number)
        if following == number:
            return Failure("no_progress", f"{tactic} leaves {number} as it is")
        if following > target:
            return Failure("rejected", f"{following} is beyond {target}")
        return Subgoals((_goal(following, target),))

    def pretty(self, goal: Goal) -> str:
        """The goal as a person would read it."""
        return f"from {goal.ref[0]} to {goal.ref[1]}"

    def close(self) -> None:
        """Nothing to release."""


class CounterProver:
    """The prover: no library, no process, and a check that computes the proof anew."""

    name = "counter"
    nondeterministic = False
    versions: Mapping[str, str] = {"counter": "1"}

    def parse(self, statement: str) -> Theorem:
        """Read a statement."""
        number, target = _read(statement)
        return Theorem(f"from-{number}-to-{target}", f"{number} => {target}", self.name)

    def premises(self, theorem: Theorem) -> Premises:
        """None: there is no library."""
        return Premises.none()

    def start(self, theorem: Theorem) -> CounterSession:
        """Open a session."""
        return CounterSession(theorem.statement)

    def check(self, theorem: Theorem, proof: Proof, timeout_s: float) -> Verdict:
        """Follow the script from the statement's first number; it must stop at the second, and nowhere else."""
        number, target = _read(theorem.statement)
        *rules, last = proof.script()
        for step, tactic in enumerate(rules):
            if tactic not in _RULES:
                return Verdict.refuse(f"{tactic!r} leads nowhere", step)
            number = _RULES[tactic](number)
        if last != "stop" or number != target:
            return Verdict.refuse(f"the proof ends with {last!r} at {number}, not at {target}")
        return Verdict.accept()

    def close(self) -> None:
        """Nothing to release."""
