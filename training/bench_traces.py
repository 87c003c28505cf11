"""What traces cost: the share of a run that goes into writing them, and the time to load a million steps."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from aitp_gym.proof import Attempt, Budget, Proof, ProofStep, Spent, Step, Theorem, Verdict
from aitp_gym.traces import TraceReader, TraceWriter

from .evaluation import EvaluationTask, Evaluator, WorkerConfig

__all__ = ["bench_traces", "load_s", "synthetic_attempts", "write_share", "write_steps"]

_STEPS_PER_ATTEMPT = 64
_STEPS_PER_ITERATION = 250_000


def bench_traces() -> dict[str, float]:
    """The figures of `aitp bench` for traces: `write_share` and `load_1e6_s`."""
    with tempfile.TemporaryDirectory(prefix="aitp-bench-") as folder:
        share = write_share(Path(folder) / "run")
        write_steps(Path(folder) / "million", 1_000_000)
        return {"write_share": share, "load_1e6_s": load_s(Path(folder) / "million")}


def write_share(folder: Path, num_theorems: int = 200) -> float:
    """Seconds spent on traces over all seconds of an evaluation in this process.

    Propositional and the uniform policy are the hardest case there is: no other prover or policy leaves so little
    time between two attempts.

    Args:
        folder: for the traces.
        num_theorems: attempted, each with 64 tactic applications.
    """
    import gymnasium

    import aitp_gym  # noqa: F401  (registers the ids)

    env = gymnasium.make("aitp/Propositional-v0").unwrapped
    theorems = env.theorems.split("train")[:num_theorems]  # type: ignore[attr-defined]
    env.close()
    budget = Budget(max_tactics=_STEPS_PER_ATTEMPT)
    tasks = [EvaluationTask.of(t, run_seed=0, iteration=0, policy="uniform", budget=budget) for t in theorems]
    policy = {"_target_": "aitp_gym.agents.policies.uniform.UniformPolicy", "menu": "propositional"}
    with Evaluator(WorkerConfig("aitp/Propositional-v0")) as evaluator, TraceWriter(folder) as writer:
        started = time.perf_counter()
        for task, attempt in evaluator.attempts(tasks, policy):
            writer.write(attempt, iteration=0, policy=task.policy)
        writer.compact(0)
        return writer.write_s / (time.perf_counter() - started)


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
    """Seconds to load both tables of a trace folder."""
    started = time.perf_counter()
    TraceReader(folder).tables()
    return time.perf_counter() - started


def synthetic_attempts(number: int, seed: int = 0) -> Iterator[Attempt]:
    """Attempts of 64 steps, eight at each goal, with goals of about 300 characters as HOL Light's are."""
    rng = random.Random(seed)
    words = [f"(c (fun (real) (bool)) const{i})" for i in range(500)]
    for index in range(number):
        goals = [" ".join(rng.choices(words, k=10)) for _ in range(_STEPS_PER_ATTEMPT // 8)]
        steps = tuple(_step(i, goals[i // 8], rng) for i in range(_STEPS_PER_ATTEMPT))
        yield Attempt(
            Theorem(f"theorem{index}", goals[0], "hollight", "synthetic", "train", index),
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
