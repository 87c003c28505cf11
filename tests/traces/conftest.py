from collections.abc import Callable

import pytest

from aitp_gym.proof import Attempt, Budget, DrawnFringe, Proof, ProofStep, SearchEvent, Spent, Step, Theorem, Verdict


def make(
    name: str = "th",
    num_steps: int = 3,
    *,
    split: str = "train",
    proved_at: int | None = None,
    max_tactics: int | None = 8,
) -> Attempt:
    """An attempt with something in every column."""
    steps = tuple(
        Step(i, i // 2, f"goal {i // 2}", f"tactic {i}", -0.5, "rejected", "no", (), 0.25, 0.125, False, 2)
        for i in range(num_steps)
    )
    events = tuple(
        SearchEvent(i, 2 * i, "select", i, None, 1, (0.5, -1.0), -0.25, fringe=DrawnFringe(i, -1, -1, (i, i + 1), -2.0))
        for i in range((num_steps + 1) // 2)
    )
    proved = proved_at is not None
    return Attempt(
        Theorem(name, f"|- {name}", "hollight", "holist-core", split, 7, f"pretty {name}", True),
        "proved" if proved else "budget",
        steps,
        Budget(max_tactics=max_tactics),
        Spent(2, num_steps, 0.5, 0.75),
        reason="" if proved else "max_tactics",
        verdict=Verdict.accept(0.01) if proved else None,
        proof=Proof((ProofStep("tactic 0", "goal 0", (), 0),)) if proved else None,
        found=int(proved),
        proved_at=proved_at,
        policy_s=0.125,
        seed=42,
        versions={"policy.policy": "test"},
        search_events=events,
    )


@pytest.fixture(scope="session")
def make_attempt() -> Callable[..., Attempt]:
    return make
