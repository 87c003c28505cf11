"""Run folders from somebody else: what they say is shown and never obeyed, and nothing is written outside them."""

import io
import json
import os
import time

import pytest
from rich.console import Console

from aitp_gym.errors import AitpError, TraceError
from aitp_gym.experiments.checkpoints import Checkpoint, LoopState
from aitp_gym.experiments.reports.report import write_report
from aitp_gym.experiments.reports.report_table import print_table
from aitp_gym.experiments.run_folder import RunFolder
from aitp_gym.files import write_output
from aitp_gym.text import shown
from aitp_gym.traces import TraceWriter

from ..traces.conftest import make

CONFIG = {"seed": 1, "searches": {}, "search_model": {"_target_": "a.B"}}
OBEYED = ("[/x]", "[bold", "\x1b]8;;http://evil\x07link\x1b]8;;\x07", "\x1b[2J", "\u202egnp", "\x9b31m", "a\nb")


@pytest.fixture
def run(tmp_path):
    folder = tmp_path / "run"
    with RunFolder.create(folder, CONFIG) as made, TraceWriter(made.traces) as writer:
        for policy in ("learned", *OBEYED):
            writer.write(make("a", 2, split="valid[/x]\x1b[2J", proved_at=2), iteration=0, policy=policy)
    return folder


def test_labels_are_shown_and_never_obeyed(run):
    printed = io.StringIO()
    print_table(write_report(run), Console(file=printed, width=160, markup=False, highlight=False))
    text = printed.getvalue()
    assert not set("\x1b\x07\x9b\u202e") & set(text)
    assert all(shown(label) in text for label in ("[/x]", "[bold", "\x1b[2J"))


def test_a_text_for_people_loses_nothing():
    assert shown("p ⊢ q\tα\x1b[31m\u200b\r\n", lines=True) == "p ⊢ q\tα\\x1b[31m\\u200b\\r\n"
    assert shown("a\nb") == "a\\nb"


@pytest.mark.parametrize(
    "content",
    [
        {"config": [], "versions": {}},
        {"versions": {"a": []}},
        {"versions": None},
        {"config": {**CONFIG, "searches": {"a": 3}}},
        {"config": {**CONFIG, "searches": [1]}},
        {"schema_version": [1]},
        {"packages": "no"},
    ],
)
def test_a_record_that_is_none_is_one_sentence(run, content):
    path = run / "run.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **content}))
    with pytest.raises(TraceError, match=r"run\.json"):
        write_report(run)


@pytest.mark.parametrize(
    "changed",
    [
        {"frequency": {}},
        {"frequency": 0},
        {"frequency": "a\0b"},
        {"path": None},
        {"path": []},
        {"field": "\0"},
        {"iteration": True},
        {"iteration": "0"},
        {"metrics": None},
        {"train_s": "1"},
        {"more": 1},
    ],
)
def test_a_state_that_is_none_is_one_sentence(run, changed):
    LoopState(run).add(Checkpoint(0, 0, "tac_model.ckpt_path", "checkpoints/0", None, {"loss": 1.0}, 2.0))
    path = run / "state.json"
    state = json.loads(path.read_text())
    state["checkpoints"][0] |= changed
    path.write_text(json.dumps(state))
    with pytest.raises(TraceError, match=r"state\.json is not the state of a run"):
        LoopState(run)


@pytest.mark.parametrize("text", ["[" * 100_000, "9" * 5000, '{"name": "\\ud800"}', "null", ""])
def test_json_that_is_none_is_one_sentence(run, text):
    (run / "run.json").write_text(text)
    with pytest.raises(TraceError):
        write_report(run)


def test_a_pipe_in_the_place_of_a_file_does_not_wait(run):
    (run / "run.json").unlink()
    os.mkfifo(run / "run.json")
    started = time.monotonic()
    with pytest.raises(TraceError, match="a pipe"):
        write_report(run)
    assert time.monotonic() - started < 5


def test_a_seed_that_is_no_number_of_json_is_reported(run):
    path = run / "run.json"
    path.write_text(path.read_text().replace('"seed": 1', '"seed": NaN'))
    assert write_report(run)["seed"] == "NaN"


def test_files_are_never_written_through_links(run, tmp_path):
    target = tmp_path / "target"
    target.write_text("mine")
    for name in (".report.json.tmp", "report.json", "found.ml"):
        (run / name).unlink(missing_ok=True)
        (run / name).symlink_to(target)
    write_report(run)
    write_output(run / "found.ml", "text")
    assert target.read_text() == "mine"
    assert (run / "found.ml").read_text() == "text"


def test_a_folder_in_the_place_of_a_file_is_one_sentence(run):
    (run / "report.json").mkdir()
    with pytest.raises(AitpError, match=r"report\.json cannot be written"):
        write_report(run)
