"""Traces of found proofs on propositional logic."""

from __future__ import annotations

from pathlib import Path

import pytest

from aitp_gym.evaluation.evaluator import EvaluationTask, Evaluator
from aitp_gym.evaluation.worker import WorkerConfig
from aitp_gym.proof import Budget
from aitp_gym.theorems import load
from aitp_gym.traces import TraceWriter


@pytest.fixture(scope="session")
def found(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a search's attempts at 40 train and 20 validation theorems."""
    folder = tmp_path_factory.mktemp("found")
    theorems = load("propositional-small")
    chosen = [theorem for split, number in (("train", 40), ("valid", 20)) for theorem in theorems.split(split)[:number]]
    policy = {"_target_": "aitp_gym.agents.policies.fixed_order.FixedOrderPolicy", "menu": "propositional"}
    config = WorkerConfig("aitp/Propositional-v0", {"theorem_set": "propositional-small"}, num_sampled_tactics=40)
    tasks = [
        EvaluationTask.of(theorem, run_seed=0, iteration=0, policy="found", budget=Budget(max_tactics=200))
        for theorem in chosen
    ]
    with TraceWriter(folder) as writer, Evaluator(config) as evaluator:
        for task, attempt in evaluator.attempts(tasks, policy):
            writer.write(attempt, iteration=task.iteration, policy=task.policy)
        writer.compact(0)
    return folder
