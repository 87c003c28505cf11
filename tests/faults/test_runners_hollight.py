"""A runner that is killed takes its prover process along, and the shared server stays."""

from pathlib import Path

import psutil
import pytest

from aitp_gym.evaluation.evaluator import Deadlines, EvaluationTask, Evaluator, WorkerConfig
from aitp_gym.evaluation.runners.resources import Resources
from aitp_gym.proof import Budget
from aitp_gym.provers.hollight.prover import HolLight
from aitp_gym.provers.hollight.status import status

pytest.importorskip("ray", reason="the rllib extra is not installed")
pytestmark = pytest.mark.skipif(not status().ready, reason=f"HOL Light is not ready: {status().message}")

PLUGINS = Path(__file__).with_name("plugins")
ENV = {"theorem_set": str(PLUGINS / "hollight.txt"), "split": "test"}
CONFIG = WorkerConfig("aitp/HOList-v0", ENV, num_sampled_tactics=2)
DEADLINES = Deadlines(check_s=1.0, grace_s=1.0, start_s=120)


@pytest.mark.integration
def test_the_provers_of_killed_and_of_hanging_runners_end_with_them(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(PLUGINS))
    prover = HolLight()
    killed, stopped = (prover.parse(text) for text in ("!p q. p /\\ q ==> q /\\ p", "!p q. p \\/ q ==> q \\/ p"))
    tasks = [
        EvaluationTask.of(theorem, run_seed=1, iteration=0, policy="saboteur", budget=Budget(wall_s=2.0))
        for theorem in (killed, stopped)
    ]
    policy = {
        "_target_": "saboteur.Saboteur",
        "deeds": {killed.statement: "die once", stopped.statement: "stop once"},
        "diary": str(tmp_path),
        "tactics": ["MESON_TAC [ ]"],
        "watch": "hlserve",
    }
    with Evaluator(CONFIG, resources=Resources(1, num_cpus=1), deadlines=DEADLINES) as evaluator:
        for _, attempt in evaluator.attempts(tasks, policy):
            assert attempt.proved, attempt.reason
        # The processes that served attempts, this one's among them, when the runner was about to die or to hang.
        watched = [int(pid) for pid in (tmp_path / "watched").read_text().split()]
        assert len(watched) >= 2
        provers = [psutil.Process(pid) for pid in watched if psutil.pid_exists(pid)]
        _, alive = psutil.wait_procs(provers, timeout=10)
        assert alive == []
    assert status().ready
