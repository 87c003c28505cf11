"""An interrupt at any line of Python within a call of Propositional, and right answers afterwards.

The other provers answer from processes of their own; what an interrupt may do to them is in `test_answers.py`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from types import FrameType

import gymnasium
import pytest

import aitp_gym  # noqa: F401  # registers the ids
from aitp_gym.envs import ProofEnv
from aitp_gym.proof import Failure, Outcome, Proof, ProofStep

STATEMENT = "p & q -> q & p"
ANSWERS: dict[str, str | int] = {"intro": 1, "nonsense": "parse", "split": "rejected"}
PROOF = Proof(
    (
        ProofStep("intro", "", (1,)),
        ProofStep("cases h0", "", (2,)),
        ProofStep("split", "", (3, 4)),
        ProofStep("assumption", "", ()),
        ProofStep("assumption", "", ()),
    )
)


def told(outcome: Outcome) -> str | int:
    return outcome.kind if isinstance(outcome, Failure) else len(outcome.goals)


@pytest.fixture
def env() -> Iterator[ProofEnv]:
    made = gymnasium.make("aitp/Propositional-v0", max_tactics=None).unwrapped
    made.reset(options={"theorem": STATEMENT})
    yield made
    made.close()


def interrupted_at(line: int, call: Callable[[], object]) -> bool:
    """Make a call that is interrupted when it comes to its `line`-th line of the package; whether it came so far."""
    left = line
    before = sys.gettrace()

    def trace(frame: FrameType, event: str, _: object) -> Callable[..., object] | None:
        nonlocal left
        if "aitp_gym" not in frame.f_globals.get("__name__", ""):
            return None
        if event == "line":
            left -= 1
            if left == 0:
                raise KeyboardInterrupt
        return trace

    sys.settrace(trace)
    try:
        call()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    return False


def answers(env: ProofEnv) -> dict[str, str | int]:
    return {tactic: told(env.expand(0, [tactic])[0].outcome) for tactic in ANSWERS}


def prove(env: ProofEnv) -> bool:
    """Whether the proof's tactics, one after the other on the first open goal, prove the theorem."""
    for step in PROOF.steps:
        _, _, terminated, _, _ = env.step({"goal": 0, "tactic": step.tactic})
    return bool(terminated) and env.attempt().proved


CALLS: dict[str, Callable[[ProofEnv], object]] = {
    "reset": lambda env: env.reset(options={"theorem": STATEMENT}),
    "step": lambda env: env.step({"goal": 0, "tactic": "intro"}),
    "expand": lambda env: env.expand(0, list(ANSWERS)),
    "prove": prove,
    "check": lambda env: env.prover.check(env.theorem, PROOF, 5.0),
}


@pytest.mark.parametrize("name", CALLS)
def test_wherever_an_interrupt_comes_the_next_answers_are_right(env, name):
    # Every line would take half a minute; the strides have no factor in common with what is done in turn.
    line, stride = 1, 61 if name == "prove" else 7
    while interrupted_at(line, lambda: CALLS[name](env)):
        if env.done:
            # It came while outcomes were recorded, which ends the attempt; or the proof was checked; or it was a reset.
            assert env.attempt().status in ("error", "proved", "exhausted")
        elif name != "prove" and line % 2:
            assert answers(env) == ANSWERS
        elif name == "reset":
            assert prove(env)
        env.reset(options={"theorem": STATEMENT})
        assert answers(env) == ANSWERS
        if line % 5 == 0:
            env.reset(options={"theorem": STATEMENT})
            assert prove(env)
            assert env.attempt().verdict.accepted
        env.reset(options={"theorem": STATEMENT})
        line += stride
    assert line > 20
