"""The examples run, in a small form."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
SMALL = {
    "five_lines.py": ["2048"],
    "tune.py": ["--samples=2", "--iterations=2", "num_theorems=20", "num_valid_theorems=10", "max_tactics=16"],
    "ppo.py": ["--total-steps=128", "--num-envs=2", "--num-steps=32", "--num-valid=3"],
}


def run(path: Path, *arguments: str, warnings: str = "error") -> str:
    command = [sys.executable, "-W", warnings, str(path), *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


ELSEWHERE = {"grpo.py", "openenv_client.py"}
"""Those that `tests/serve` and the blocks of `docs/serve.md` run."""


def test_every_example_runs_somewhere():
    assert {path.name for path in EXAMPLES.glob("*.py")} == set(SMALL) | ELSEWHERE


@pytest.mark.integration
def test_the_five_lines_run():
    pytest.importorskip("sb3_contrib", reason="pip install 'aitp-gym[sb3]'")
    assert "success_rate" in run(EXAMPLES / "five_lines.py", *SMALL["five_lines.py"])


@pytest.mark.integration
def test_the_ppo_of_one_file_runs_and_measures():
    pytest.importorskip("torch", reason="pip install 'aitp-gym[lightning]'")
    printed = run(EXAMPLES / "ppo.py", *SMALL["ppo.py"])
    assert re.search(r"held-out theorems: \d\.\d\d proved by greedy actions, \d\.\d\d by masked random ones", printed)


@pytest.mark.integration
@pytest.mark.timeout(600)
def test_the_ppo_of_one_file_learns():
    printed = run(EXAMPLES / "ppo.py", "--total-steps=20480")
    greedy, chance = map(float, re.findall(r"(\d\.\d\d) (?:proved )?by", printed))
    assert greedy > chance + 0.3


@pytest.mark.integration
@pytest.mark.timeout(600)
def test_ray_tune_runs_the_loop_and_hears_of_each_iteration(tmp_path):
    pytest.importorskip("ray.tune", reason="pip install 'aitp-gym[rllib]'")
    # Ray warns of its own.
    printed = run(EXAMPLES / "tune.py", f"--storage={tmp_path}", *SMALL["tune.py"], warnings="default")
    assert "2 trials, 0 failed" in printed
    reports = [json.loads(path.read_text()) for path in tmp_path.glob("runs/*/report.json")]
    told = [path.read_text().splitlines() for path in tmp_path.glob("trials/*/progress.csv")]
    iterations = sorted(len({entry["iteration"] for entry in report["iterations"]}) for report in reports)
    assert len(iterations) == 2
    assert sorted(len(lines) - 1 for lines in told) == iterations
    assert iterations[-1] == 2


@pytest.mark.integration
@pytest.mark.timeout(600)
def test_the_cells_of_the_notebook_run_one_after_the_other(tmp_path):
    pytest.importorskip("sb3_contrib", reason="pip install 'aitp-gym[sb3]'")
    notebook = json.loads((EXAMPLES / "learn_to_prove.ipynb").read_text(encoding="utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert not any(cell["outputs"] for cell in code)
    small = ["STEPS, THEOREMS = 2048, 10" if "tags" in cell["metadata"] else "".join(cell["source"]) for cell in code]
    script = tmp_path / "notebook.py"
    script.write_text("\n".join(small), encoding="utf-8")
    printed = run(script)
    assert "reward: 1.0 terminated: True" in printed
    assert re.search(r"proved with search: \d+ of 10", printed)
