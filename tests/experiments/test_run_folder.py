import json
import subprocess
import sys

import pytest

from aitp_gym.errors import BadInput, ConfigError, TraceError
from aitp_gym.experiments.run_folder import RunFolder, read_run
from aitp_gym.files import read_json, write_json

CONFIG = {
    "seed": 3,
    "num_iterations": 2,
    "num_workers": 0,
    "max_tactics": 8,
    "env_config": {"id": "aitp/Propositional-v0", "theorem_set": "propositional-6"},
    "exp_config": {"resume": False},
}
VERSIONS = {"theorems_digest": "abc", "prover.version": "1"}


def create(path, *, config=CONFIG, versions=VERSIONS, resume=False) -> RunFolder:
    return RunFolder.create(path, config, resume=resume, versions=versions)


@pytest.mark.parametrize("existing", [False, True])
def test_a_new_run_writes_down_what_was_asked(tmp_path, existing):
    path = tmp_path / "deep" / "run"
    if existing:
        path.mkdir(parents=True)
    with create(path) as folder:
        assert not folder.resumed
        assert folder.traces.is_dir()
        assert folder.checkpoints.is_dir()
    record = read_run(path)
    assert record["config"] == CONFIG
    assert record["seed"] == 3
    assert record["versions"] == VERSIONS
    assert {"python", "numpy", "pyarrow", "gymnasium"} <= record["packages"].keys()
    assert sorted(entry.name for entry in path.iterdir()) == ["checkpoints", "run.json", "run.lock", "traces"]


def test_a_foreign_folder_is_refused_and_nothing_in_it_changes(tmp_path):
    (tmp_path / "thesis.tex").write_text("precious")
    for resume in (False, True):
        with pytest.raises(ConfigError, match=r"not a run folder \(it holds 'thesis\.tex'"):
            create(tmp_path, resume=resume)
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_file_in_place_of_the_folder_is_told(tmp_path):
    (tmp_path / "run").write_text("")
    with pytest.raises(ConfigError, match="is a file"):
        create(tmp_path / "run")


def test_a_run_is_not_begun_twice(tmp_path):
    create(tmp_path).close()
    before = (tmp_path / "run.json").read_text()
    with pytest.raises(ConfigError, match=r"holds a run already: set exp_config\.resume=true"):
        create(tmp_path)
    assert (tmp_path / "run.json").read_text() == before


def test_a_run_resumes_with_other_resources_and_keeps_a_record_of_it(tmp_path):
    create(tmp_path).close()
    later = {**CONFIG, "num_iterations": 5, "num_workers": 2, "exp_config": {"resume": True}}
    with create(tmp_path, config=later, resume=True) as folder:
        assert folder.resumed
    record = read_run(tmp_path)
    assert record["config"] == later
    [resumption] = record["resumptions"]
    assert resumption["changed"] == {
        "exp_config.resume": [False, True],
        "num_iterations": [2, 5],
        "num_workers": [0, 2],
    }


def test_resuming_begins_a_run_where_there_is_none(tmp_path):
    with create(tmp_path / "run", resume=True) as folder:
        assert not folder.resumed


@pytest.mark.parametrize(
    ("config", "versions", "told"),
    [
        ({**CONFIG, "seed": 4}, VERSIONS, "seed was 3, is 4"),
        ({**CONFIG, "max_tactics": None}, VERSIONS, "max_tactics was 8, is None"),
        ({**CONFIG, "new_field": 1}, VERSIONS, "new_field was None, is 1"),
        (
            {**CONFIG, "env_config": {"id": "aitp/Propositional-v0"}},
            VERSIONS,
            "env_config.theorem_set was 'propositional-6', is None",
        ),
        (CONFIG, {**VERSIONS, "theorems_digest": "xyz"}, "theorems_digest was 'abc', is 'xyz'"),
        (CONFIG, {"theorems_digest": "abc"}, "prover.version was '1', is None"),
    ],
)
def test_another_experiment_does_not_resume_a_run(tmp_path, config, versions, told):
    create(tmp_path).close()
    before = (tmp_path / "run.json").read_text()
    with pytest.raises(ConfigError, match="another experiment") as caught:
        create(tmp_path, config=config, versions=versions, resume=True)
    assert told in str(caught.value)
    assert (tmp_path / "run.json").read_text() == before
    create(tmp_path, resume=True).close()


def test_two_drivers_cannot_share_a_run(tmp_path):
    with create(tmp_path), pytest.raises(BadInput, match="in use by another running process"):
        create(tmp_path, resume=True)
    create(tmp_path, resume=True).close()


KILLED = """
import os, signal, sys
from pathlib import Path
from aitp_gym.experiments import run_folder
run_folder.write_json = lambda path, content: os.kill(os.getpid(), signal.SIGKILL)
run_folder.RunFolder.create(Path(sys.argv[1]), {"seed": 1})
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_a_kill_before_anything_was_written_leaves_a_folder_that_can_be_used(tmp_path):
    path = tmp_path / "run"
    assert subprocess.run([sys.executable, "-c", KILLED, path]).returncode == -9
    assert path.exists()
    create(path).close()


def test_a_newer_or_damaged_record_is_one_sentence(tmp_path):
    create(tmp_path).close()
    record = read_json(tmp_path / "run.json")
    write_json(tmp_path / "run.json", {**record, "schema_version": 2})
    with pytest.raises(TraceError, match="schema version 2; this aitp-gym reads version 1"):
        create(tmp_path, resume=True)
    for damaged, told in (('{"seed":', "is not JSON"), ("[]", "must hold a JSON object, got list")):
        (tmp_path / "run.json").write_text(damaged)
        with pytest.raises(TraceError, match=told):
            create(tmp_path, resume=True)
    with pytest.raises(TraceError, match="cannot be read: No such file"):
        read_run(tmp_path / "nowhere")


@pytest.mark.parametrize("value", [object(), float("nan")])
def test_a_configuration_that_is_not_json_is_refused_before_anything_is_made(tmp_path, value):
    with pytest.raises(ConfigError, match="plain JSON values"):
        create(tmp_path / "run", config={"seed": value})
    assert not (tmp_path / "run").exists()


def test_a_failed_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "report.json"
    write_json(path, {"old": 1})
    with pytest.raises(TypeError):
        write_json(path, {"new": object()})
    assert json.loads(path.read_text()) == {"old": 1}
