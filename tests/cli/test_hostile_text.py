"""Escapes and markup in the names of folders, files and theorems are shown by the commands and never obeyed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HOSTILE = "[/x][bold]\x1b[2J\x1b]8;;http:x\x07\u202e\x9b31m"
SHOWN = r"[/x][bold]\x1b[2J\x1b]8;;http:x\x07\u202e\x9b31m"
BENCHMARK = Path(__file__).parents[1] / "provers" / "lean" / "dojo" / "benchmark"


def aitp(*arguments: object, **environment: object) -> subprocess.CompletedProcess[str]:
    variables = {name: str(value) for name, value in environment.items()}
    done = subprocess.run(
        [sys.executable, "-m", "aitp_gym.cli", *map(str, arguments)],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
    )
    assert not set("\x1b\x07\x9b\u202e") & set(done.stdout + done.stderr)
    return done


def test_doctor_shows_names_of_folders(tmp_path):
    place = tmp_path / HOSTILE
    (tmp_path / "file").touch()
    found = aitp("doctor", HOLLIGHT_DIR=place, HOLDIR=place, AITP_CACHE_DIR=tmp_path / "file" / HOSTILE)
    assert found.returncode == 0, found.stderr
    assert SHOWN in found.stdout


def test_an_import_shows_the_names_of_its_files(tmp_path):
    benchmark = shutil.copytree(BENCHMARK, tmp_path / HOSTILE)
    place = tmp_path / "traces" / HOSTILE
    done = aitp("import", "leandojo", benchmark, f"--output={place}", AITP_CACHE_DIR=tmp_path / "cache")
    assert done.returncode == 0, done.stderr
    assert SHOWN in "".join(done.stdout.split("\n"))


def test_an_import_shows_what_it_refuses(tmp_path):
    pytest.importorskip("google.protobuf", reason="protobuf is not installed: pip install 'aitp-gym[holist]'")
    path = tmp_path / HOSTILE
    path.parent.mkdir()
    path.write_text(f"theorems {{ {HOSTILE} }}\n")
    done = aitp("import", "holist-prooflogs", path, f"--output={tmp_path / 'traces'}")
    assert done.returncode == 2, done.stderr
    assert SHOWN in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "traces").exists()
