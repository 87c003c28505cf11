"""`aitp export`: which command is meant, and what is left when it cannot be done."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from aitp_gym.cli.app import app
from aitp_gym.errors import BadInput, DependencyNotInstalled, TraceError
from aitp_gym.files import read_json
from aitp_gym.traces.exporters import replay_buffer


def aitp(*arguments: str | Path) -> Any:
    return CliRunner().invoke(app, list(map(str, arguments)))


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("words", [("export",), ("export", "proofs")])
def test_proofs_are_exported_with_and_without_their_name(found, folder, words):
    done = aitp(*words, found, "--output=found.txt")
    assert isinstance(done.exception, BadInput)
    assert "Proofs of 'propositional' cannot be exported" in str(done.exception)
    assert "nowhere" in str(aitp(*words, "--output=found.txt", "nowhere").exception)


def test_a_trace_folder_is_no_command(found, folder):
    (folder / "traces").symlink_to(found)
    done = aitp("export", "traces", "--output=found.txt")
    assert "Proofs of 'propositional'" in str(done.exception)
    assert aitp("export", "traces", "--help").exit_code == 0
    assert aitp("export", "traces", "traces", "--to=sb3", "--output=buffer").exit_code == 0


def test_the_preset_has_the_arguments_that_are_set(found, folder):
    done = aitp(
        *("export", "traces", found, "--to=sb3", "--output=buffer", "--all-steps"),
        *("--set", "max_tactics=5", "--set", "observation={kind: hash, buckets: 8}"),
    )
    assert done.exit_code == 0, done.exception
    assert "episodes of aitp/Propositional-Menu-v0" in done.output
    arguments = read_json(folder / "buffer" / "preset.json")["arguments"]
    assert arguments["max_tactics"] == 5
    assert arguments["observation"] == {"kind": "hash", "buckets": 8}


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        (("--to=hff",), BadInput, "one of hf, minari, rllib, sb3, got 'hff'"),
        (("--to=hf", "--nearly"), BadInput, "takes no --env"),
        (("--to=sb3", "--set", "k"), BadInput, "NAME=VALUE"),
        (("--to=sb3", "--env=aitp/HOList-Menu-v0"), TraceError, "expected 'hollight'"),
        (("--to=sb3", "--split=test"), TraceError, "no such attempts"),
        (("--to=sb3", "--set", "colour=red"), BadInput, "does not take colour"),
    ],
)
def test_what_cannot_be_exported_is_one_sentence_and_leaves_nothing(found, folder, arguments, kind, message):
    done = aitp("export", "traces", found, "--output=exported", *arguments)
    assert isinstance(done.exception, kind)
    assert message in str(done.exception)
    assert not list(folder.iterdir())


def test_a_run_without_traces_and_an_output_that_exists_are_refused(found, folder):
    (folder / "run").mkdir()
    (folder / "run" / "run.json").write_text("{}")
    assert "not a trace folder" in str(aitp("export", "traces", "run", "--to=sb3", "--output=exported").exception)
    done = aitp("export", "traces", found, "--to=sb3", "--output=run")
    assert "run exists already: name another folder." in str(done.exception)
    assert [path.name for path in folder.rglob("*")] == ["run", "run.json"]


def test_a_missing_library_leaves_nothing(found, folder, monkeypatch):
    monkeypatch.setattr(replay_buffer, "library", lambda module, extra: _missing(module, extra))
    done = aitp("export", "traces", found, "--to=sb3", "--output=exported")
    assert isinstance(done.exception, DependencyNotInstalled)
    assert not list(folder.iterdir())


def _missing(module: str, extra: str) -> Any:
    return replay_library(f"missing_{module}", extra)


replay_library = replay_buffer.library
