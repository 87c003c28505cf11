import subprocess
import sys

import pytest

from aitp_gym.errors import BadInput
from aitp_gym.files import FolderLock

HOLD = """
import sys
from pathlib import Path
from aitp_gym.files import FolderLock
lock = FolderLock(Path(sys.argv[1]), "The thing")
print("held", flush=True)
sys.stdin.read()
"""


def test_a_lock_held_by_another_process_is_told_and_ends_with_it(tmp_path):
    path = tmp_path / "lock"
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        with pytest.raises(BadInput, match="The thing is in use by another running process"):
            FolderLock(path, "The thing")
    finally:
        child.kill()
        child.communicate()
    FolderLock(path, "The thing").release()


def test_a_lock_can_be_released_twice_and_taken_again(tmp_path):
    lock = FolderLock(tmp_path / "lock", "It")
    lock.release()
    lock.release()
    FolderLock(tmp_path / "lock", "It").release()
