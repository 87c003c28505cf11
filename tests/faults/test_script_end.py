"""A script that ends without `env.close()` ends quietly and leaves no process behind."""

from __future__ import annotations

import subprocess
import sys

import psutil
import pytest

SCRIPT = """
import gc, sys
import gymnasium
import psutil
import aitp_gym
# Kept until the interpreter takes everything apart.
gc.disable()
env = gymnasium.make(sys.argv[1])
env.reset(options={"theorem": sys.argv[2]})
kept = [env]
kept.append(kept)
print(*(process.pid for process in psutil.Process().children(recursive=True)))
sys.stdout.flush()
"""
# Of the prover's fixture, with a statement that all of them read.
PROVERS = {
    "propositional": ("aitp/Propositional-v0", "p -> p"),
    "hollight": ("aitp/HOList-v0", "p ==> p"),
    "hol4": ("aitp/HOL4-v0", "p ==> p"),
    "lean": ("aitp/Lean-v0", "∀ p : Prop, p → p"),
}


@pytest.mark.parametrize("prover", PROVERS)
def test_a_script_that_ends_without_closing_is_quiet_and_leaves_no_process(prover, request):
    request.getfixturevalue(prover)
    done = subprocess.run([sys.executable, "-c", SCRIPT, *PROVERS[prover]], capture_output=True, text=True, timeout=150)
    assert (done.returncode, done.stderr) == (0, "")
    left = [psutil.Process(int(pid)) for pid in done.stdout.split() if psutil.pid_exists(int(pid))]
    _, alive = psutil.wait_procs(left, timeout=10)
    assert alive == []
