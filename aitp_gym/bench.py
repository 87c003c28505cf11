"""`aitp bench`: this machine's figures, each measured by a small function of its own.

A part is a function that returns its figures by name, or raises an `AitpError` when what it measures is not there: its
figures are then null, with the reason beside them. Add a part by decorating a function with `part`.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .errors import AitpError, UnknownName

__all__ = ["Part", "measure", "part", "parts"]

Figures = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the benchmark.

    Attributes:
        name: key in the output; empty for figures at the top level.
        figures: names of the figures it gives, with their units in them.
        function: measures them.
    """

    name: str
    figures: tuple[str, ...]
    function: Callable[[], Figures]


_PARTS: dict[str, Part] = {}


def part(name: str, *figures: str) -> Callable[[Callable[[], Figures]], Callable[[], Figures]]:
    """Register a function as a part of the benchmark."""

    def register(function: Callable[[], Figures]) -> Callable[[], Figures]:
        _PARTS[name] = Part(name, figures, function)
        return function

    return register


def parts() -> list[str]:
    """Names of all parts."""
    return list(_PARTS)


def measure(only: Iterable[str] | None = None) -> dict[str, Any]:
    """Measure all parts, or some.

    Args:
        only: names of parts; `None` or nothing means all.

    Returns:
        A number for `import_s`, and for each other part a dict of its figures; a figure that could not be measured is
        `None`, with the reason under `reason`.

    Raises:
        UnknownName: there is no such part.
    """
    chosen = list(only or _PARTS)
    unknown = [name for name in chosen if name not in _PARTS]
    if unknown:
        raise UnknownName(f"There is no part {unknown[0]!r} of the benchmark; known: {', '.join(_PARTS)}.")
    result: dict[str, Any] = {}
    for name in chosen:
        measured = _PARTS[name]
        try:
            figures: dict[str, Any] = dict(measured.function())
        except AitpError as error:
            figures = {**dict.fromkeys(measured.figures), "reason": str(error)}
        if measured.figures == (name,):
            result.update(figures)
        else:
            result[name] = figures
    return result


@part("import_s", "import_s")
def _import() -> Figures:
    """Seconds of `import aitp_gym` in a fresh Python, the start of Python itself not included; best of 5."""
    code = "import time; t = time.perf_counter(); import aitp_gym; print(time.perf_counter() - t)"
    times = [
        float(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout)
        for _ in range(5)
    ]
    return {"import_s": min(times)}


@part("propositional", "steps_per_s")
def _propositional() -> Figures:
    """Applications of a tactic per second through `ProofEnv.step`, resets included."""
    import gymnasium

    env = gymnasium.make("aitp/Propositional-v0").unwrapped
    try:
        return {"steps_per_s": _steps_per_s(env, "intro", seconds=2.0)}
    finally:
        env.close()


def _steps_per_s(env: Any, tactic: str, seconds: float) -> float:
    action = {"goal": 0, "tactic": tactic}
    steps, started = 0, time.perf_counter()
    while (now := time.perf_counter()) - started < seconds:
        env.reset(seed=steps)
        over = False
        for _ in range(100):
            if over:
                break
            _, _, terminated, truncated, _ = env.step(action)
            over = terminated or truncated
            steps += 1
    return steps / (now - started)
