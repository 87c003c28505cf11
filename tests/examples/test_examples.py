"""The examples run, in a small form."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
SMALL = {
    "five_lines.py": ["2048"],
    "ppo.py": ["--total-steps=128", "--num-envs=2", "--num-steps=32", "--num-valid=3"],
}


def run(name: str, *arguments: str) -> str:
    command = [sys.executable, "-W", "error", str(EXAMPLES / name), *arguments]
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
    assert "success_rate" in run("five_lines.py", *SMALL["five_lines.py"])


@pytest.mark.integration
def test_the_ppo_of_one_file_runs_and_measures():
    pytest.importorskip("torch", reason="pip install 'aitp-gym[lightning]'")
    printed = run("ppo.py", *SMALL["ppo.py"])
    assert re.search(r"held-out theorems: \d\.\d\d proved by greedy actions, \d\.\d\d by masked random ones", printed)


@pytest.mark.integration
@pytest.mark.timeout(600)
def test_the_ppo_of_one_file_learns():
    printed = run("ppo.py", "--total-steps=20480")
    greedy, chance = map(float, re.findall(r"(\d\.\d\d) (?:proved )?by", printed))
    assert greedy > chance + 0.3
