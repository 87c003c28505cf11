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

from ..errors import AitpError, UnknownName

__all__ = ["BenchPart", "measure", "part", "parts"]

Figures = Mapping[str, Any]
"""Numbers by name, or nested mappings of them."""


@dataclass(frozen=True, slots=True)
class BenchPart:
    """A part of the benchmark.

    Attributes:
        name: key in the output; empty for figures at the top level.
        figures: names of the figures it gives, with their units in them.
        function: measures them.
    """

    name: str
    figures: tuple[str, ...]
    function: Callable[[], Figures]


_PARTS: dict[str, BenchPart] = {}
_MEASURE_S = 2.0
_RUNNER_THEOREMS = 60


def part(name: str, *figures: str) -> Callable[[Callable[[], Figures]], Callable[[], Figures]]:
    """Register a function as a part of the benchmark."""

    def register(function: Callable[[], Figures]) -> Callable[[], Figures]:
        _PARTS[name] = BenchPart(name, figures, function)
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
    """Tactic applications per second through `ProofEnv.step`, resets included."""
    import gymnasium

    env: Any = gymnasium.make("aitp/Propositional-v0", max_tactics=64).unwrapped
    try:
        steps, started = 0, time.perf_counter()
        while time.perf_counter() - started < _MEASURE_S:
            env.reset(seed=steps)
            over = False
            while not over:
                *_, terminated, truncated, _ = env.step({"goal": 0, "tactic": "intro"})
                over = terminated or truncated
                steps += 1
        return {"steps_per_s": steps / (time.perf_counter() - started)}
    finally:
        env.close()


@part("hollight", "fork_ready_ms", "steps_per_s", "overhead_ms", "restart_s", "checks_per_s")
def _hollight() -> Figures:
    """See `hollight_figures`."""
    from ..provers.hollight.figures import hollight_figures

    return hollight_figures(_MEASURE_S)


@part("hol4", "ready_s", "cheap_tactic_ms", "steps_per_s", "restart_s")
def _hol4() -> Figures:
    """See `hol4_figures`."""
    from ..provers.hol4.figures import hol4_figures

    return hol4_figures(_MEASURE_S)


@part("lean", "first_goal_s", "step_ms", "candidate_ms", "restart_s")
def _lean() -> Figures:
    """See `lean_figures`."""
    from ..provers.lean.figures import lean_figures

    return lean_figures()


@part("runners", "scaling_2_over_1", "ceiling")
def _runners() -> Figures:
    """Throughput of two runners over one, and of two bare processes over one, on the same work taken in turns.

    The work is HOL Light where it is ready, in short attempts, so that the last one to end hardly matters; otherwise
    propositional logic.
    """
    from ..doctor import find
    from ..evaluation.evaluator import EvaluationTask, WorkerConfig
    from ..proof import Budget
    from ..theorems import load
    from .runners import bench_runners

    if find("hollight").ready:
        config = WorkerConfig("aitp/HOList-v0", {"tactic_timeout_s": 0.05})
        theorems, menu, budget = load("holist-core").split("train"), "hollight-full", Budget(max_tactics=4)
    else:
        config = WorkerConfig("aitp/Propositional-v0")
        theorems, menu, budget = load("propositional-small").split("train"), "propositional", Budget(max_tactics=256)
    # Every so many theorems, so that they are not all from the beginning of the library.
    chosen = theorems[:: max(1, len(theorems) // _RUNNER_THEOREMS)][:_RUNNER_THEOREMS]
    tasks = [EvaluationTask.of(t, run_seed=0, iteration=0, policy="uniform", budget=budget) for t in chosen]
    return bench_runners(config, {"_target_": "aitp_gym.agents.policies.uniform.UniformPolicy", "menu": menu}, tasks)


@part("search", "best_first", "breadth_first", "depth_first", "fringe", "updown", "updown_sampled", "htps", "htps_puct")
def _search() -> Figures:
    """See `search_figures`."""
    from .search import search_figures

    return search_figures()


@part("traces", "write_share", "load_1e6_s")
def _traces() -> Figures:
    """Share of a run's time that goes into writing traces, and seconds to load a million steps."""
    from .traces import bench_traces

    return bench_traces()
