import math
import random

import pytest

from aitp_gym.proof import Attempt, Budget, Spent, Step, Theorem

pytest.importorskip("torch", reason="training needs torch: pip install 'aitp-gym[lightning]'")
pytest.importorskip("lightning", reason="training needs lightning: pip install 'aitp-gym[lightning]'")


def step(index, node, outcome="subgoals", children=(), *, goal=None, **fields) -> Step:
    """A row; `outcome` other than `subgoals` is a failure."""
    text = f"⊢ goal {node}" if goal is None else goal
    return Step(index, node, text, f"tactic {index}", math.nan, outcome, "", children, 0.0, 0.0, False, 0, **fields)


def attempt(*steps: Step, name="t", status="budget", split="train", **fields) -> Attempt:
    theorem = Theorem(name, "statement", "propositional", split=split)
    return Attempt(theorem, status, steps, Budget(max_tactics=512), Spent(1, len(steps)), **fields)


def learnable_attempts(count: int, seed: int) -> list[Attempt]:
    """A goal is proved if and only if its connective is ∧; all others are fully explored."""
    rng = random.Random(seed)
    attempts = []
    for i in range(count):
        connective = rng.choice("∧∨→")
        text = f"⊢ {rng.choice('pqrs')}{i % 7} {connective} {rng.choice('pqrs')}"
        outcome = "subgoals" if connective == "∧" else "rejected"
        attempts.append(attempt(step(0, 0, outcome, goal=text, explored=True), name=f"t{seed}-{i}"))
    return attempts
