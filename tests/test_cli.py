"""The command line as a user meets it, in processes of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from aitp_gym import configs
from aitp_gym.cli.run import experiments
from aitp_gym.provers.hollight.status import status

SMALL = (
    "--config-name=quickstart",
    *("num_theorems=3", "num_valid_theorems=3", "max_tactics=16", "num_iterations=1", "logging_config.id=null"),
)
PROPOSITIONAL = "--env=aitp/Propositional-v0"
needs_hollight = pytest.mark.skipif(not status().ready, reason=f"HOL Light is not ready: {status().message}")


def aitp(*arguments: str, folder: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    import os

    return subprocess.run(
        [sys.executable, "-m", "aitp_gym.cli", *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, **environment},
    )


def assert_one_sentence(done: subprocess.CompletedProcess[str], *parts: str) -> None:
    """A clear message on stderr, no traceback, and an exit code that says so."""
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    [line] = done.stderr.strip().splitlines()
    assert line.startswith("aitp: ")
    for part in parts:
        assert part in line


# -- run --------------------------------------------------------------------------------------------------------------


def test_a_run_leaves_its_folder_and_nothing_else(tmp_path):
    done = aitp("run", *SMALL, "exp_config.experiment=mine", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "valid: theorems proved within N tactic applications" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["runs"]
    folder = tmp_path / "runs" / "quickstart" / "mine"
    assert sorted(path.name for path in folder.iterdir()) == [
        *("checkpoints", "report.json", "run.json", "run.lock", "traces")
    ]


def test_a_sweep_gives_each_job_a_run_folder_of_its_own(tmp_path):
    done = aitp("run", *SMALL, "-m", "seed=1,2", "exp_config.directory=sweep", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["sweep"]
    assert sorted(path.name for path in (tmp_path / "sweep").iterdir()) == ["0", "1", "multirun.yaml"]
    seeds = [json.loads((tmp_path / "sweep" / job / "run.json").read_text())["seed"] for job in ("0", "1")]
    assert seeds == [1, 2]


def test_the_report_can_be_computed_anew(tmp_path):
    assert aitp("run", *SMALL, "exp_config.directory=mine", folder=tmp_path).returncode == 0
    report = tmp_path / "mine" / "report.json"
    before = report.read_bytes()
    report.unlink()
    done = aitp("report", "mine", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert report.read_bytes() == before


def test_help_shows_the_fields_and_the_groups(tmp_path):
    done = aitp("run", "--help", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    for part in ("aitp run", "tac_model: ", "holist_quickstart", "total_timeout"):
        assert part in done.stdout


def test_the_composed_configuration_can_be_printed(tmp_path):
    done = aitp("run", "--config-name=quickstart", "--cfg", "job", "seed=7", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "\nseed: 7\n" in done.stdout
    assert not list(tmp_path.iterdir())


def test_experiments_of_ones_own_are_found(tmp_path):
    (tmp_path / "mine.yaml").write_text("defaults: [quickstart, _self_]\nnum_theorems: 2\nexp_config: {name: mine}\n")
    done = aitp("run", "--config-dir=.", "--config-name=mine", *SMALL[2:], folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.yaml", "runs"]


def test_every_experiment_composes_and_passes_the_checks():
    from hydra import compose, initialize_config_module

    from aitp_gym.experiments.config import read_config

    with initialize_config_module("aitp_gym.configs", version_base="1.3"):
        for name in experiments():
            config, _ = read_config(compose(name))
            assert config.exp_config.name == name


def test_every_field_is_documented_where_its_default_is():
    lines = (Path(configs.__file__).parent / "base.yaml").read_text().splitlines()
    fields = [line for line in lines if line and not line.lstrip().startswith("#")]
    blocks = [line for line in fields if line.startswith(("exp_config:", "env_config:", "tac_model:", "search_model:"))]
    assert [line for line in fields if "#" not in line and line not in blocks] == []


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        ((), ("which experiment", "quickstart")),
        (("--config-name=quikstart",), ("no configuration 'quikstart'", "Did you mean quickstart?", "holist")),
        (("num_iteration=3",), ("no field 'num_iteration'", "did you mean 'num_iterations'")),
        (("+num_iteration=3",), ("no field 'num_iteration'", "did you mean 'num_iterations'")),
        (("tac_model=clever",), ("tac_model/clever", "uniform")),
        (("tac_model.menu=clever",), ("menu 'clever'", "propositional")),
        (("tac_model.ckpt_path=nowhere",), ("nowhere",)),
        (("env_config.id=aitp/Nowhere-v0",), ("aitp/Nowhere-v0", "aitp/HOList-v0")),
        (("env_config.theorem_set=nowhere",), ("'nowhere'", "propositional-small")),
        (("+env_config.colour=red",), ("colour",)),
        (("update_checkpoints=[]",), ("same length", "1 commands and 0 fields")),
        (("max_tactics=many",), ("max_tactics", "many")),
        (("search_model._target_=no.such.Search",), ("no.such.Search",)),
        (("exp_config.directory=taken",), ("taken", "not a run folder")),
    ],
)
def test_bad_input_to_a_run_is_one_sentence_and_writes_nothing(tmp_path, arguments, parts):
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "precious").write_text("data")
    named = () if not arguments or arguments[0].startswith("--config-name") else ("--config-name=quickstart",)
    assert_one_sentence(aitp("run", *named, *arguments, folder=tmp_path), *parts)
    assert [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")] == ["taken", "taken/precious"]


def test_a_second_run_does_not_overwrite_the_first(tmp_path):
    arguments = ("run", *SMALL, "exp_config.directory=mine")
    assert aitp(*arguments, folder=tmp_path).returncode == 0
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert_one_sentence(aitp(*arguments, folder=tmp_path), "holds a run already", "exp_config.resume=true")
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_checkpoint_of_another_policy_is_refused(tmp_path):
    from aitp_gym.agents.policies.frequency import FrequencyPolicy

    FrequencyPolicy("propositional").save(tmp_path / "counts.json")
    done = aitp("run", *SMALL, "tac_model.ckpt_path=counts.json", folder=tmp_path)
    assert_one_sentence(done, "counts.json")


def test_a_failing_training_says_where_its_output_is(tmp_path):
    command = f"[[{sys.executable},-c,'raise SystemExit(\"no luck\")']]"
    done = aitp("run", *SMALL, "num_iterations=2", f"train_after_eval={command}", folder=tmp_path)
    assert done.returncode == 2
    assert "exit code 1" in done.stderr
    assert "no luck" in done.stderr
    assert "exp_config.resume=true" in done.stderr


def test_the_traceback_is_there_for_those_who_ask(tmp_path):
    arguments = ("run", "--config-name=quickstart", "tac_model.menu=clever")
    assert "Traceback" in aitp("--debug", *arguments, folder=tmp_path).stderr
    assert "Traceback" in aitp(*arguments, folder=tmp_path, AITP_DEBUG="1").stderr


# -- the other commands -----------------------------------------------------------------------------------------------


def test_prove_prints_the_proof_and_the_verdict():
    done = aitp("prove", "A /\\ B -> B /\\ A", PROPOSITIONAL)
    assert done.returncode == 0, done.stderr
    assert "intro" in done.stdout
    assert "the check accepted the proof" in done.stdout


def test_prove_exits_with_1_where_there_is_no_proof():
    done = aitp("prove", "A -> B", PROPOSITIONAL, "--max-tactics=50")
    assert done.returncode == 1, done.stderr
    assert "not proved" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("A -> ", PROPOSITIONAL), "Expected a formula"),
        (("A", "--env=aitp/Nowhere-v0"), "aitp/Nowhere-v0"),
        (("A", PROPOSITIONAL, "--checkpoint=nowhere"), "nowhere"),
    ],
)
def test_bad_input_to_prove_is_one_sentence(arguments, part):
    assert_one_sentence(aitp("prove", *arguments), part)


@needs_hollight
def test_prove_knows_hol_light():
    done = aitp("prove", "!p q. p /\\ q ==> q /\\ p", "--max-tactics=200")
    assert done.returncode == 0, done.stderr
    assert "the check accepted the proof" in done.stdout


def test_doctor_says_for_each_prover_whether_it_is_ready():
    provers = json.loads(aitp("doctor", "--json").stdout)
    assert set(provers) == {"propositional", "hollight", "hol4", "lean", "leandojo"}
    assert provers["propositional"]["ready"]
    for name, prover in provers.items():
        assert prover["ready"] or prover["command"]
        assert aitp("doctor", f"--ready={name}").returncode == (0 if prover["ready"] else 1)
    assert "propositional" in aitp("doctor").stdout


def test_doctor_names_what_to_install_where_a_prover_is_missing(tmp_path):
    prover = json.loads(aitp("doctor", "--json", HOLLIGHT_DIR=str(tmp_path)).stdout)["hollight"]
    assert not prover["ready"]
    assert not prover["buildable"]
    assert "apt-get install" in prover["command"]


def test_a_run_without_its_prover_is_one_sentence(tmp_path):
    done = aitp("run", "--config-name=holist_quickstart", folder=tmp_path, HOLLIGHT_DIR=str(tmp_path))
    assert_one_sentence(done, str(tmp_path))
    assert not list(tmp_path.iterdir())


def test_an_unreadable_run_folder_is_one_sentence(tmp_path):
    assert_one_sentence(aitp("report", "nowhere", folder=tmp_path), "nowhere")
    (tmp_path / "run.json").write_text("{}")
    assert_one_sentence(aitp("report", ".", folder=tmp_path), "schema version")


def test_bench_measures_the_parts_that_are_asked_for():
    done = aitp("bench", "--json", "--only=import_s")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["import_s"] > 0
    assert_one_sentence(aitp("bench", "--only=speed"), "speed", "import_s")


def test_bench_says_why_a_figure_is_missing(tmp_path):
    done = aitp("bench", "--json", "--only=hollight", HOLLIGHT_DIR=str(tmp_path))
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)["hollight"]
    assert figures["steps_per_s"] is None
    assert str(tmp_path) in figures["reason"]
