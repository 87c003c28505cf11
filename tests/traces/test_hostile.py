"""Traces made to do harm: one sentence each, whatever is in them."""

import os

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from aitp_gym.errors import AitpError, TraceError
from aitp_gym.traces import TraceReader, TraceWriter


@pytest.fixture
def trace(tmp_path, make_attempt):
    """One finished iteration with a proof of a theorem, and one that is still written."""
    folder = tmp_path / "traces"
    with TraceWriter(folder) as writer:
        for iteration in (0, 1):
            writer.write(make_attempt("a", 2, proved_at=2), iteration=iteration, policy="p")
            writer.write(make_attempt("b", 1), iteration=iteration, policy="p")
        writer.compact(0)
    return folder


def change(path, column, change_value):
    table = pq.read_table(path)
    rows = [change_value(value) for value in table[column].to_pylist()]
    place = table.schema.get_field_index(column)
    pq.write_table(
        table.set_column(place, table.schema.field(column), pa.array(rows, table.schema.field(column).type)), path
    )


def step(**changed):
    return lambda proof: None if proof is None else [{**proof[0], **changed}]


@pytest.mark.parametrize(
    ("table", "column", "value", "said"),
    [
        ("attempts", "status", lambda old: None, "status has empty places"),
        ("attempts", "status", lambda old: "won", "status is 'won'"),
        ("attempts", "spent", lambda old: {**old, "tactics": None}, "spent.tactics has empty places"),
        ("attempts", "spent", lambda old: {**old, "wall_s": float("nan")}, "spent.wall_s is not a number"),
        ("attempts", "verdict", lambda old: old and {**old, "status": "refused"}, "has no accepted proof"),
        ("attempts", "proof", step(children=[0]), "a subgoal's proof that does not come after it"),
        ("attempts", "proof", step(children=[7]), "a subgoal's proof that does not come after it"),
        ("attempts", "proved_at", lambda old: -1, "proved_at is not a positive number"),
        ("attempts", "num_steps", lambda old: 3 - old, "num_steps is wrong"),
        ("attempts", "num_steps", lambda old: -old, "num_steps is -"),
        ("attempts", "num_steps", lambda old: 2**31 - 1, "steps are announced and 3 are there"),
        ("attempts", "theorem", lambda old: "other", "another theorem"),
        ("attempts", "budget", lambda old: {**old, "max_tactics": -8}, "budget.max_tactics is not a positive number"),
        ("steps", "children", lambda old: [-5], "children is -5"),
        ("steps", "node", lambda old: -(2**31), "node is -2147483648"),
        ("steps", "goal", lambda old: None, "goal has empty places"),
    ],
)
def test_what_no_attempt_can_have_is_refused(trace, table, column, value, said):
    change(trace / "iteration-0000-00" / f"{table}.parquet", column, value)
    with pytest.raises(TraceError, match=said):
        TraceReader(trace).tables()


@pytest.mark.parametrize("name", ["iteration-0001-00.spool", "iteration-0000-00/attempts.parquet"])
def test_only_regular_files_are_read(trace, name):
    path = trace / name
    path.unlink()
    os.mkfifo(path)
    for read in (TraceReader(trace).keys, TraceReader(trace).tables, lambda: TraceWriter(trace)):
        with pytest.raises(TraceError, match="found a pipe"):
            read()
    path.unlink()
    path.symlink_to("/dev/zero")
    with pytest.raises(TraceError, match="found a device"):
        TraceReader(trace).tables()


def test_nothing_is_written_through_links(tmp_path, make_attempt):
    target, folder = tmp_path / "target", tmp_path / "traces"
    folder.mkdir()
    (folder / "iteration-0000-00.spool").symlink_to(target)
    with TraceWriter(folder) as writer, pytest.raises(AitpError):
        writer.write(make_attempt(), iteration=0, policy="p")
    assert not target.exists()
    target.write_text("mine")
    (folder / "writer.lock").unlink(missing_ok=True)
    (folder / "writer.lock").symlink_to(target)
    with pytest.raises(AitpError):
        TraceWriter(folder)
    assert target.read_text() == "mine"
