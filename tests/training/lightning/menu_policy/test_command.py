import json
import re
import subprocess
import sys
from dataclasses import replace

import pytest

from aitp_gym.agents.policies.frequency import FrequencyPolicy
from aitp_gym.agents.policies.menu_policy import MenuPolicy
from aitp_gym.proof import Goal, Premises
from aitp_gym.traces import TraceWriter
from aitp_gym.training.lightning.menu_policy.__main__ import main

from .conftest import propositional_attempts


@pytest.fixture
def traces(tmp_path):
    folder = tmp_path / "traces"
    with TraceWriter(folder) as writer:
        for attempt in propositional_attempts(40, seed=1):
            writer.write(attempt, iteration=0, policy="learned")
        writer.compact(0)
    return folder


@pytest.fixture
def arguments(traces, tmp_path):
    return [
        *("--traces", str(traces), "--menu", "propositional", "--output", str(tmp_path / "out")),
        *("--result", str(tmp_path / "result.json"), "--steps", "20", "--quiet"),
    ]


def test_the_command_writes_checkpoint_baseline_and_result(arguments, tmp_path):
    command = [sys.executable, "-m", "aitp_gym.training.lightning.menu_policy", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    result = json.loads((tmp_path / "result.json").read_text())
    assert result["metrics"]["successes"] > 0
    learned = MenuPolicy("propositional", ckpt_path=result["checkpoint"])
    assert learned.versions["weights_digest"] != MenuPolicy("propositional").versions["weights_digest"]
    assert FrequencyPolicy("propositional", ckpt_path=result["frequency"]).rates.max() > 0.1


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("gnn", ["rounds=1"]),
        ("sat", ["directed=true", "layers=1"]),
        ("node_transformer", ["layers=1"]),
        ("ensemble", ["heads=2"]),
    ],
)
def test_the_encoder_is_an_option_and_training_goes_on_with_it(arguments, tmp_path, kind, fields):
    options = ["--encoder", kind, "--width", "8", "--encoder-fields", *fields, "--steps", "3"]
    assert main([*arguments, *options]) == 0
    trained = MenuPolicy("propositional", tmp_path / "out" / "checkpoint")
    assert (trained.config.encoder.kind, trained.config.encoder.width) == (kind, 8)
    for field in fields:
        name, value = field.split("=")
        assert str(getattr(trained.config.encoder, name)).lower() == value
    goals = [Goal.single("p ∧ q → q"), Goal.single("q", ["p ∨ q"])]
    answers = trained.get_tactics(goals, [Premises.none()] * 2, 3)
    assert all(suggestion.logprob <= 0 for answer in answers for suggestion in answer)
    again = ["--init", str(tmp_path / "out" / "checkpoint"), "--output", str(tmp_path / "again"), "--result"]
    assert main([*arguments, "--steps", "3", *again, str(tmp_path / "again.json")]) == 0
    assert MenuPolicy("propositional", tmp_path / "again" / "checkpoint").config == trained.config


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("rounds=many", "Expected NAME=VALUE"),
        ("rounds", "Expected NAME=VALUE"),
        ("turns=3", r"got also \['turns'\]"),
        ("rounds=0", "must be positive integers"),
    ],
)
def test_a_wrong_field_of_the_encoder_is_one_sentence(arguments, capsys, field, said):
    assert main([*arguments, "--encoder-fields", field]) == 2
    assert re.search(said, capsys.readouterr().err)


def test_training_goes_on_from_a_checkpoint(arguments, tmp_path):
    assert main(arguments) == 0
    again = [*arguments, "--init", str(tmp_path / "out" / "checkpoint")]
    again[again.index(str(tmp_path / "out"))] = str(tmp_path / "again")
    again[again.index(str(tmp_path / "result.json"))] = str(tmp_path / "again.json")
    assert main(again) == 0
    assert json.loads((tmp_path / "again.json").read_text())["checkpoint"] == str(tmp_path / "again" / "checkpoint")


def test_what_becomes_of_passed_over_hammers_is_an_option(arguments, traces, tmp_path):
    menu = tmp_path / "menu.toml"
    entries = "".join(
        f'[[tactic]]\ntext = "{name}"\nhammer = {mark}\n'
        for name, mark in (("intro", "false"), ("split", "false"), ("left", "true"))
    )
    menu.write_text(f'name = "m"\nversion = 1\nprover = "propositional"\n{entries}')
    human = tmp_path / "human"
    with TraceWriter(human) as writer:
        for attempt in propositional_attempts(40, seed=2):
            writer.write(replace(attempt, versions={"imported": "proofs"}), iteration=0, policy="human")
    examples = {}
    for choice in ("negative", "unknown"):
        out, result = tmp_path / choice, tmp_path / f"{choice}.json"
        changed = {"--traces": str(human), "--menu": str(menu), "--output": str(out), "--result": str(result)}
        given = [changed.get(before, word) for before, word in zip(["", *arguments], arguments, strict=False)]
        assert main([*given, "--passed-over-hammers", choice]) == 0
        examples[choice] = json.loads(result.read_text())["metrics"]
    assert examples["unknown"]["successes"] == examples["negative"]["successes"] > 0
    assert examples["unknown"]["examples"] < examples["negative"]["examples"]


def test_nothing_is_overwritten(arguments, tmp_path, capsys):
    (tmp_path / "result.json").write_text("mine")
    assert main(arguments) == 2
    assert "exists already" in capsys.readouterr().err
    assert (tmp_path / "result.json").read_text() == "mine"
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--menu", "propositionl", "Did you mean 'propositional'"),
        ("--menu", "hollight-full", "attempts at theorems of prover 'propositional'; expected 'hollight'"),
        ("--traces", "/nowhere/at/all", "no trace folder"),
        ("--steps", "0", "steps"),
        ("--init", "/nowhere/at/all", "no checkpoint folder"),
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
