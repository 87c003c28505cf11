"""`aitp bench`: this machine's figures, each measured by a small function of its own.

A part is a function that returns its figures by name, or raises an `AitpError` when what it measures is not there: its
figures are then null, with the reason beside them. Provers bring parts of their own (`ProverSpec.figures`); add another
one by decorating a function with `part`.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from ..errors import AitpError, UnknownName
from ..provers.registry import default_prover, specs
from ..provers.spec import Figures as ProverFigures

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
        on_request: whether it is left out unless asked for by name, because it takes so long.
    """

    name: str
    figures: tuple[str, ...]
    function: Callable[[], Figures]
    on_request: bool = False


_PARTS: dict[str, BenchPart] = {}
_MEASURE_S = 2.0
_RUNNER_THEOREMS = 60


def part(
    name: str, *figures: str, on_request: bool = False
) -> Callable[[Callable[[], Figures]], Callable[[], Figures]]:
    """Register a function as a part of the benchmark."""

    def register(function: Callable[[], Figures]) -> Callable[[], Figures]:
        _PARTS[name] = BenchPart(name, figures, function, on_request)
        return function

    return register


def parts() -> dict[str, BenchPart]:
    """All parts by name: the import, the provers, then what runs on top of them."""
    provers = {
        spec.name: BenchPart(spec.name, spec.figures.names, partial(_of_prover, spec.figures))
        for spec in specs()
        if spec.figures is not None
    }
    return {"import_s": _PARTS["import_s"], **provers, **_PARTS}


def _of_prover(figures: ProverFigures) -> Figures:
    measured = dict(figures.measure(_MEASURE_S))
    if figures.measure_env is not None:
        import gymnasium

        measured |= figures.measure_env(lambda env_id: gymnasium.make(env_id).unwrapped)
    return measured


def measure(only: Iterable[str] | None = None) -> dict[str, Any]:
    """Measure all parts, or some.

    Args:
        only: names of parts; `None` or nothing means all that do not have to be asked for.

    Returns:
        A number for `import_s`, and for each other part a dict of its figures; a figure that could not be measured is
        `None`, with the reason under `reason`.

    Raises:
        UnknownName: there is no such part.
    """
    known = parts()
    chosen = list(only or (name for name, one in known.items() if not one.on_request))
    unknown = [name for name in chosen if name not in known]
    if unknown:
        raise UnknownName(f"There is no part {unknown[0]!r} of the benchmark; known: {', '.join(known)}.")
    result: dict[str, Any] = {}
    for name in chosen:
        measured = known[name]
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


@part("runners", "scaling_2_over_1", "ceiling")
def _runners() -> Figures:
    """Throughput of two runners over one, and of two bare processes over one, on the same work taken in turns.

    The work is that of the default prover where it is ready, in short attempts, so that the last one to end hardly
    matters; otherwise that of the first prover that is.
    """
    from ..envs.registration import make_env
    from ..evaluation.evaluator import EvaluationTask, WorkerConfig
    from ..proof import Budget
    from .runners import bench_runners

    spec, settings, max_tactics = default_prover(), {"tactic_timeout_s": 0.05}, 4
    if not spec.status().ready:
        spec, settings, max_tactics = next(other for other in specs() if other.status().ready), {}, 256
    config = WorkerConfig(spec.environments[0].id, settings)
    with make_env(config.env_id, settings) as env:
        theorems = env.theorems.split("train")
    budget = Budget(max_tactics=max_tactics)
    # Every so many theorems, so that they are not all from the beginning of the library.
    chosen = theorems[:: max(1, len(theorems) // _RUNNER_THEOREMS)][:_RUNNER_THEOREMS]
    tasks = [EvaluationTask.of(t, run_seed=0, iteration=0, policy="uniform", budget=budget) for t in chosen]
    policy = {"_target_": "aitp_gym.agents.policies.uniform.UniformPolicy", "menu": spec.default_menu}
    return bench_runners(config, policy, tasks)


@part("search", "best_first", "breadth_first", "depth_first", "fringe", "updown", "updown_sampled", "htps", "htps_puct")
def _search() -> Figures:
    """See `search_figures`."""
    from .search import search_figures

    return search_figures()


@part(
    "policies",
    *("uniform", "frequency", "menu_bag", "menu_transformer", "menu_node_transformer", "menu_gnn", "menu_sat"),
    *("menu_ensemble", "menu_directed_sat"),
)
def _policies() -> Figures:
    """See `policy_figures`."""
    from .policies import policy_figures

    return policy_figures()


@part("traces", "write_share", "load_1e6_s")
def _traces() -> Figures:
    """Share of a run's time that goes into writing traces, and seconds to load a million steps."""
    from .traces import bench_traces

    return bench_traces()


@part("wire", "in_process_per_s", "sessions_1_per_s", "sessions_4_per_s", "sessions_50_per_s")
def _wire() -> Figures:
    """See `wire_figures`."""
    from .wire import wire_figures

    return wire_figures()


@part(
    "rl",
    *("random_masked", "random_unmasked", "ppo", "a2c", "maskable_ppo", "rllib_ppo"),
    *("steps_per_s", "free_steps_per_s", "env_share"),
    on_request=True,
)
def _rl() -> Figures:
    """See `rl_figures`; a quarter of an hour and more."""
    from .rl import rl_figures

    return rl_figures()
