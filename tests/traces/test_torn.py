"""Spools that a kill, a full disk or a loss of power has left."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from aitp_gym.errors import TraceError
from aitp_gym.traces import TraceReader, TraceWriter
from aitp_gym.traces.records import to_record
from aitp_gym.traces.spool import read_spool

SPOOL = "iteration-0000-00.spool"


@pytest.fixture
def spool(tmp_path, make_attempt) -> tuple[bytes, list[int]]:
    """The bytes of a spool of three attempts, and where its records end: the schema, then each attempt."""
    folder = tmp_path / "whole"
    ends = []
    with TraceWriter(folder) as writer:
        for theorem in "abc":
            writer.write(make_attempt(theorem), iteration=0, policy="p")
            ends.append((folder / SPOOL).stat().st_size)
    whole = (folder / SPOOL).read_bytes()
    first = ends[1] - ends[0]
    assert ends[2] - ends[1] == first
    return whole, [ends[0] - first, *ends]


def torn(tmp_path: Path, data: bytes) -> Path:
    folder = tmp_path / "torn"
    folder.mkdir(exist_ok=True)
    (folder / SPOOL).write_bytes(data)
    return folder


def test_wherever_the_spool_ends_the_whole_attempts_are_read(tmp_path, spool):
    whole, ends = spool
    near_an_end = {end + off for end in [0, *ends] for off in range(-17, 18)}
    for cut in sorted({*range(0, len(whole), 101), *near_an_end, len(whole)}):
        if 0 <= cut <= len(whole):
            content = read_spool(torn(tmp_path, whole[:cut]) / SPOOL)
            complete = [end for end in ends if end <= cut]
            assert len(content.batches) == max(0, len(complete) - 1), cut
            assert content.end == (complete[-1] if complete else 0), cut


@pytest.mark.parametrize("offset", [-1, 0, 1, 3, 4, 15, 16, 17, 100, 2000])
@pytest.mark.parametrize("record", [0, 1, 2])
def test_writing_goes_on_after_a_torn_tail(tmp_path, spool, make_attempt, record, offset):
    whole, ends = spool
    start = [0, *ends][record]
    folder = torn(tmp_path, whole[: max(0, start + offset)])
    with TraceWriter(folder) as writer:
        kept = {key.theorem for key in writer.done_keys()}
        assert kept == set("abc"[: sum(end <= start + offset for end in ends[1:])])
        for theorem in "abc":
            if theorem not in kept:
                writer.write(make_attempt(theorem), iteration=0, policy="p")
    assert (folder / SPOOL).read_bytes() == whole
    read = [attempt for _, attempt in TraceReader(folder).records(with_search=True)]
    assert read == [make_attempt(theorem) for theorem in "abc"]


@pytest.mark.parametrize("zeros", [1, 4, 8, 4096])
def test_zeros_left_by_a_loss_of_power_are_a_torn_tail(tmp_path, spool, make_attempt, zeros):
    whole, ends = spool
    folder = torn(tmp_path, whole[: ends[2]] + bytes(zeros))
    with TraceWriter(folder) as writer:
        assert {key.theorem for key in writer.done_keys()} == {"a", "b"}
        writer.write(make_attempt("c"), iteration=0, policy="p")
    assert (folder / SPOOL).read_bytes() == whole


def test_damage_before_the_tail_is_told_and_the_file_is_left_alone(tmp_path, spool):
    whole, ends = spool
    for damaged in (
        whole[: ends[1]] + b"garbage!" + whole[ends[1] + 8 :],  # not the beginning of a record
        whole[: ends[1]] + to_record(b"no message") + whole[ends[1] :],  # a whole record that holds something else
        b"\x80\x04\x95 a pickle, perhaps" * 10,
    ):
        folder = torn(tmp_path, damaged)
        with pytest.raises(TraceError, match="not a trace or is damaged at byte"):
            TraceWriter(folder)
        with pytest.raises(TraceError, match="damaged"):
            TraceReader(folder).tables()
        assert (folder / SPOOL).read_bytes() == damaged


WRITE_FOREVER = """
import itertools, sys
from dataclasses import replace
from aitp_gym.proof import Attempt, Budget, Spent, Step, Theorem
from aitp_gym.traces import TraceWriter

