import pickle

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from aitp_gym.errors import TraceError
from aitp_gym.traces import TraceReader, TraceWriter
from aitp_gym.traces.schema import ATTEMPTS, SCHEMA_VERSION, SPOOL, STEPS


@pytest.fixture
def trace(tmp_path, make_attempt):
    """Two iterations, the second not compacted."""
    folder = tmp_path / "traces"
    with TraceWriter(folder) as writer:
        for iteration in (0, 1):
            for policy in ("learned", "uniform"):
                for split in ("train", "valid"):
                    for theorem in ("a", "b"):
                        writer.write(make_attempt(theorem, 2, split=split), iteration=iteration, policy=policy)
        writer.compact(0)
    return folder


@pytest.mark.parametrize(
    ("selection", "attempts"),
    [
        ({}, 16),
        ({"iteration": 1}, 8),
        ({"split": "valid"}, 8),
        ({"iteration": 0, "split": "train", "policy": "uniform"}, 2),
    ]
    + [({name: "nobody"}, 0) for name in ("split", "policy")]
    + [({"iteration": 7}, 0)],
)
def test_selections_hold_for_tables_and_records_alike(trace, selection, attempts):
    reader = TraceReader(trace)
    tables = reader.tables(**selection)
    assert [table.num_rows for table in tables] == [attempts, 2 * attempts]
    for table in tables:
        for name, value in selection.items():
            assert set(table[name].to_pylist()) <= {value}
    records = list(reader.records(**selection))
    assert len(records) == attempts
    assert all(len(attempt.steps) == 2 and attempt.theorem.name == key.theorem for key, attempt in records)
    assert reader.attempts(**selection).equals(tables[0])
    assert reader.steps(**selection).equals(tables[1])


def test_an_empty_trace_has_the_columns_of_a_full_one(tmp_path):
    attempts, steps = TraceReader(tmp_path).tables()
    assert (attempts.schema, steps.schema) == (ATTEMPTS, STEPS)
    assert attempts.num_rows == steps.num_rows == 0


def test_a_run_folder_stands_for_its_traces(tmp_path, trace):
    (tmp_path / "run.json").write_text("{}")
    assert len(TraceReader(tmp_path).keys()) == 16


def test_other_tools_read_the_tables(trace):
    steps = pq.read_table(trace / "iteration-0000-00" / "steps.parquet")
    assert steps.schema.metadata[b"aitp_gym.trace_schema"] == str(SCHEMA_VERSION).encode()
    with pa.ipc.open_stream(trace / "iteration-0001-00.arrows") as stream:
        assert stream.read_all().num_rows == 8


def test_a_missing_folder_is_told(tmp_path):
    with pytest.raises(TraceError, match="There is no trace folder"):
        TraceReader(tmp_path / "nowhere")


def test_a_file_is_not_a_folder(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(TraceError, match="cannot be read: Not a directory"):
        TraceReader(tmp_path / "file")


def test_a_foreign_folder_is_told(tmp_path):
    (tmp_path / "trace.pickle").write_bytes(pickle.dumps({}))
    with pytest.raises(TraceError, match=r"is not a trace folder: it holds 'trace\.pickle'"):
        TraceReader(tmp_path)


def _truncate(path):
    path.write_bytes(path.read_bytes()[:-50])


def _flip_a_data_bit(path):
    data = bytearray(path.read_bytes())
    column = pq.ParquetFile(path).metadata.row_group(0).column(0)
    data[column.data_page_offset + column.total_compressed_size // 2] ^= 1
    path.write_bytes(data)


def _replace_by_foreign(path):
    pq.write_table(pa.table({"iteration": [1]}), path)


@pytest.mark.parametrize("name", ["attempts.parquet", "steps.parquet"])
@pytest.mark.parametrize("damage", [_truncate, _flip_a_data_bit, _replace_by_foreign, lambda path: path.unlink()])
def test_damaged_parquet_is_one_sentence(trace, name, damage):
    damage(trace / "iteration-0000-00" / name)
    with pytest.raises(TraceError, match=rf"{name}.* (cannot be read|is not a trace)") as caught:
        TraceReader(trace).tables()
    assert "\n" not in str(caught.value)


def test_steps_that_do_not_belong_to_the_attempts_are_refused(trace):
    path = trace / "iteration-0000-00" / "steps.parquet"
    pq.write_table(pq.read_table(path).slice(1), path)
    with pytest.raises(TraceError, match="16 steps are announced and 15 are there"):
        TraceReader(trace).tables()


def _with_version(schema: pa.Schema, version: str) -> pa.Schema:
    return schema.with_metadata({b"aitp_gym.trace_schema": version.encode()})


def test_a_newer_schema_is_refused_before_its_content_is_looked_at(tmp_path, trace):
    newer_version = str(SCHEMA_VERSION + 1)
    part = trace / "iteration-0000-00"
    newer = pa.table(
        {"something": ["else"]}, schema=_with_version(pa.schema([("something", pa.string())]), newer_version)
    )
    pq.write_table(newer, part / "attempts.parquet")
    with pytest.raises(
        TraceError, match=f"has trace schema version {newer_version}; this aitp-gym reads version {SCHEMA_VERSION}"
    ):
        TraceReader(trace).tables()
    with pytest.raises(TraceError, match=f"version {newer_version}"):
        TraceWriter(trace)
    spool = tmp_path / "newer"
    spool.mkdir()
    (spool / "iteration-0000-00.arrows").write_bytes(_with_version(SPOOL, newer_version).serialize().to_pybytes())
    with pytest.raises(TraceError, match=f"version {newer_version}"):
        TraceReader(spool).tables()


def test_columns_that_are_not_those_of_the_version_are_named(trace):
    part = trace / "iteration-0000-00"
    pq.write_table(pq.read_table(part / "attempts.parquet").drop(["seed"]), part / "attempts.parquet")
    with pytest.raises(TraceError, match=r"differs from it in \['seed'\]"):
        TraceReader(trace).tables()


def test_offsets_that_point_outside_their_buffers_are_refused(trace):
    spool = trace / "iteration-0001-00.arrows"
    with pa.ipc.open_stream(spool) as stream:
        good = stream.read_next_batch()
    name = good.column("theorem")
    data = spool.read_bytes()
    start = data.index(good.serialize().to_pybytes())
    # The name has one byte: its offsets are 0 and 1. Let the second point a gigabyte behind its text.
    offsets = name.buffers()[1].to_pybytes()[:8]
    assert offsets == (0).to_bytes(4, "little") + (1).to_bytes(4, "little")
    places = [at for at in range(start, start + good.nbytes) if data[at : at + 8] == offsets]
    assert places
    for at in places:
        forged = data[: at + 4] + (1 << 30).to_bytes(4, "little") + data[at + 8 :]
        spool.write_bytes(forged)
        with pytest.raises(TraceError, match="damaged"):
            TraceReader(trace).tables()
