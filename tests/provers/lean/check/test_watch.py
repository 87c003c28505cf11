"""Commands that use up what they were given."""

from __future__ import annotations

import os
import signal
import sys

import pytest

from aitp_gym.provers.lean.check.watch import Allowance, Ended, run

GENEROUS = {"cpu_s": 60.0, "wall_s": 120.0, "memory_mb": 2048.0}


@pytest.fixture
def ran(tmp_path):
    def python(code: str, **limits: float) -> Ended:
        allowance = Allowance(**(GENEROUS | limits))
        return run([sys.executable, "-I", "-c", code], tmp_path / "log", allowance, cwd=tmp_path, env=dict(os.environ))

    return python


def test_a_command_that_ends_by_itself_says_what_it_says(ran):
    ended = ran("import sys\nprint('out', flush=True)\nprint('err', file=sys.stderr)\nsys.exit(3)")
    assert (ended.status, ended.used_up, ended.said) == (3, "", "out\nerr\n")


def test_what_an_earlier_command_said_is_not_taken_for_its_own(ran):
    ran("print('accepted')")
    assert ran("pass").said == ""


def test_a_flood_is_cut(ran):
    ended = ran("import sys\nsys.stdout.write('x' * 20_000_000)")
    assert (ended.status, len(ended.said)) == (0, 8 * 2**20)


def test_cpu_time_is_limited(ran):
    ended = ran("while True: pass", cpu_s=0.3)
    assert ended.used_up == "cpu"
    assert 0.3 < ended.cpu_s < 2


def test_a_command_that_waits_is_ended(ran):
    ended = ran("import time; time.sleep(1000)", wall_s=0.5)
    assert ended.used_up == "wall"
    assert ended.cpu_s < 0.5


def test_memory_is_limited_and_that_of_children_counts(ran):
    hold = "b = bytearray(300 * 2**20); input() if b else None"
    code = f"import subprocess, sys\nsubprocess.run([sys.executable, '-I', '-c', {hold!r}], stdin=subprocess.PIPE)"
    alone = ran("import time; b = bytearray(300 * 2**20); time.sleep(1000)", memory_mb=150)
    below = ran(f"{code}\nimport time; time.sleep(1000)".replace("subprocess.run", "subprocess.Popen"), memory_mb=150)
    assert (alone.used_up, below.used_up) == ("memory", "memory")


def test_the_size_of_files_is_limited(ran, tmp_path):
    ended = ran("open('large', 'wb').truncate(300 * 2**20)")
    # Python meets the signal as an error; Lean would end with it.
    assert ended.status == 1 or ended.status == -signal.SIGXFSZ
    assert "File too large" in ended.said
    assert (tmp_path / "large").stat().st_size < 300 * 2**20


def test_a_signal_is_told_from_an_exit(ran):
    assert ran("import os, signal; os.kill(os.getpid(), signal.SIGKILL)").status == -signal.SIGKILL