steps = tuple(Step(i, i, "goal " * 200, "tactic", -1.0, "rejected", "", (), 0.0, 0.0, False, 1) for i in range(64))
with TraceWriter(sys.argv[1]) as writer:
    for number in itertools.count():
        theorem = Theorem(f"t{number}", "|- p", "hollight", split="train")
        writer.write(Attempt(theorem, "budget", steps, Budget(), Spent()), iteration=0, policy="p")
        print(number, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_a_writer_that_is_killed_loses_nothing_it_acknowledged(tmp_path, make_attempt):
    folder = tmp_path / "traces"
    acknowledged = -1
    for round_ in range(3):
        child = subprocess.Popen(
            [
                sys.executable,
                "-c",
                WRITE_FOREVER.replace("itertools.count()", f"itertools.count({acknowledged + 1})"),
                folder,
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert child.stdout is not None
            for line in child.stdout:
                acknowledged = int(line)
                if acknowledged >= 40 * (round_ + 1):
                    break
        finally:
            child.send_signal(signal.SIGKILL)
            rest, _ = child.communicate()
        acknowledged = max([acknowledged, *map(int, rest.split("\n")[:-1])])
        with TraceWriter(folder) as writer:
            numbers = sorted(int(key.theorem[1:]) for key in writer.done_keys())
            # The kill may have come between the last write and its acknowledgement.
            assert numbers in (list(range(acknowledged + 1)), list(range(acknowledged + 2)))
            acknowledged = numbers[-1]
    with TraceWriter(folder) as writer:
        writer.compact(0)
    read = [key.theorem for key, attempt in TraceReader(folder).records() if len(attempt.steps) == 64]
    assert read == [f"t{number}" for number in range(acknowledged + 1)]


FILL_THE_DISK = """
import resource, sys
from aitp_gym.errors import TraceError
from aitp_gym.proof import Attempt, Budget, Spent, Theorem
from aitp_gym.traces import TraceWriter

def attempt(name, size):
    return Attempt(Theorem(name, "p" * size, "hollight", split="train"), "budget", (), Budget(), Spent())

with TraceWriter(sys.argv[1]) as writer:
    writer.write(attempt("a", 10), iteration=0, policy="p")
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, resource.RLIM_INFINITY))  # writes behind it are cut short
    try:
        writer.write(attempt("too large", 100_000), iteration=0, policy="p")
    except TraceError as error:
        print(error)
    writer.write(attempt("b", 10), iteration=0, policy="p")
"""


COMPACT_ON_A_FULL_DISK = """
import resource, sys
from aitp_gym.errors import TraceError
from aitp_gym.traces import TraceWriter

with TraceWriter(sys.argv[1]) as writer:
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
    try:
        writer.compact(0)
    except TraceError as error:
        print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs RLIMIT_FSIZE")
def test_compacting_what_the_disk_does_not_take_leaves_the_spool(tmp_path, spool):
    whole, _ = spool
    folder = torn(tmp_path, whole)
    code = [sys.executable, "-c", COMPACT_ON_A_FULL_DISK, folder]
    done = subprocess.run(code, capture_output=True, text=True, check=True)
    assert done.stdout == f"The trace {folder}/iteration-0000-00 cannot be written: File too large. Free disk space?\n"
    assert sorted(path.name for path in folder.iterdir()) == [SPOOL, "writer.lock"]
    assert (folder / SPOOL).read_bytes() == whole
    with TraceWriter(folder) as writer:
        writer.compact(0)
    assert [key.theorem for key, _ in TraceReader(folder).records()] == ["a", "b", "c"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs RLIMIT_FSIZE")
def test_a_write_that_the_disk_cuts_short_is_taken_back(tmp_path):
    folder = tmp_path / "traces"
    done = subprocess.run([sys.executable, "-c", FILL_THE_DISK, folder], capture_output=True, text=True, check=True)
    assert "cannot be written: File too large" in done.stdout
    assert [key.theorem for key, _ in TraceReader(folder).records()] == ["a", "b"]
    assert read_spool(folder / SPOOL).end == os.path.getsize(folder / SPOOL)
