import pytest

from aitp_gym.evaluation.steps.known_steps import KnownStep
from aitp_gym.proof import Library, Premise, Premises


def constant(name: str, *arguments: str) -> str:
    text = f"(c (bool) {name})"
    for argument in arguments:
        text = f"(a {text} {argument})"
    return text


@pytest.fixture(scope="session")
def library() -> Library:
    """`T0` to `T11`, each about a constant of its own and one that all share."""
    return Library("made", "made", tuple(Premise(f"T{i}", constant("ALL", constant(f"C{i}")), i) for i in range(12)))


@pytest.fixture
def step(library):
    """Makes a step; by default one that could use the whole library."""

    def make(goal, tactic, head, premises=(), *, split="valid", theorem="t", whole=True, before=12) -> KnownStep:
        return KnownStep(split, theorem, whole, goal, tactic, head, premises, Premises(library, range(before)))

    return make
