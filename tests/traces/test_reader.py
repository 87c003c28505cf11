import pickle

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from aitp_gym.errors import TraceError
from aitp_gym.traces import TraceReader, TraceWriter
from aitp_gym.traces.records import read_records, to_record
from aitp_gym.traces.schema import ATTEMPTS, SCHEMA_VERSION, SEARCH_EVENTS, SPOOL, STEPS


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
    events = reader.search_events(**selection)
    assert events.num_rows == attempts
    for table in (*tables, events):
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
    assert TraceReader(tmp_path).search_events().schema == SEARCH_EVENTS


def test_the_events_of_one_attempt_are_found_by_its_theorem(trace):
    events = TraceReader(trace).search_events(0, "valid", "uniform", theorem="b").to_pylist()
    assert [(event["theorem"], event["kind"], event["node"]) for event in events] == [("b", "select", 0)]
    assert events[0]["priority"] == [0.5, -1.0]
    assert events[0]["fringe"] == {"number": 0, "parent": -1, "edge": -1, "goals": [0, 1], "score": -2.0}


def test_attempts_and_steps_are_read_without_the_events(trace, make_attempt):
    (trace / "iteration-0000-00" / "search_events.parquet").unlink()
    reader = TraceReader(trace)
    assert [table.num_rows for table in reader.tables(0)] == [8, 16]
    assert all(attempt.search_events == () for _, attempt in reader.records())
    with pytest.raises(TraceError, match=r"search_events\.parquet cannot be read"):
        reader.search_events()


def test_a_run_folder_stands_for_its_traces(tmp_path, trace):
    (tmp_path / "run.json").write_text("{}")
    assert len(TraceReader(tmp_path).keys()) == 16


def test_other_tools_read_the_tables(trace):
    steps = pq.read_table(trace / "iteration-0000-00" / "steps.parquet")
    assert steps.schema.metadata[b"aitp_gym.trace_schema"] == str(SCHEMA_VERSION).encode()
    spool = trace / "iteration-0001-00.spool"
    payloads = b"".join(payload for payload, _ in read_records(spool.read_bytes(), spool))
    with pa.ipc.open_stream(payloads) as stream:
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


@pytest.mark.parametrize("name", ["attempts.parquet", "steps.parquet", "search_events.parquet"])
@pytest.mark.parametrize("damage", [_truncate, _flip_a_data_bit, _replace_by_foreign, lambda path: path.unlink()])
def test_damaged_parquet_is_one_sentence(trace, name, damage):
    damage(trace / "iteration-0000-00" / name)
    with pytest.raises(TraceError, match=rf"{name}.* (cannot be read|is not a trace)") as caught:
        list(TraceReader(trace).records(with_search=True))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("name", "found"), [("steps", "16 steps"), ("search_events", "8 search events")])
def test_rows_that_do_not_belong_to_the_attempts_are_refused(trace, name, found):
    path = trace / "iteration-0000-00" / f"{name}.parquet"
    table = pq.read_table(path)
    pq.write_table(table.slice(1), path)
    with pytest.raises(TraceError, match=f"{found} are announced and {len(table) - 1} are there"):
        list(TraceReader(trace).records(with_search=True))


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
        TraceError,
        match=f"has trace schema version {newer_version}; this aitp-gym reads versions 2 to {SCHEMA_VERSION}",
    ):
        TraceReader(trace).tables()
    with pytest.raises(TraceError, match=f"version {newer_version}"):
        TraceWriter(trace)
    spool = tmp_path / "newer"
    spool.mkdir()
    schema = _with_version(SPOOL, newer_version).serialize()
    (spool / "iteration-0000-00.spool").write_bytes(to_record(memoryview(schema)))
    with pytest.raises(TraceError, match=f"version {newer_version}"):
        TraceReader(spool).tables()


def test_columns_that_are_not_those_of_the_version_are_named(trace):
    part = trace / "iteration-0000-00"
    pq.write_table(pq.read_table(part / "attempts.parquet").drop(["seed"]), part / "attempts.parquet")
    with pytest.raises(TraceError, match=r"differs from it in \['seed'\]"):
        TraceReader(trace).tables()


def test_offsets_that_point_outside_their_buffers_are_refused(tmp_path, make_attempt):
    with TraceWriter(tmp_path) as writer:
        writer.write(make_attempt("a", 0), iteration=0, policy="p")
    spool = tmp_path / "iteration-0000-00.spool"
    payloads = [bytes(payload) for payload, _ in read_records(spool.read_bytes(), spool)]
    with pa.ipc.open_stream(b"".join(payloads)) as stream:
        name = stream.read_next_batch().column("theorem")
    # The name has one byte: its offsets are 0 and 1. Let the second point a gigabyte behind its text.
    offsets = name.buffers()[1].to_pybytes()[:8]
    assert offsets == (0).to_bytes(4, "little") + (1).to_bytes(4, "little")
    schema, good = payloads[:2]
    body = 8 + int.from_bytes(good[4:8], "little")
    places = [at for at in range(body, len(good), 8) if good[at : at + 8] == offsets]
    assert places
    for at in places:
        forged = good[: at + 4] + (1 << 30).to_bytes(4, "little") + good[at + 8 :]
        spool.write_bytes(to_record(schema) + to_record(forged))
        with pytest.raises(TraceError, match="damaged"):
            TraceReader(tmp_path).tables()
