"""Making and reading a recording, with programs that do not do what the recorder does."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from aitp_gym.errors import BadInput, NotWritable, ProverUnavailable
from aitp_gym.provers.hollight import build as build_module
from aitp_gym.provers.hollight.build import Build
from aitp_gym.provers.hollight.progress import silent
from aitp_gym.provers.hollight.recording import recording as module
from aitp_gym.provers.hollight.recording.program import RECORDER
from aitp_gym.provers.hollight.recording.recording import read_recording, record
from aitp_gym.provers.hollight.sources import HolLightSources

IDENTITY = "1" * 64
LINES = [
    {"identity": IDENTITY},
    "(v (bool) p)",
    {"fingerprint": 7, "position": 3, "file": "lib.ml", "goal": 0, "steps": [["REFL_TAC", [], [0], []]]},
    {"proofs": 1, "terms": 1},
]
WHOLE = "".join(f"{json.dumps(line)}\n" for line in LINES)


@pytest.fixture
def recorder(monkeypatch, tmp_path):
    """Puts a shell script in the place of the built recorder; gives the folder of the build."""

    def put(script: str) -> Path:
        built = Build(tmp_path, IDENTITY, "fake", RECORDER)
        built.executable.write_text(f"#!/bin/sh\n{script}\n")
        built.executable.chmod(0o700)
        monkeypatch.setattr(module, "build", lambda progress, program: built)
        return tmp_path

    return put


def recordings(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if "recording.jsonl" in path.name]


def test_a_recording_is_made_once_and_read_again(recorder):
    texts = []
    folder = recorder(f'echo LOADING 1 2 lib.ml; echo run >> "$0.runs"\ncat > "$1" <<\'END\'\n{WHOLE}END')
    first = record(lambda text, part: texts.append((text, part)))
    assert record(silent) == first
    assert (folder / f"{RECORDER.name}.runs").read_text() == "run\n"
    assert ("loading lib.ml", 0.5) in texts
    assert first.terms == ("(v (bool) p)",)
    (proof,) = first.proofs
    assert (proof.fingerprint, proof.position, proof.steps[0].goal) == (7, 3, (0,))


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (
            "printf '{' > \"$1\"; echo 'Sys_error: No space left on device' >&2; exit 2",
            "No space",
        ),
        ("printf '{' > \"$1\"; kill -9 $$", "status -9"),
    ],
)
def test_a_recording_that_fails_says_why_and_leaves_nothing(recorder, script, reason):
    folder = recorder(script)
    with pytest.raises(ProverUnavailable, match=f"nothing of them is kept.*{reason}"):
        record(silent)
    assert recordings(folder) == []


def test_a_recording_that_is_interrupted_leaves_nothing_and_no_process(recorder, interrupted):
    folder = recorder('printf "{" > "$1"; echo $$ > "$0.pid"; exec sleep 60')
    made = None
    with interrupted(0.5):
        made = record(silent)
    assert made is None
    assert recordings(folder) == []
    pid = (folder / f"{RECORDER.name}.pid").read_text().strip()
    assert not Path(f"/proc/{pid}").exists()


def test_a_disk_that_takes_nothing_is_named_and_nothing_is_kept(recorder, monkeypatch):
    folder = recorder(f"cat > \"$1\" <<'END'\n{WHOLE}END")

    def full(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NotWritable, match="cannot be written: No space left"):
        record(silent)
    assert recordings(folder) == []


def test_a_recording_that_takes_too_long_is_ended(recorder, monkeypatch):
    monkeypatch.setattr(module, "_TIMEOUT_S", 0.2)
    folder = recorder("exec sleep 60")
    with pytest.raises(ProverUnavailable, match="too long"):
        record(silent)
    assert recordings(folder) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (WHOLE.replace(IDENTITY, "2" * 64), "of other sources"),
        ("".join(WHOLE.splitlines(keepends=True)[:-1]), "not a whole recording"),
        (WHOLE.replace('"proofs": 1', '"proofs": 2'), "not a whole recording"),
        (WHOLE[:-30], "cannot be read"),
        (WHOLE.replace('"position": 3, ', ""), "cannot be read"),
        ("", "cannot be read"),
        ("[]\n", "cannot be read"),
    ],
)
def test_a_file_that_is_not_the_whole_recording_of_these_sources_is_refused(tmp_path, text, reason):
    path = tmp_path / "recording.jsonl"
    path.write_text(text)
    with pytest.raises(BadInput, match=f"{reason}.*remove it"):
        read_recording(path, IDENTITY)


def test_another_hol_light_whose_combinators_differ_is_refused(monkeypatch, tmp_path):
    (tmp_path / "hol.ml").write_text('let hol_version = "0";;\nloads "lib.ml";;\nloads "database.ml";;\n')
    (tmp_path / "lib.ml").write_text("let basic_rewrites = 1;;\nlet basic_convs = 1;;\nlet basic_congs = 1;;\n")
    (tmp_path / "database.ml").write_text('theorems := ["x",x];;\n')
    monkeypatch.setenv("HOLLIGHT_DIR", str(tmp_path))
    with pytest.raises(ProverUnavailable, match=r"has no CONJUNCTS_THEN2, .*mk_fthm.*; expected one like 2.20"):
        HolLightSources.find().joined(RECORDER.additions)


def test_without_a_compiler_the_remedy_is_named(monkeypatch, tmp_path):
    (tmp_path / "hol.ml").write_text('let hol_version = "0";;\n')
    monkeypatch.setenv("HOLLIGHT_DIR", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    build_module._compiler_version.cache_clear()
    try:
        with pytest.raises(ProverUnavailable, match="apt-get install"):
            record(silent)
    finally:
        build_module._compiler_version.cache_clear()
