"""A run that is killed takes its runners along."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

pytest.importorskip("ray", reason="the rllib extra is not installed")

PLUGINS = Path(__file__).with_name("plugins")
SCRIPT = """
import sys
from aitp_gym.proof import Budget, Theorem
from aitp_gym.evaluation.evaluator import EvaluationTask, Evaluator, WorkerConfig
from aitp_gym.evaluation.runners.resources import Resources
statements, diary = sys.argv[1:]
config = WorkerConfig("aitp/Propositional-v0", {"theorem_set": statements, "split": "test"})
policy = {
    "_target_": "saboteur.Saboteur", "deeds": {"b → b": "spin"}, "diary": diary, "tactics": ["intro", "assumption"]
}
theorems = [Theorem(name, f"{name} → {name}", "propositional") for name in "ab"]
tasks = [EvaluationTask.of(t, run_seed=1, iteration=0, policy="p", budget=Budget(max_tactics=8)) for t in theorems]
with Evaluator(config, resources=Resources(1, num_cpus=1)) as evaluator:
    for task, attempt in evaluator.attempts(tasks, policy):
        print(attempt.status, flush=True)
"""


@pytest.mark.integration
def test_a_killed_driver_leaves_no_process_and_no_file_behind(tmp_path):
    diary, folder = tmp_path / "diary", tmp_path / "cwd"
    diary.mkdir()
    folder.mkdir()
    driver = psutil.Popen(
        [sys.executable, "-c", SCRIPT, str(PLUGINS / "statements.txt"), str(diary)],
        env={**os.environ, "PYTHONPATH": str(PLUGINS)},
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
    )
    with driver:
        assert driver.stdout.readline() == "proved\n"
        started = driver.children(recursive=True)
        assert any("ray::" in " ".join(process.cmdline()) for process in started)
        driver.kill()
    _, alive = psutil.wait_procs(started, timeout=20)
    assert alive == []
    assert list(folder.iterdir()) == []
