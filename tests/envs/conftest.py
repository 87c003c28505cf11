"""A prover that does what a test tells it to: faults, refusals and costs that a real prover shows only by luck."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

import pytest

from aitp_gym.envs import ProofEnv
from aitp_gym.errors import ProverLost, StatementError
from aitp_gym.proof import Failure, Goal, Outcome, Premises, Proof, Subgoals, Theorem, Verdict
from aitp_gym.theorems import TheoremSet


class ScriptedSession:
    """Goals are words. Tactics: `close`, `to WORD WORD …` (subgoals), `cost SECONDS TACTIC`, `lost`; others fail."""

    def __init__(self, statement: str) -> None:
        self.root = Goal.single(statement)
        self.asked: list[tuple[str, list[str], float | None, float | None]] = []
        self.closed = False

    def apply(
        self,
        goal: Goal,
        tactics: Sequence[str],
        timeout_s: float,
        *,
        prover_s: float | None = None,
        wall_s: float | None = None,
    ) -> list[Outcome]:
        self.asked.append((goal.parts[0].conclusion, list(tactics), prover_s, wall_s))
        outcomes: list[Outcome] = []
        for tactic in tactics:
            outcome = self._one(tactic)
            outcomes.append(outcome)
            if isinstance(outcome, Subgoals) and outcome.closed:
                break
            if prover_s is not None and sum(o.cpu_s for o in outcomes) >= prover_s:
                break
        return outcomes

    def _one(self, tactic: str) -> Outcome:
        cost = 0.0
        if tactic.startswith("cost "):
            _, seconds, tactic = tactic.split(" ", 2)
            cost = float(seconds)
        match tactic.split():
            case ["lost"]:
                raise ProverLost("the prover is gone")
            case ["close"]:
                return Subgoals((), cost, cost)
            case ["to", *words]:
                return Subgoals(tuple(map(Goal.single, words)), cost, cost)
        return Failure("parse", f"no tactic {tactic!r}", cost, cost)

    def pretty(self, goal: Goal) -> str:
        return f"«{goal.parts[0].conclusion}»"

    def close(self) -> None:
        self.closed = True


class ScriptedProver:
    """`judge` gives the verdict on each proof; by default all are accepted."""

    name = "scripted"
    nondeterministic = False
    versions: ClassVar[dict[str, str]] = {"scripted": "1"}

    def __init__(self, judge: Callable[[Proof], Verdict] = lambda proof: Verdict.accept(0.25)) -> None:
        self.judge = judge
        self.checked: list[Proof] = []
        self.sessions: list[ScriptedSession] = []
        self.closed = False

    def parse(self, statement: str) -> Theorem:
        if "?" in statement:
            raise StatementError(f"Expected words, got {statement!r}.")
        return Theorem("user", statement, self.name)

    def premises(self, theorem: Theorem) -> Premises:
        return Premises.none()

    def start(self, theorem: Theorem) -> ScriptedSession:
        self.sessions.append(ScriptedSession(theorem.statement))
        return self.sessions[-1]

    def check(self, theorem: Theorem, proof: Proof, timeout_s: float) -> Verdict:
        self.checked.append(proof)
        return self.judge(proof)

    def close(self) -> None:
        self.closed = True


WORDS = TheoremSet("words", tuple(Theorem(f"word_{w}", w, "scripted", "words", "train") for w in "abcdefgh"))


@pytest.fixture
def scripted():
    """Makes a ProofEnv over a scripted prover: `env = scripted(judge=…, budget=…)`; `env.prover` is the prover."""
    made: list[ProofEnv] = []

    def make(judge: Callable[[Proof], Verdict] | None = None, **settings: object) -> ProofEnv:
        prover = ScriptedProver() if judge is None else ScriptedProver(judge)
        made.append(ProofEnv(prover, WORDS, **settings))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for env in made:
        env.close()
