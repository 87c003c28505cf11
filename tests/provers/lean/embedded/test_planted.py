"""What somebody or a killed build has left in the place of the embedded Lean's build does not stop it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from aitp_gym.errors import NotWritable
from aitp_gym.provers.lean.embedded import engine

pytestmark = pytest.mark.integration


@pytest.fixture
def wanted(lean, tmp_path, monkeypatch) -> engine.Engine:
    """A build that is not there yet, in a cache of its own."""
    monkeypatch.setenv("AITP_CACHE_DIR", str(tmp_path / "cache"))
    found = engine.locate()
    found.directory.parent.mkdir(parents=True)
    return found


def plant(path: Path, kind: str) -> None:
    if kind == "link to nothing":
        path.symlink_to(path.with_name("nothing"))
    else:
        {"pipe": lambda: os.mkfifo(path), "folder": path.mkdir}[kind]()


@pytest.mark.parametrize("kind", ["pipe", "folder", "link to nothing"])
def test_what_is_no_build_is_replaced(wanted, kind):
    for suffix in ("", ".log", ".building"):
        plant(wanted.directory.with_suffix(suffix), kind)
    toolchain = engine.toolchain()
    done = subprocess.run([*toolchain.lean, "--version"], env=toolchain.env, capture_output=True, text=True)
    assert "Lean" in done.stdout
    assert not wanted.directory.with_name("nothing").exists()


@pytest.mark.parametrize("kind", ["folder", "link to nothing"])
def test_what_is_no_lock_is_one_sentence(wanted, kind):
    plant(wanted.directory.with_suffix(".lock"), kind)
    with pytest.raises(NotWritable, match=r"\.lock cannot be written: .*Remove what is in its place"):
        engine.toolchain()
