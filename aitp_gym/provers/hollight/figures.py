"""Figures of HOL Light, measured from Python as a user meets them."""

from __future__ import annotations

import os
import signal
import statistics
import time
from typing import Any

from ...errors import AitpError
from ...proof import Failure, Proof, ProofStep, Subgoals

__all__ = ["hollight_figures"]

_STATEMENT = "!p q. p /\\ q ==> q /\\ p"
_CHEAP = "GEN_TAC"
_CLOSES = "MESON_TAC [ ]"
_STARTS = 20
_RESTARTS = 5


def hollight_figures(seconds: float) -> dict[str, float]:
    """Measure HOL Light.

    Args:
        seconds: for each figure that counts how often something can be done.

    Returns:
        `fork_ready_ms`: from asking for a session to its first goal, median; `steps_per_s`: cheap tactics through
        `ProofEnv.expand`, one per call; `overhead_ms`: what a step takes beyond HOL Light's own time; `restart_s`: from
        a tactic sent to a killed child to the outcome of the next one, the worst of a few; `checks_per_s`: checks of a
        small proof, each in a fresh child.

    Raises:
        ProverUnavailable: HOL Light is not installed.
    """
    from .prover import HolLight

    prover = HolLight()
    try:
        theorem = prover.parse(_STATEMENT)
        steps_per_s, overhead_ms = _steps(seconds)
        return {
            "fork_ready_ms": _fork_ready_ms(prover, theorem),
            "steps_per_s": steps_per_s,
            "overhead_ms": overhead_ms,
            "restart_s": _restart_s(prover, theorem),
            "checks_per_s": _checks_per_s(prover, theorem, seconds),
        }
    finally:
        prover.close()


def _fork_ready_ms(prover: Any, theorem: Any) -> float:
    times = []
    for _ in range(_STARTS):
        started = time.perf_counter()
        session = prover.start(theorem)
        times.append(time.perf_counter() - started)
        session.close()
    return 1e3 * statistics.median(times)


def _steps(seconds: float) -> tuple[float, float]:
    import gymnasium

    env: Any = gymnasium.make("aitp/HOList-v0", max_tactics=None).unwrapped
    try:
        env.reset(seed=0, options={"theorem": _STATEMENT})
        steps, inside_s, started = 0, 0.0, time.perf_counter()
        while time.perf_counter() - started < seconds:
            [edge] = env.expand(0, [_CHEAP])
            inside_s += edge.outcome.elapsed_s
            steps += 1
        wall_s = time.perf_counter() - started
    finally:
        env.close()
    return steps / wall_s, 1e3 * (wall_s - inside_s) / steps


def _restart_s(prover: Any, theorem: Any) -> float:
    times = []
    for _ in range(_RESTARTS):
        session = prover.start(theorem)
        # A session shows nobody its process; killing it from outside is what is measured here.
        os.kill(session._worker.child.pid, signal.SIGKILL)
        started = time.perf_counter()
        lost, following = session.apply(session.root, [_CHEAP, _CHEAP], timeout_s=1.0)
        times.append(time.perf_counter() - started)
        session.close()
        if not (isinstance(lost, Failure) and isinstance(following, Subgoals)):
            raise AitpError(f"A killed child should cost one tactic; the outcomes were {lost} and {following}.")
    return max(times)


def _checks_per_s(prover: Any, theorem: Any, seconds: float) -> float:
    proof = Proof((ProofStep(_CLOSES, theorem.statement, ()),))
    checks, started = 0, time.perf_counter()
    while time.perf_counter() - started < seconds:
        verdict = prover.check(theorem, proof, timeout_s=10.0)
        if not verdict.accepted:
            raise AitpError(f"The check of a small proof should accept it; it said {verdict.status}: {verdict.reason}")
        checks += 1
    return checks / (time.perf_counter() - started)
