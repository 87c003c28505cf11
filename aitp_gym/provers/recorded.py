"""`RecordedProver`: an attempt in a trace in the place of a prover."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..errors import BadInput
from ..proof import Attempt, Failure, Goal, Outcome, Premises, Proof, Step, Subgoals, Theorem, Verdict

__all__ = ["RecordedProver"]


class RecordedProver:
    """Prover that answers what a trace says that a prover answered; a `Prover`, and a `ProverSession` as well.

    It holds one attempt at a time. Goals have their node in the attempt as `ref`; those at which nothing was applied
    have no text in a trace, and get an empty one.

    Args:
        name: of the prover whose attempts these are.
        premises_of: gives the premises that a theorem may use.

    Attributes:
        root: the theorem of the attempt as a goal.
    """

    root: Goal
    nondeterministic = False
    versions: Mapping[str, str] = {}

    def __init__(self, name: str, premises_of: Callable[[Theorem], Premises]) -> None:
        self.name = name
        self._premises_of = premises_of
        self._goals: dict[int, Goal] = {}
        self._proved = False
        self._next: Step | None = None
        self._applied: list[Step] = []

    def load(self, attempt: Attempt) -> None:
        """Take another attempt; the next session is one of its."""
        texts = {step.node: step.goal for step in attempt.steps}
        nodes = {0, *texts, *(child for step in attempt.steps for child in step.children)}
        self._goals = {node: Goal.from_text(texts.get(node, ""), str(node), node) for node in nodes}
        self.root = self._goals[0]
        self._proved = attempt.proved
        self._next, self._applied = None, []

    def answer(self, step: Step) -> None:
        """Say which step of the attempt the next application is."""
        self._next = step

    def apply(self, goal: Goal, tactics: Sequence[str], timeout_s: float, **limits: Any) -> list[Outcome]:
        """The outcome of the step that `answer` named, for the first tactic."""
        step, self._next = self._next, None
        if step is None or goal.ref != step.node:
            raise BadInput(f"Nothing is recorded of {tactics[0]!r} at {goal.text!r}: name a step of its goal before.")
        self._applied.append(step)
        if step.outcome == "subgoals":
            return [Subgoals(tuple(self._goals[child] for child in step.children), step.elapsed_s, step.cpu_s)]
        return [Failure(step.outcome, step.message, step.elapsed_s, step.cpu_s)]  # type: ignore[arg-type]  # a kind

    def check(self, theorem: Theorem, proof: Proof, timeout_s: float) -> Verdict:
        """The recorded judgement: a proof counts if it is made of the steps of the one that was accepted."""
        steps = [self._applied[step.edge] for step in proof.steps]
        refused = next((place for place, step in enumerate(steps) if step.refused), None)
        if refused is not None:
            return Verdict.refuse("A check refused this step when it was recorded.", refused)
        if self._proved and all(step.on_proof for step in steps):
            return Verdict.accept()
        return Verdict.unavailable("It is not the proof that was checked when the attempt was recorded.")

    def parse(self, statement: str) -> Theorem:
        """Nothing is read here.

        Raises:
            BadInput: always.
        """
        raise BadInput(f"A recorded attempt reads no statements, got {statement!r}.")

    def premises(self, theorem: Theorem) -> Premises:
        """What the theorem may use, in library order."""
        return self._premises_of(theorem)

    def start(self, theorem: Theorem) -> RecordedProver:
        """The session of the attempt."""
        return self

    def pretty(self, goal: Goal) -> str:
        """The goal as it was recorded."""
        return goal.text

    def close(self) -> None:
        """Nothing is held."""
