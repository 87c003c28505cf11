import os
import shutil

import pytest

from aitp_gym.errors import BadInput, TraceError
from aitp_gym.traces import Key, TraceReader, TraceWriter


def names(folder, **selection) -> list[str]:
    return [key.theorem for key, _ in TraceReader(folder).records(**selection)]


def write(writer, make_attempt, *theorems, iteration=0, policy="p"):
    for theorem in theorems:
        writer.write(make_attempt(theorem), iteration=iteration, policy=policy)


def test_a_key_is_written_once(tmp_path, make_attempt):
    with TraceWriter(tmp_path) as writer:
        write(writer, make_attempt, "a")
        with pytest.raises(TraceError, match="on record already"):
            write(writer, make_attempt, "a")
        write(writer, make_attempt, "a", iteration=1)
        write(writer, make_attempt, "a", policy="q")
        writer.write(make_attempt("a", split="valid"), iteration=0, policy="p")
        writer.write(make_attempt("a"), iteration=0, policy="p", split="other")
        assert len(writer.done_keys()) == 5
    assert len(TraceReader(tmp_path).keys()) == 5


@pytest.mark.parametrize("compacted", [False, True])
def test_a_later_writer_knows_what_is_on_record(tmp_path, make_attempt, compacted):
    with TraceWriter(tmp_path) as writer:
        write(writer, make_attempt, "a", "b")
        if compacted:
            writer.compact(0)
    with TraceWriter(tmp_path) as writer:
        assert writer.done_keys() == {Key(0, "train", "p", "a"), Key(0, "train", "p", "b")}
        with pytest.raises(TraceError, match="on record already"):
            write(writer, make_attempt, "b")
        write(writer, make_attempt, "c")
    assert names(tmp_path) == ["a", "b", "c"]


def test_an_attempt_can_be_read_as_soon_as_it_is_written(tmp_path, make_attempt):
    with TraceWriter(tmp_path) as writer:
        for number, theorem in enumerate("abc", start=1):
            write(writer, make_attempt, theorem)
            assert len(names(tmp_path)) == number


def test_an_iteration_goes_on_after_it_was_compacted(tmp_path, make_attempt):
    with TraceWriter(tmp_path) as writer:
        write(writer, make_attempt, "a", "b")
        writer.compact(0)
        write(writer, make_attempt, "c")
        assert names(tmp_path) == ["a", "b", "c"]
        writer.compact(0)
        writer.compact(0)
        write(writer, make_attempt, "d", iteration=1)
    assert names(tmp_path, iteration=0) == ["a", "b", "c"]
    folders = sorted(path.name for path in tmp_path.iterdir())
    assert folders == ["iteration-0000-00", "iteration-0000-01", "iteration-0001-00.spool", "writer.lock"]


def test_compacting_what_was_never_written_leaves_nothing(tmp_path):
    with TraceWriter(tmp_path) as writer:
        writer.compact(3)
    assert [path.name for path in tmp_path.iterdir()] == ["writer.lock"]


def test_a_kill_while_compacting_leaves_the_spool_in_charge(tmp_path, make_attempt):
    with TraceWriter(tmp_path) as writer:
        write(writer, make_attempt, "a", "b")
    half_done = tmp_path / "iteration-0000-00.tmp"
    half_done.mkdir()
    (half_done / "attempts.parquet").write_bytes(b"PAR1 half")
    assert names(tmp_path) == ["a", "b"]
    with TraceWriter(tmp_path) as writer:
        assert not half_done.exists()
        writer.compact(0)
    assert names(tmp_path) == ["a", "b"]


def test_a_kill_before_the_spool_is_deleted_counts_nothing_twice(tmp_path, make_attempt):
    with TraceWriter(tmp_path) as writer:
        write(writer, make_attempt, "a", "b")
        spool = tmp_path / "iteration-0000-00.spool"
        shutil.copy(spool, tmp_path.parent / "copy.spool")
        writer.compact(0)
    shutil.copy(tmp_path.parent / "copy.spool", spool)
    assert names(tmp_path) == ["a", "b"]
    with TraceWriter(tmp_path) as writer:
        assert len(writer.done_keys()) == 2
        write(writer, make_attempt, "c")
    assert names(tmp_path) == ["a", "b", "c"]


def test_two_writers_cannot_share_a_folder(tmp_path):
    with TraceWriter(tmp_path), pytest.raises(BadInput, match="in use by another running process"):
        TraceWriter(tmp_path)
    TraceWriter(tmp_path).close()


def test_a_foreign_folder_is_refused_and_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("precious")
    with pytest.raises(TraceError, match=r"thesis\.tex"):
        TraceWriter(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_negative_iterations_are_refused(tmp_path, make_attempt):
    with TraceWriter(tmp_path) as writer, pytest.raises(TraceError, match="got -1"):
        write(writer, make_attempt, "a", iteration=-1)


def test_writing_is_timed(tmp_path, make_attempt):
    with TraceWriter(tmp_path, fsync=True) as writer:
        assert writer.write_s == 0
        write(writer, make_attempt, "a")
        after_writing = writer.write_s
        writer.compact(0)
        assert 0 < after_writing < writer.write_s


def test_closing_twice_is_allowed_and_descriptors_are_given_back(tmp_path, make_attempt):
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    writer = TraceWriter(tmp_path)
    write(writer, make_attempt, "a")
    writer.close()
    writer.close()
    if before:
        assert len(os.listdir("/proc/self/fd")) == before


def test_more_than_arrow_can_hold_in_one_array_is_read_and_compacted_in_groups(tmp_path, make_attempt, monkeypatch):
    expected = []
    with TraceWriter(tmp_path) as writer:
        for number in range(7):
            attempt = make_attempt(f"t{number}", number, proved_at=2 if number % 2 else None)
            writer.write(attempt, iteration=0, policy="learned")
            expected.append(attempt)
        whole = TraceReader(tmp_path).tables()
        monkeypatch.setattr("aitp_gym.traces.tables._GROUP_BYTES", 1)
        grouped = TraceReader(tmp_path).tables()
        assert [table.to_pylist() for table in grouped] == [table.to_pylist() for table in whole]
        writer.compact(0)
    assert [attempt for _, attempt in TraceReader(tmp_path).records(with_search=True)] == expected
