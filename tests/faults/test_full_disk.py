"""A run whose disk is full ends in one sentence, keeps what it wrote, and goes on when there is room again."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from .test_resume import command

# In a mount namespace of its own, so that nobody else sees the small disk.
PROGRAM = """
import json, subprocess, sys
from aitp_gym.traces import TraceReader

disk, size, *command = sys.argv[1:]

def mount(option):
    subprocess.run(["mount", "-t", "tmpfs", "-o", option, "none", disk], check=True)

def run():
    done = subprocess.run(command, capture_output=True, text=True)
    keys = TraceReader(f"{disk}/run").keys()
    read = sum(1 for _ in TraceReader(f"{disk}/run").records(with_search=True))
    return {"code": done.returncode, "stderr": done.stderr, "attempts": len(keys), "read": read}

mount(f"size={size}k")
full = [run(), run()]
mount("remount,size=64m")
print(json.dumps([*full, run()]))
"""


def has_mounts(folder: Path) -> bool:
    probe = ["unshare", "-m", "mount", "-t", "tmpfs", "none", str(folder)]
    try:
        return subprocess.run(probe, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


@pytest.mark.integration
@pytest.mark.parametrize("size_kb", [4, 256])
def test_a_run_on_a_full_disk_goes_on_when_there_is_room(tmp_path, size_kb):
    disk = tmp_path / "disk"
    disk.mkdir()
    if not has_mounts(disk):
        pytest.skip("needs root and unshare, to mount a small disk")
    listed = command(disk / "run", "num_iterations=1")
    done = subprocess.run(
        ["unshare", "-m", sys.executable, "-c", PROGRAM, disk, str(size_kb), *listed],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    first, again, resumed = json.loads(done.stdout)
    total = resumed["attempts"]
    for part in (first, again):
        assert part["code"] == 2
        last = part["stderr"].splitlines()[-1]
        assert last.startswith("aitp: ")
        assert "cannot be written: No space left on device. Free disk space" in last
        assert part["attempts"] == part["read"] <= total
        assert "Traceback" not in part["stderr"]
    assert again["attempts"] >= first["attempts"]
    assert resumed["code"] == 0, resumed["stderr"]
    assert resumed["read"] == total > first["attempts"]
