"""Figures of HOL4, measured from Python as a user meets them."""

from __future__ import annotations

import os
import random
import signal
import statistics
import time
from typing import Any

from ...errors import AitpError
from ...proof import Failure, Goal, Subgoals

__all__ = ["hol4_figures", "random_walk"]

_STATEMENT = "!p q. p /\\ q ==> q /\\ p"
_CHEAP = "gen_tac"
_STARTS = 7
_RESTARTS = 5
_CHEAP_STEPS = 500
_WALK_TIMEOUT_S = 0.1


def hol4_figures(seconds: float) -> dict[str, float]:
    """Measure HOL4.

    Args:
        seconds: for the random walk.

    Returns:
        `ready_s`: from starting a worker to its being ready, median; `cheap_tactic_ms`: a cheap tactic end to end,
        median; `steps_per_s`: of a random walk over the library with premises; `restart_s`: from a tactic sent to a
        killed worker to the outcome of the next one, the worst of a few.

    Raises:
        ProverUnavailable: HOL4 was not found.
    """
    from .prover import Hol4

    prover = Hol4()
    try:
        theorem = prover.parse(_STATEMENT)
        steps, walked_s = 0, 0.0
        while walked_s < seconds:
            started = time.perf_counter()
            steps += len(random_walk(prover, steps=100, seed=steps))
            walked_s += time.perf_counter() - started
        return {
            "ready_s": _ready_s(prover),
            "cheap_tactic_ms": _cheap_tactic_ms(prover, theorem),
            "steps_per_s": steps / walked_s,
            "restart_s": _restart_s(prover, theorem),
        }
    finally:
        prover.close()


def random_walk(prover: Any, *, steps: int, seed: int, timeout_s: float = _WALK_TIMEOUT_S) -> list[tuple[str, float]]:
    """Apply random tactics with random premises to random goals of the library, and to what they leave.

    Args:
        prover: a `Hol4`.
        steps: tactic applications.
        seed: of everything random.
        timeout_s: for each tactic.

    Returns:
        For each application the outcome (`subgoals` or a failure kind) and its wall seconds, end to end.
    """
    from ...theorems import load

    chance = random.Random(seed)
    theorems = load("hol4-core").theorems
    done: list[tuple[str, float]] = []
    while len(done) < steps:
        theorem = chance.choice(theorems)
        premises = prover.premises(theorem)
        session = prover.start(theorem)
        goals: list[Goal] = [session.root]
        for _ in range(min(25, steps - len(done))):
            if not goals:
                break
            goal = goals.pop(chance.randrange(len(goals)))
            started = time.perf_counter()
            (outcome,) = session.apply(goal, [_random_tactic(chance, premises)], timeout_s)
            elapsed_s = time.perf_counter() - started
            done.append((outcome.kind if isinstance(outcome, Failure) else "subgoals", elapsed_s))
            goals += outcome.goals if isinstance(outcome, Subgoals) else [goal]
            del goals[8:]
        session.close()
    return done


def _random_tactic(chance: random.Random, premises: Any) -> str:
    def names(most: int) -> list[str]:
        return [chance.choice(premises).name for _ in range(chance.randint(0, most) if len(premises) else 0)]

    tactic = chance.choice(
        ["strip_tac", "EQ_TAC", "Induct", "Cases", "conj_tac", "irule", "drule", "simp", "fs", "rw", "gvs", "metis_tac"]
    )
    if tactic in ("irule", "drule"):
        return f"{tactic} {chance.choice(premises).name}" if len(premises) else "strip_tac"
    if tactic in ("simp", "fs", "rw", "gvs", "metis_tac"):
        return f"{tactic} [{', '.join(names(3))}]"
    return tactic


def _ready_s(prover: Any) -> float:
    times = []
    for _ in range(_STARTS):
        started = time.perf_counter()
        worker = prover.fresh_worker()
        times.append(time.perf_counter() - started)
        worker.close()
    return statistics.median(times)


def _cheap_tactic_ms(prover: Any, theorem: Any) -> float:
    session = prover.start(theorem)
    times = []
    for _ in range(_CHEAP_STEPS):
        started = time.perf_counter()
        session.apply(session.root, [_CHEAP], 1.0)
        times.append(time.perf_counter() - started)
    session.close()
    return 1e3 * statistics.median(times)


def _restart_s(prover: Any, theorem: Any) -> float:
    times = []
    for _ in range(_RESTARTS):
        session = prover.start(theorem)
        # A session shows nobody its process; killing it from outside is what is measured here.
        os.kill(session._held.pid, signal.SIGKILL)
        started = time.perf_counter()
        lost, following = session.apply(session.root, [_CHEAP, _CHEAP], timeout_s=1.0)
        times.append(time.perf_counter() - started)
        session.close()
        if not (isinstance(lost, Failure) and isinstance(following, Subgoals)):
            raise AitpError(f"A killed worker should cost one tactic; the outcomes were {lost} and {following}.")
    return max(times)
