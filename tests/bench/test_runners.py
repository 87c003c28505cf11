import pytest

from aitp_gym.evaluation.evaluator import EvaluationTask, WorkerConfig
from aitp_gym.proof import Budget
from aitp_gym.theorems import load

pytest.importorskip("ray", reason="the rllib extra is not installed")

UNIFORM = {"_target_": "aitp_gym.agents.policies.uniform.UniformPolicy", "menu": "propositional"}


@pytest.mark.benchmark
@pytest.mark.slow
def test_two_runners_reach_nine_tenths_of_what_two_bare_processes_reach():
    from aitp_gym.bench.runners import bench_runners

    config = WorkerConfig("aitp/Propositional-v0", {"theorem_set": "propositional-medium"})
    tasks = [
        EvaluationTask.of(theorem, run_seed=0, iteration=0, policy="uniform", budget=Budget(max_tactics=1024))
        for theorem in load("propositional-medium").theorems
    ]
    figures = bench_runners(config, UNIFORM, tasks, measure_s=1.0)
    assert figures["scaling_2_over_1"] >= 0.9 * figures["ceiling"]
    assert figures["attempts_per_s"] > 0
