"""Figures of propositional logic, measured from Python as a user meets them."""

from __future__ import annotations

import time
from typing import Any

__all__ = ["propositional_figures"]


def propositional_figures(seconds: float) -> dict[str, float]:
    """Measure propositional logic.

    Args:
        seconds: for the one figure.

    Returns:
        `steps_per_s`: tactic applications per second through `ProofEnv.step`, resets included.
    """
    import gymnasium

    env: Any = gymnasium.make("aitp/Propositional-v0", max_tactics=64).unwrapped
    try:
        steps, started = 0, time.perf_counter()
        while time.perf_counter() - started < seconds:
            env.reset(seed=steps)
            over = False
            while not over:
                *_, terminated, truncated, _ = env.step({"goal": 0, "tactic": "intro"})
                over = terminated or truncated
                steps += 1
        return {"steps_per_s": steps / (time.perf_counter() - started)}
    finally:
        env.close()
