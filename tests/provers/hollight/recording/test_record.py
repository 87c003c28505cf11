"""The whole of `aitp record hollight`: build, recording, replay, traces."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import gymnasium as gym
import pytest

from aitp_gym.errors import BadInput
from aitp_gym.provers.hollight.build import locate
from aitp_gym.provers.hollight.commands import record_hollight
from aitp_gym.provers.hollight.progress import silent
from aitp_gym.provers.hollight.recording import run as module
from aitp_gym.provers.hollight.recording.attempts import Counts, RecordedFigures
from aitp_gym.provers.hollight.recording.program import RECORDER
from aitp_gym.provers.hollight.recording.recording import Recording, record
from aitp_gym.provers.hollight.recording.run import record_proofs
from aitp_gym.traces import TraceReader


def nothing(done: float, total: float) -> None:
    """Shows no progress."""


def test_a_folder_that_is_there_is_refused_before_any_work(tmp_path):
    with pytest.raises(BadInput, match="new folder"):
        record_proofs(tmp_path, nothing)


def test_an_interrupt_leaves_no_folder(tmp_path, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt
        yield

    monkeypatch.setattr(module, "record", lambda: Recording("1" * 64, (), ()))
    monkeypatch.setattr(module, "recorded_attempts", interrupted)
    with pytest.raises(KeyboardInterrupt):
        record_proofs(tmp_path / "human", nothing)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.integration
@pytest.mark.timeout(1200)
def test_the_librarys_proofs_are_recorded_replayed_and_checked(hollight, tmp_path):
    figures = record_proofs(tmp_path / "human", nothing)
    total = figures.total
    # Floors: of HOL Light 2.20++ there are 2,511 proofs, and 2,381 are accepted.
    assert total.proofs >= total.trees >= 2500
    assert total.steps >= 17_500
    assert total.steps > total.sayable >= total.replayed >= 16_000
    assert total.accepted >= 2350
    assert sum(counts.accepted for counts in figures.by_split.values()) == total.accepted
    assert json.loads((tmp_path / "human" / "run.json").read_text())["figures"] == figures.as_json()
    attempts = [attempt for _, attempt in TraceReader(tmp_path / "human").records()]
    assert len(attempts) == total.proofs - figures.repeated
    env = gym.make("aitp/HOList-v0").unwrapped
    named = [a for a in attempts if a.proved and a.theorem.name in {t.name for t in env.theorems.theorems}]
    for attempt in named[::100]:
        env.reset(seed=0, options={"theorem": attempt.theorem.name, "budget": {"max_tactics": 2000}})
        rewards = [env.step({"goal": 0, "tactic": tactic})[1] for tactic in attempt.proof.script()]
        assert rewards[-1] == 1, attempt.theorem.name
    env.close()


@pytest.mark.integration
@pytest.mark.timeout(1200)
def test_recording_twice_gives_the_same_bytes(hollight, tmp_path, monkeypatch):
    whole = record(silent)
    built = locate(RECORDER)
    again = tmp_path / "again.jsonl"
    subprocess.run([built.executable, again, built.identity], check=True, stdout=subprocess.DEVNULL)
    assert again.read_bytes() == (built.directory / "recording.jsonl").read_bytes()
    monkeypatch.setattr(module, "record", lambda: replace(whole, proofs=whole.proofs[::20]))
    for name in ("first", "second"):
        record_proofs(tmp_path / name, nothing)
    assert contents(tmp_path / "first") == contents(tmp_path / "second")


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_figures_are_printed_as_a_table_or_as_json(capsys, monkeypatch):
    figures = RecordedFigures()
    figures.add("train", Counts(2, 2, 10, 8, 7, 1))
    figures.add("valid", Counts(1, 1, 3, 3, 3, 1))
    figures.steps_left_out["the rule GSYM"] = 2
    monkeypatch.setattr(module, "record_proofs", lambda output, advance: figures)
    record_hollight(as_json=True)
    printed = json.loads(capsys.readouterr().out)
    names = ("proofs", "trees", "steps", "sayable", "replayed", "accepted")
    assert [printed[name] for name in names] == [3, 3, 13, 11, 10, 2]
    assert printed["by_split"]["valid"]["steps"] == 3
    record_hollight(output=Path("human"))
    text = capsys.readouterr().out
    assert "2 steps left out: the rule GSYM" in text
    assert "The traces are in human." in text
