"""What a sandboxed process can and cannot do, with each sandbox that this machine has."""

from __future__ import annotations

import resource
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from aitp_gym.provers import landlock, process, sandbox

HERE = (sys.prefix, sys.base_prefix)


@pytest.fixture(params=["landlock", "bubblewrap"])
def using(request: pytest.FixtureRequest) -> sandbox.Sandbox:
    if request.param == "landlock" and not landlock.abi():
        pytest.skip("this kernel has no Landlock")
    if request.param == "bubblewrap" and shutil.which("bwrap") is None:
        pytest.skip("bubblewrap is not installed: apt-get install bubblewrap")
    return request.param


@pytest.fixture
def listening() -> Iterator[int]:
    """Port of a socket that accepts connections on this machine."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def run(code: str, using: sandbox.Sandbox, **options: object) -> subprocess.CompletedProcess[str]:
    argv = sandbox.wrap([sys.executable, "-I", "-c", code], readable=HERE, using=using, **options)
    return subprocess.run(argv, capture_output=True, text=True, timeout=30)


def test_it_writes_in_its_scratch_folder_and_nowhere_else(using, tmp_path):
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    done = run(
        f"open({str(inside / 'a')!r}, 'w').write('kept')\nopen({str(outside / 'b')!r}, 'w')", using, writable=[inside]
    )
    assert done.returncode == 1
    assert "Permission denied" in done.stderr or "No such file" in done.stderr
    assert (inside / "a").read_text() == "kept"
    assert list(outside.iterdir()) == []


def test_what_it_may_read_it_cannot_change(using, tmp_path):
    (tmp_path / "library").write_text("as it was")
    code = f"print(open({str(tmp_path / 'library')!r}).read())\nopen({str(tmp_path / 'library')!r}, 'a')"
    argv = sandbox.wrap([sys.executable, "-I", "-c", code], readable=[*HERE, tmp_path], using=using)
    done = subprocess.run(argv, capture_output=True, text=True, timeout=30)
    assert done.stdout == "as it was\n"
    assert "PermissionError" in done.stderr or "Read-only" in done.stderr
    assert (tmp_path / "library").read_text() == "as it was"


def test_it_cannot_read_what_it_was_not_given(using, tmp_path):
    (tmp_path / "secret").write_text("hidden")
    done = run(f"print(open({str(tmp_path / 'secret')!r}).read())", using)
    assert done.returncode == 1
    assert "hidden" not in done.stdout


def test_it_reaches_no_socket(using, listening):
    code = f"import socket\nsocket.create_connection(('127.0.0.1', {listening}), timeout=5)\nprint('connected')"
    done = run(code, using)
    assert done.returncode == 1
    assert "connected" not in done.stdout
    with socket.create_connection(("127.0.0.1", listening), timeout=5):
        pass


def test_no_name_is_looked_up_and_nothing_is_sent(using):
    code = (
        "import socket\nsocket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))\nprint('sent')"
    )
    done = run(code, using)
    assert done.returncode == 1
    assert "sent" not in done.stdout


def test_its_exit_status_and_its_output_are_the_commands_own(using):
    done = run("import sys\nprint('out')\nprint('err', file=sys.stderr)\nsys.exit(7)", using)
    assert (done.returncode, done.stdout, done.stderr) == (7, "out\n", "err\n")


def test_landlock_can_forbid_processes_but_leaves_threads():
    if not landlock.abi():
        pytest.skip("this kernel has no Landlock")
    code = (
        "import os, threading\nthreading.Thread(target=lambda: print('thread')).start()\n"
        "try:\n    os.fork()\nexcept PermissionError:\n    print('alone')\n"
    )
    assert run(code, "landlock", children=False).stdout == "thread\nalone\n"


def test_killing_the_wrapper_kills_the_command(using, tmp_path):
    # The command holds a pipe open for as long as it lives.
    command = sandbox.wrap([sys.executable, "-I", "-c", "print('up', flush=True); input()"], readable=HERE, using=using)
    with process.spawn(command, tmp_path / "log", pipes=True) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == b"up\n"
        running.close()
    assert running.stdout.closed
    assert running.wait(10) is not None


def test_a_command_that_is_missing_is_an_error_and_not_a_silence(using):
    argv = sandbox.wrap(["/no/such/command"], using=using)
    done = subprocess.run(argv, capture_output=True, text=True, timeout=30)
    assert done.returncode != 0
    assert "No such file" in done.stderr


def test_without_a_sandbox_the_command_stays_as_it_is(tmp_path):
    assert sandbox.wrap(["lean", "--version"], writable=[tmp_path], using="none") == ["lean", "--version"]


def test_landlock_is_taken_where_it_is_complete():
    if not landlock.complete():
        pytest.skip("this kernel has no Landlock, or this machine's system calls are not known")
    assert sandbox.kind() == "landlock"


def test_a_machine_without_any_says_so_loudly(monkeypatch, caplog, tmp_path):
    monkeypatch.setattr(landlock, "complete", lambda: False)
    monkeypatch.setenv("PATH", str(tmp_path))
    sandbox.kind.cache_clear()
    try:
        assert sandbox.kind() == "none"
        assert "No sandbox" in caplog.text
        assert sandbox.wrap(["lean"]) == ["lean"]
    finally:
        sandbox.kind.cache_clear()


def test_even_root_keeps_no_privileges(using):
    done = run("print(open('/proc/self/status').read())", using)
    facts = dict(line.split(":\t", 1) for line in done.stdout.splitlines() if ":\t" in line)
    assert int(facts["CapEff"], 16) == int(facts["CapPrm"], 16) == 0
    assert facts["NoNewPrivs"] == "1"


def test_under_landlock_the_process_stays_the_one_that_was_started(tmp_path):
    if not landlock.abi():
        pytest.skip("this kernel has no Landlock")
    command = sandbox.wrap(
        [sys.executable, "-I", "-c", "import os; print(os.getpid())"], readable=HERE, using="landlock"
    )
    with process.spawn(command, tmp_path / "log", pipes=True) as running:
        assert running.stdout is not None
        assert int(running.stdout.readline()) == running.pid


def test_it_adds_little_to_the_start_of_a_process(using):
    # In CPU time, and the best of several: the machine is not ours alone.
    best = {"none": 1.0, using: 1.0}
    for _ in range(10):
        for kind in best:
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run(sandbox.wrap(["/bin/true"], using=kind), check=True, timeout=30)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            spent_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            best[kind] = min(best[kind], spent_s)
    assert best[using] - best["none"] < 0.03
