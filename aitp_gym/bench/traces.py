"""Cost of traces: the share of a run that goes into writing them, and the time to load a million steps."""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from ..envs.registration import make_env
from ..errors import AitpError, ProverUnavailable
from ..evaluation.evaluator import EvaluationTask, Evaluator, WorkerConfig
from ..proof import Attempt, Budget, Proof, ProofStep, SearchEvent, Spent, Step, Theorem, Verdict
from ..provers.registry import default_prover
from ..traces import TraceReader, TraceWriter

__all__ = ["bench_traces", "load_s", "synthetic_attempts", "write_share", "write_steps"]

_STEPS_PER_ATTEMPT = 64
_STEPS_PER_ITERATION = 250_000


def bench_traces() -> dict[str, float]:
    """The figures of `aitp bench` for traces: `write_share` and `load_1e6_s`."""
    with tempfile.TemporaryDirectory(prefix="aitp-bench-") as folder:
        share = write_share(Path(folder))
        write_steps(Path(folder) / "million", 1_000_000)
        return {"write_share": share, "load_1e6_s": load_s(Path(folder) / "million")}


def write_share(folder: Path, num_theorems: int = 100) -> float:
    """Seconds spent on traces over all seconds of a run.

    The run evaluates the uniform policy on the default prover, in process, as the demo does: 8 tactic applications of
    at most 0.1 CPU seconds. Where that is not ready it is the quickstart with one training, whose own attempts are then
    written once more to be timed.

    Args:
        folder: for the traces.
        num_theorems: attempted on the default prover.

    Raises:
        AitpError: neither runs here.
    """
    try:
        return _share_of_evaluation(folder / "evaluation", num_theorems)
    except ProverUnavailable:
        return _share_of_quickstart(folder / "quickstart")


def _share_of_evaluation(folder: Path, num_theorems: int) -> float:
    spec = default_prover()
    config = WorkerConfig(spec.environments[0].id, {"tactic_timeout_s": 0.1})
    with make_env(config.env_id, {}) as env:
        theorems = env.theorems.split("train")[:num_theorems]
    tasks = [
        EvaluationTask.of(theorem, run_seed=0, iteration=0, policy="uniform", budget=Budget(max_tactics=8))
        for theorem in theorems
    ]
    policy = {"_target_": "aitp_gym.agents.policies.uniform.UniformPolicy", "menu": spec.default_menu}
    with Evaluator(config) as evaluator, TraceWriter(folder) as writer:
        attempts = evaluator.attempts(tasks, policy)
        first_task, first = next(attempts)  # Starting the prover and reading its library are not the run.
        started = time.perf_counter()
        for task, attempt in chain([(first_task, first)], attempts):
            writer.write(attempt, iteration=0, policy=task.policy)
        writer.compact(0)
        return writer.write_s / (time.perf_counter() - started)


def _share_of_quickstart(folder: Path) -> float:
    run = folder / "run"
    command = ["run", "--config-name=quickstart", "num_iterations=2", f"exp_config.directory={run}"]
    started = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", "aitp_gym.cli", *command], capture_output=True, text=True)
    run_s = time.perf_counter() - started
    if done.returncode:
        raise AitpError(f"The quickstart failed: {(done.stderr.strip().splitlines() or ['no output'])[-1]}")
    records = list(TraceReader(run).records(with_search=True))
    with TraceWriter(folder / "again") as writer:
        for key, attempt in records:
            writer.write(attempt, iteration=key.iteration, policy=key.policy)
        for iteration in {key.iteration for key, _ in records}:
            writer.compact(iteration)
        return writer.write_s / run_s


def write_steps(folder: Path, num_steps: int) -> None:
    """Write a trace of so many steps, over several iterations."""
    per_iteration = _STEPS_PER_ITERATION // _STEPS_PER_ATTEMPT
    attempts = synthetic_attempts(-(-num_steps // _STEPS_PER_ATTEMPT))
    with TraceWriter(folder) as writer:
        for number, attempt in enumerate(attempts):
            writer.write(attempt, iteration=number // per_iteration, policy="learned")
        for iteration in {key.iteration for key in writer.done_keys()}:
            writer.compact(iteration)


def load_s(folder: Path) -> float:
    """Seconds to load the tables `attempts` and `steps` of a trace folder."""
    started = time.perf_counter()
    TraceReader(folder).tables()
    return time.perf_counter() - started


def synthetic_attempts(number: int, seed: int = 0) -> Iterator[Attempt]:
    """Attempts of 64 steps, eight at each goal, with goals of about 300 characters, which is usual for typed terms.

    Args:
        number: of attempts.
        seed: of their texts.
    """
    rng = random.Random(seed)
    words = [f"(c (fun (real) (bool)) const{i})" for i in range(500)]
    for index in range(number):
        goals = [" ".join(rng.choices(words, k=10)) for _ in range(_STEPS_PER_ATTEMPT // 8)]
        steps = tuple(_step(i, goals[i // 8], rng) for i in range(_STEPS_PER_ATTEMPT))
        yield Attempt(
            Theorem(f"theorem{index}", goals[0], "synthetic", "synthetic", "train", index),
            "proved",
            steps,
            Budget(max_tactics=_STEPS_PER_ATTEMPT),
            Spent(8, _STEPS_PER_ATTEMPT, 0.5, 0.7),
            verdict=Verdict.accept(0.01),
            proof=Proof((ProofStep(steps[0].tactic, goals[0], (), 0),)),
            found=1,
            proved_at=_STEPS_PER_ATTEMPT,
            seed=index,
            versions={"policy.policy": "synthetic"},
            search_events=tuple(SearchEvent(i, 8 * i, "select", i, None, 0, (0.5 * i,)) for i in range(len(goals))),
        )


def _step(index: int, goal: str, rng: random.Random) -> Step:
    tactic = f"REWRITE_TAC [ theorem{rng.randrange(3000)} ]"
    worked = rng.random() < 0.4
    return Step(
        index,
        index // 8,
        goal,
        tactic,
        -rng.random() * 5,
        "subgoals" if worked else "rejected",
        "" if worked else "REWRITE_TAC: no change",
        (index + 1,) if worked else (),
        0.01,
        0.008,
        index == 0,
        8,
    )
