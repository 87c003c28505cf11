"""Traces of earlier schema versions, as `tests/traces/README.md` says."""

import shutil
from pathlib import Path

import pytest

from aitp_gym.cli.export import export
from aitp_gym.errors import BadInput, TraceError
from aitp_gym.evaluation.search_targets import read_policy_rows
from aitp_gym.experiments.reports.compare import compare_runs
from aitp_gym.experiments.reports.report import build_report
from aitp_gym.experiments.run_folder import RunFolder, read_run
from aitp_gym.traces import SCHEMA_VERSION, Key, TraceReader, TraceWriter
from aitp_gym.traces.schema import ATTEMPTS, OLDEST_VERSION, SEARCH_EVENTS, STEPS

HERE = Path(__file__).parent
VERSIONS = range(OLDEST_VERSION, SCHEMA_VERSION + 1)
EARLIER = range(OLDEST_VERSION, SCHEMA_VERSION)


@pytest.fixture
def run(tmp_path, version) -> Path:
    """A copy of the run folder of a version."""
    return Path(shutil.copytree(HERE / f"schema_{version}", tmp_path / f"schema_{version}"))


@pytest.mark.parametrize("version", VERSIONS)
def test_a_trace_of_every_version_is_read_with_todays_columns(run, version):
    reader = TraceReader(run)
    attempts, steps = reader.tables()
    events = reader.search_events()
    assert (attempts.schema, steps.schema, events.schema) == (ATTEMPTS, STEPS, SEARCH_EVENTS)
    # Five attempts are finished; of two the spool holds, the second is torn.
    assert attempts["iteration"].to_pylist() == [0, 0, 0, 0, 0, 1]
    assert attempts["status"].to_pylist()[-1] == "proved"
    records = list(reader.records(with_search=True))
    assert [key for key, _ in records] == reader.keys()
    for (_, attempt), row in zip(records, attempts.to_pylist(), strict=True):
        assert len(attempt.steps) == row["num_steps"] > 0
        assert len(attempt.search_events) == row["num_search_events"]
        assert not attempt.search_cut
        assert attempt.proved == (attempt.proof is not None) == any(step.on_proof for step in attempt.steps)
        if version < 4:
            assert not attempt.search_events
        else:
            offered = {event.node for event in attempt.search_events if event.kind == "select"}
            assert {step.node for step in attempt.steps} == offered
        if version < 3:
            assert not any(step.explored for step in attempt.steps)
            assert {(step.policy_target, step.critic_target) for step in attempt.steps} == {(None, None)}


@pytest.mark.parametrize("version", VERSIONS)
def test_reports_comparisons_and_trainers_read_every_version(run, version):
    assert read_run(run)["schema_version"] == 1
    report = build_report(run)
    assert [(entry["iteration"], entry["proved"]) for entry in report["iterations"] if entry["split"] == "valid"][
        -1
    ] == (
        1,
        1,
    )
    copy = Path(shutil.copytree(run, run.with_name("another")))
    assert compare_runs([run, copy]).theorems == 1
    # Nothing of these runs can be exported, which is found out from their proofs.
    with pytest.raises(BadInput, match="propositional"):
        export(run, run / "proofs", policy="learned", split=None, limit=None)
    assert bool(list(read_policy_rows([run], split="train"))) == (version >= 3)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_folder_of_every_version_is_written_on(run, version, make_attempt):
    before = list(TraceReader(run).records(with_search=True))
    finished = {path: path.read_bytes() for path in (run / "traces" / "iteration-0000-00").iterdir()}
    with TraceWriter(run / "traces") as writer:
        assert writer.done_keys() == {key for key, _ in before}
        with pytest.raises(TraceError, match="on record already"):
            writer.write(before[0][1], iteration=0, policy=before[0][0].policy)
        for iteration in (0, 1):
            writer.write(make_attempt("new"), iteration=iteration, policy="p")
            writer.compact(iteration)
    assert {path: path.read_bytes() for path in (run / "traces" / "iteration-0000-00").iterdir()} == finished
    after = dict(TraceReader(run).records(with_search=True))
    new = {Key(iteration, "train", "p", "new"): make_attempt("new") for iteration in (0, 1)}
    assert repr(sorted(after.items(), key=lambda item: item[0])) == repr(
        sorted([*before, *new.items()], key=lambda item: item[0])
    )
    assert {path.suffix for path in (run / "traces").iterdir()} == {"", ".lock"}


@pytest.mark.parametrize("version", EARLIER)
def test_a_run_of_every_version_is_resumed(run, version):
    record = read_run(run)
    with RunFolder.create(run, record["config"], resume=True, versions=record["versions"]) as folder:
        assert folder.resumed
    assert read_run(run)["created"] == record["created"]


@pytest.mark.parametrize("version", EARLIER)
def test_an_old_spool_is_read_wherever_it_is_torn(run, version):
    path = next((run / "traces").glob("*.arrows"))
    whole = path.read_bytes()
    found = set()
    for cut in range(0, len(whole), 97):
        path.write_bytes(whole[:cut])
        found.add(len(TraceReader(run).attempts(iteration=1)))
    assert found == {0, 1}


@pytest.mark.parametrize("version", EARLIER)
@pytest.mark.parametrize("damage", [b"garbage!", b"\xff\xff\xff\xff\x10\0\0\0" + b"\xff" * 16])
def test_damage_in_an_old_spool_is_told_and_left_alone(run, version, damage):
    path = next((run / "traces").glob("*.arrows"))
    whole = path.read_bytes()
    damaged = damage + whole[len(damage) :]
    path.write_bytes(damaged)
    for open_ in (TraceWriter, lambda folder: TraceReader(folder).tables()):
        with pytest.raises(TraceError, match="damaged at byte 0"):
            open_(run / "traces")
    assert path.read_bytes() == damaged


@pytest.mark.parametrize("version", VERSIONS)
def test_the_kept_folders_are_small(version):
    files = [path for path in (HERE / f"schema_{version}").rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 50_000
