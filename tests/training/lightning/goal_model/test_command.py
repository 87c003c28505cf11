import json
import subprocess
import sys

import pytest

from aitp_gym.agents.goal_models.value_network import ValueNetwork
from aitp_gym.traces import TraceWriter
from aitp_gym.training.lightning.goal_model.__main__ import main

from .conftest import learnable_attempts


@pytest.fixture
def arguments(tmp_path):
    with TraceWriter(tmp_path / "traces") as writer:
        for each in learnable_attempts(60, seed=1):
            writer.write(each, iteration=0, policy="learned")
        writer.compact(0)
    return [
        *("--traces", str(tmp_path / "traces"), "--output", str(tmp_path / "out"), "--held-out", "0.3"),
        *("--result", str(tmp_path / "result.json"), "--steps", "20", "--quiet"),
    ]


def test_the_command_writes_a_checkpoint_and_how_well_it_is_calibrated(arguments, tmp_path):
    command = [sys.executable, "-m", "aitp_gym.training.lightning.goal_model", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    result = json.loads((tmp_path / "result.json").read_text())
    assert result["metrics"]["proved"] > 0
    assert sum(each["goals"] for each in result["metrics"]["calibration"]["reliability"]) > 0
    assert ValueNetwork(result["checkpoint"]).versions != ValueNetwork().versions


def test_training_goes_on_from_a_checkpoint(arguments, tmp_path):
    assert main(arguments) == 0
    again = [*arguments, "--init", str(tmp_path / "out" / "checkpoint")]
    again[again.index(str(tmp_path / "out"))] = str(tmp_path / "again")
    again[again.index(str(tmp_path / "result.json"))] = str(tmp_path / "again.json")
    assert main(again) == 0
    assert json.loads((tmp_path / "again.json").read_text())["checkpoint"] == str(tmp_path / "again" / "checkpoint")


def test_nothing_is_overwritten(arguments, tmp_path, capsys):
    (tmp_path / "result.json").write_text("mine")
    assert main(arguments) == 2
    assert "exists already" in capsys.readouterr().err
    assert (tmp_path / "result.json").read_text() == "mine"
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--traces", "/nowhere/at/all", "no trace folder"),
        ("--steps", "0", "steps"),
        ("--init", "/nowhere/at/all", "no checkpoint folder"),
        ("--held-out", "1", "must lie in"),
        ("--min-visits", "0", "min_visits"),
        ("--split", "test", "No goal of the 'test' attempts"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(arguments, tmp_path, capsys, option, value, message):
    if option in arguments:
        arguments[arguments.index(option) + 1] = value
    else:
        arguments += [option, value]
    assert main(arguments) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "result.json").exists()
