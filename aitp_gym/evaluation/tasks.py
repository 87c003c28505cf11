"""Tasks of a worker: one theorem, one seed, one budget each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from ..errors import BadInput
from ..proof import Attempt, Budget, Spent, Theorem

__all__ = ["Deadlines", "EvaluationTask", "check_distinct", "derive_seed"]


def derive_seed(run_seed: int, iteration: int, theorem: str) -> int:
    """The seed of an attempt, in [0, 2**32): the same on every machine, for every worker and in every order.

    Policies and splits share it, so that two policies compared on a theorem meet the same randomness.

    Args:
        run_seed: the seed of the whole run.
        iteration: of the loop, from 0.
        theorem: the theorem's name.
    """
    text = json.dumps([run_seed, iteration, theorem])
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest(), "big")


@dataclass(frozen=True, slots=True)
class EvaluationTask:
    """One attempt to be made. Small and plain, because it travels between processes.

    Attributes:
        theorem: what to prove.
        iteration: of the loop, from 0.
        policy: the report's name for the policy, for example `uniform`.
        seed: of the attempt, see `derive_seed`.
        budget: limits of the attempt.
    """

    theorem: Theorem
    iteration: int
    policy: str
    seed: int
    budget: Budget

    @classmethod
    def of(cls, theorem: Theorem, *, run_seed: int, iteration: int, policy: str, budget: Budget) -> Self:
        """The task of a theorem in a run, its seed derived from both."""
        return cls(theorem, iteration, policy, derive_seed(run_seed, iteration, theorem.name), budget)

    @property
    def key(self) -> tuple[int, str, str, str]:
        """Identity of the attempt in a run: iteration, split, policy, theorem name."""
        return self.iteration, self.theorem.split, self.policy, self.theorem.name

    def failed(self, reason: str) -> Attempt:
        """The attempt that stands for this task when no worker could give one: status `error`, nothing spent."""
        return Attempt(self.theorem, "error", (), self.budget, Spent(), reason=reason, seed=self.seed)


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Wall seconds after which a silent worker process is given up, whatever it may be doing.

    Attributes:
        attempt_s: for an attempt whose budget sets no `wall_s`.
        check_s: added for the check of a found proof, which is outside the budget.
        grace_s: added for everything else: a last batch of tactics, garbage, a loaded machine.
        start_s: for building the environment and the policy; a prover may be compiled meanwhile.
    """

    attempt_s: float = 600.0
    check_s: float = 60.0
    grace_s: float = 30.0
    start_s: float = 300.0

    def of(self, task: EvaluationTask) -> float:
        """Seconds from giving out the task to giving up on it."""
        wall_s = task.budget.wall_s
        return (self.attempt_s if wall_s is None else wall_s) + self.check_s + self.grace_s


def check_distinct(tasks: Iterable[EvaluationTask]) -> list[EvaluationTask]:
    """The tasks as a list.

    Raises:
        BadInput: two tasks have the same key, so that their results could not be told apart.
    """
    listed = list(tasks)
    seen: set[tuple[int, str, str, str]] = set()
    for task in listed:
        if task.key in seen:
            raise BadInput(
                f"Each attempt of an evaluation must be a different one, but {task.key} (iteration, split, policy, "
                "theorem) was asked for twice: remove the duplicate or give it another label."
            )
        seen.add(task.key)
    return listed
