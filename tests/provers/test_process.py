from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from aitp_gym.errors import ProverUnavailable
from aitp_gym.provers import process


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


def first_line(running: process.Running) -> str:
    assert running.stdout is not None
    return running.stdout.readline().decode().strip()


def test_a_handle_kills_a_stopped_process(log):
    with process.spawn(["sleep", "1000"], log) as running, process.ProcessHandle(running.pid) as handle:
        handle.send(signal.SIGSTOP)
        assert handle.alive()
        handle.kill()
        assert handle.wait(10)
        assert running.wait(10) == -signal.SIGKILL


def test_a_handle_of_an_ended_process_reaches_nobody(log):
    with process.spawn(["cat"], log, pipes=True) as running, process.ProcessHandle(running.pid) as handle:
        assert running.stdin is not None
        running.stdin.close()
        assert running.wait(10) == 0
        handle.kill()
        assert not handle.alive()


def test_there_is_no_handle_for_a_process_that_is_not_there(log):
    with process.spawn(["true"], log) as running:
        assert running.wait(10) == 0
        with pytest.raises(ProcessLookupError):
            process.ProcessHandle(running.pid)


def test_a_process_has_a_session_of_its_own_and_its_errors_go_to_the_log(log):
    with process.spawn(["sh", "-c", "echo trouble >&2; echo ready; cat"], log, pipes=True) as running:
        assert first_line(running) == "ready"
        assert os.getsid(running.pid) == running.pid != os.getsid(0)
        assert process.tail(log) == "trouble"
        assert process.parent_of(running.pid) == os.getpid()
        assert 0 < process.resident_mb(running.pid) < 100


def test_closing_ends_the_whole_process_group(log):
    running = process.spawn(["sh", "-c", "sleep 1000 & echo $!; wait"], log, pipes=True)
    with process.ProcessHandle(int(first_line(running))) as grandchild:
        running.close()
        assert grandchild.wait(10)
    running.close()


def test_limits_hold_before_the_command_starts(log):
    limits = process.ProcessLimits(stack_mb=2, address_space_mb=512, cpu_s=7)
    assert process.run(["sh", "-c", "ulimit -s; ulimit -v; ulimit -t"], log, timeout_s=10, limits=limits) == 0
    assert process.tail(log).split() == ["2048", str(512 * 1024), "7"]


def test_the_largest_stack_is_as_large_as_allowed(log):
    limits = process.ProcessLimits(stack_mb=float("inf"))
    assert process.run(["sh", "-c", "ulimit -s; ulimit -H -s"], log, timeout_s=10, limits=limits) == 0
    given, allowed = process.tail(log).split()
    assert given == allowed


def test_a_cpu_limit_ends_a_loop(log):
    limits = process.ProcessLimits(cpu_s=1)
    assert process.run([sys.executable, "-c", "while True: pass"], log, timeout_s=60, limits=limits) != 0


def test_run_gives_the_exit_status_or_none_when_time_is_up(log):
    assert process.run(["sh", "-c", "exit 3"], log, timeout_s=10) == 3
    assert process.run(["sleep", "1000"], log, timeout_s=0.05) is None


def test_no_shell_reads_the_arguments(log):
    assert process.run(["printf", "%s", "$(id); `id` 'x"], log, timeout_s=10) == 0
    assert process.tail(log) == "$(id); `id` 'x"


def test_a_detached_process_outlives_its_starter(log):
    with process.spawn(["sh", "-c", "echo up; exec sleep 1000"], log, detached=True) as shell:
        assert shell.stdout is not None
        lines = process.lines_until(shell.stdout, process.Deadline.after(10))
        with process.ProcessHandle(int(next(lines))) as handle:
            try:
                assert next(lines) == "up"
                assert shell.wait(10) == 0
                assert handle.alive()
            finally:
                handle.kill()
            assert handle.wait(10)


def test_lines_end_with_the_stream_or_at_the_deadline(log):
    with process.spawn(["sh", "-c", "echo a; printf 'b\\nc'; cat"], log, pipes=True) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        lines = process.lines_until(running.stdout, process.Deadline.after(10))
        assert [next(lines), next(lines)] == ["a", "b"]
        assert list(process.lines_until(running.stdout, process.Deadline.after(0.05))) == []
        running.stdin.close()
        assert list(lines) == []


def test_a_deadline_passes():
    assert process.Deadline.after(0).passed()
    assert process.Deadline.after(0).left() == 0
    later = process.Deadline.after(1000)
    assert not later.passed()
    assert 990 < later.left() <= 1000


def test_what_is_gone_has_no_parent_and_no_memory(log):
    popen = subprocess.Popen(["true"])
    popen.wait()
    assert process.parent_of(popen.pid) is None
    assert process.resident_mb(popen.pid) == 0
    assert process.tail(log) == ""


@pytest.mark.parametrize("kind", ["pipe", "folder", "link", "link to nothing"])
def test_what_lies_in_the_place_of_a_log_is_one_sentence_and_nobody_waits(tmp_path, kind):
    target, log = tmp_path / "target", tmp_path / "log"
    if kind == "link":
        target.write_text("mine")
    if kind.startswith("link"):
        log.symlink_to(target)
    else:
        {"pipe": lambda: os.mkfifo(log), "folder": log.mkdir}[kind]()
    with pytest.raises(ProverUnavailable, match="log, the log of a prover, must be a regular file"):
        process.spawn(["echo", "said"], log)
    assert target.read_text() == "mine" if kind == "link" else not target.exists()
