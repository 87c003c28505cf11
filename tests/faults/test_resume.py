"""A run that is killed goes on, and ends with the counts of a run that was not."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from aitp_gym.traces import TraceReader

HERE = Path(__file__).parent
COUNTED = ("iteration", "split", "policy", "attempted", "found", "proved", "refused", "tactics", "nodes", "proved_at")


def command(folder: Path, *overrides: str, die: tuple[str, ...] = (), train: str = "") -> list[str]:
    program = [str(HERE / "run_and_die.py"), *die] if die else ["-m", "aitp_gym.cli"]
    training = [sys.executable, str(HERE / "fit_frequency.py"), "${training.traces}", "${training.output}", train]
    listed = ",".join(f"'{argument}'" for argument in training)
    return [
        *(sys.executable, *program, "run", "--config-name=quickstart", f"exp_config.directory={folder}"),
        *("exp_config.resume=true", "logging_config.id=null", "tac_model=frequency", "tac_model.menu=propositional"),
        *("num_theorems=60", "num_valid_theorems=20", "max_tactics=64", "baselines=[fixed_order]", "num_iterations=2"),
        *(f"train_after_eval=[[{listed}]]", *overrides),
    ]


def run(folder: Path, *overrides: str, **options) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(folder, *overrides, **options), capture_output=True, text=True, cwd=folder.parent)


def counts(folder: Path) -> list[dict[str, object]]:
    report = json.loads((folder / "report.json").read_text())
    return [{name: entry[name] for name in COUNTED} for entry in [*report["iterations"], *report["baselines"]]]


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("uninterrupted") / "run"
    done = run(folder)
    assert done.returncode == 0, done.stderr
    assert sum(entry["proved"] for entry in counts(folder)) > 0
    return folder


WRITER = "aitp_gym.traces.writer"
LOOP = "aitp_gym.experiments.expert_iteration"
MOMENTS = {
    "amid the first evaluation": (WRITER, "TraceWriter.write", "after", "7"),
    "amid a baseline": (WRITER, "TraceWriter.write", "before", "110"),
    "before the traces are made tables": (WRITER, "TraceWriter.compact", "before", "1"),
    "amid making the traces tables": ("os", "rename", "before", "1"),
    "before the report": (LOOP, "write_report", "before", "1"),
    "after the report": (LOOP, "write_report", "after", "1"),
    "between a training and its being recorded": (LOOP, "run_command", "after", "1"),
    "after a training was recorded": ("aitp_gym.experiments.checkpoints", "LoopState.add", "after", "1"),
    "amid the second evaluation": (WRITER, "TraceWriter.write", "after", "150"),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_run_killed(moment, uninterrupted, tmp_path):
    folder = tmp_path / "run"
    killed = run(folder, die=MOMENTS[moment])
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert_resumes(folder, uninterrupted)


def test_a_run_killed_amid_training_trains_anew_in_a_fresh_folder(uninterrupted, tmp_path):
    folder = tmp_path / "run"
    killed = run(folder, train="kill-the-run")
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    left = sorted(path.name for path in (folder / "checkpoints").iterdir())
    again = run(folder)
    # The command is part of the experiment, so a run does not go on with another one.
    assert again.returncode == 2
    assert "train_after_eval" in again.stderr
    record = json.loads((folder / "run.json").read_text())
    record["config"]["train_after_eval"][0][-1] = ""
    (folder / "run.json").write_text(json.dumps(record))
    assert_resumes(folder, uninterrupted)
    assert len(list((folder / "checkpoints").iterdir())) == len(left) + 1


@pytest.mark.integration
def test_a_run_killed_many_times_still_ends_the_same(uninterrupted, tmp_path):
    folder = tmp_path / "run"
    for _ in range(3):
        killed = run(folder, die=(WRITER, "TraceWriter.write", "after", "40"))
        assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert_resumes(folder, uninterrupted)


def test_a_finished_run_is_left_as_it_is(uninterrupted):
    before = {path: path.read_bytes() for path in (uninterrupted / "traces").rglob("*.parquet")}
    assert run(uninterrupted).returncode == 0
    assert {path: path.read_bytes() for path in (uninterrupted / "traces").rglob("*.parquet")} == before


def test_a_longer_run_goes_on_from_a_finished_one(uninterrupted, tmp_path):
    extended, whole = tmp_path / "extended", tmp_path / "whole"
    shutil.copytree(uninterrupted, extended)
    assert run(extended, "num_iterations=3").returncode == 0
    assert run(whole, "num_iterations=3").returncode == 0
    assert counts(extended) == counts(whole)


def test_another_experiment_does_not_go_on_in_the_folder_of_the_first(uninterrupted):
    before = (uninterrupted / "run.json").read_bytes()
    other = run(uninterrupted, "seed=1")
    assert other.returncode == 2
    assert "seed was 0, is 1" in other.stderr
    assert (uninterrupted / "run.json").read_bytes() == before


def test_the_iteration_to_go_on_with_must_be_the_one_that_was_reached(uninterrupted):
    wrong = run(uninterrupted, "resume_iteration=0")
    assert wrong.returncode == 2
    assert "goes on with iteration 1" in wrong.stderr
    assert run(uninterrupted, "resume_iteration=1").returncode == 0


def assert_resumes(folder: Path, uninterrupted: Path) -> None:
    done = run(folder)
    assert done.returncode == 0, done.stderr
    assert counts(folder) == counts(uninterrupted)
    keys = Counter(TraceReader(folder).keys())
    assert set(keys.values()) == {1}
    assert keys == Counter(TraceReader(uninterrupted).keys())


def test_a_training_that_diverged_is_recorded_and_not_repeated(tmp_path):
    folder = tmp_path / "run"
    program = [sys.executable, str(HERE / "diverge.py"), "${training.output}"]
    listed = ",".join(f"'{argument}'" for argument in program)
    few = ("num_theorems=2", "num_valid_theorems=1", "max_tactics=4", "baselines=[]", f"train_after_eval=[[{listed}]]")
    done = run(folder, *few)
    assert done.returncode == 0, done.stderr
    assert "training: loss is NaN, norm is Infinity, so it has diverged." in done.stderr
    [checkpoint] = json.loads((folder / "state.json").read_text())["checkpoints"]
    assert checkpoint["metrics"] == {"loss": "NaN", "norm": "Infinity", "steps": 3}
    assert (folder / checkpoint["path"]).exists()
    state = (folder / "state.json").read_bytes()
    again = run(folder, *few, "num_iterations=2")
    assert again.returncode == 0, again.stderr
    assert (folder / "state.json").read_bytes() == state
    assert len(list((folder / "checkpoints").iterdir())) == 1
