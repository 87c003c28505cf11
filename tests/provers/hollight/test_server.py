"""The shared server: one for all, started and ended without races, and gone when nobody needs it."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import stat
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from aitp_gym.errors import ProverUnavailable
from aitp_gym.files import private_dir, runtime_root
from aitp_gym.proof import Failure, Subgoals
from aitp_gym.provers import process
from aitp_gym.provers.hollight import server as server_module
from aitp_gym.provers.hollight.build import Build, locate
from aitp_gym.provers.hollight.child import peer
from aitp_gym.provers.hollight.progress import silent
from aitp_gym.provers.hollight.prover import HolLight
from aitp_gym.provers.hollight.server import Server, stop_all
from aitp_gym.provers.hollight.status import status


@pytest.fixture
def runtime(hollight, monkeypatch) -> Iterator[Path]:
    """A runtime folder of this test alone, with a path short enough for sockets."""
    folder = Path(tempfile.mkdtemp(prefix="aitp-test-", dir="/tmp"))
    monkeypatch.setenv("AITP_RUNTIME_DIR", str(folder))
    yield folder
    stop_all()
    shutil.rmtree(folder)


def parent_of_server(server: Server) -> process.ProcessHandle:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(os.fspath(server.socket_path))
        return process.ProcessHandle(peer(connection)[0])


@pytest.mark.integration
def test_the_life_of_a_server(runtime, monkeypatch):
    """Started once by two at the same time, stopped under a session, started again by it, gone when idle."""
    monkeypatch.setenv("AITP_HOLLIGHT_IDLE_S", "1")
    prover = HolLight(progress=silent)
    server = prover._server
    texts: list[str] = []
    with ThreadPoolExecutor() as pool:
        one, other = pool.map(lambda _: server.open(lambda text, part: texts.append(text)), range(2))
    first = parent_of_server(server)
    assert process.parent_of(one.pid) == process.parent_of(other.pid) == first.pid
    assert "loading arith.ml" in texts
    assert "running" in status().message

    session = prover.start(prover.parse("p ==> p"))
    handles = [process.ProcessHandle(child.pid) for child in (one, other)]
    assert server.stop()
    assert not server.stop()
    assert not server.socket_path.exists()
    for handle in (first, *handles):
        assert handle.wait(10)
        handle.close()
    one.close()
    other.close()

    lost, found = session.apply(session.root, ["DISCH_TAC", "DISCH_TAC"], 1.0)
    assert isinstance(lost, Failure)
    assert lost.kind == "crash"
    assert isinstance(found, Subgoals)
    with parent_of_server(server) as second:
        session.close()
        assert second.wait(60), "a server without clients must end after its idle time"
    assert not server.socket_path.exists()


def test_nothing_to_stop_is_no_error(runtime):
    assert stop_all() == 0
    assert not Server.of(locate()).stop()


@contextlib.contextmanager
def listening(server: Server, greeting: bytes) -> Iterator[None]:
    """Somebody else who listens at the server's socket and greets each client."""
    private_dir(server.folder)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.fspath(server.socket_path))
        listener.listen()

        def greet() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with connection, contextlib.suppress(OSError):
                        connection.sendall(greeting)

        thread = threading.Thread(target=greet)
        thread.start()
        yield
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(10)


def frame(*fields: str) -> bytes:
    payload = "\0".join(fields).encode()
    return len(payload).to_bytes(4, "big") + payload


def test_a_stranger_at_the_socket_is_refused_and_left_alone(runtime):
    server = Server.of(locate())
    with listening(server, frame("hi")), pytest.raises(ProverUnavailable, match="Expected a HOL Light server"):
        server.connect()
    server.socket_path.unlink()
    with listening(server, frame("hello", "1", "another build", "1", "1")):
        with pytest.raises(ProverUnavailable, match="aitp stop"):
            server.connect()
        assert not server.stop()


def fake(tmp_path: Path, runtime: Path, script: str) -> Server:
    """A server whose program is a shell script."""
    build = Build(tmp_path, "0" * 64, "fake")
    build.executable.write_text(f"#!/bin/sh\n{script}\n")
    build.executable.chmod(0o700)
    return Server.of(build)


def test_a_server_that_fails_to_load_is_reported_with_its_last_words(runtime, tmp_path):
    server = fake(tmp_path, runtime, "echo LOADING 1 2 lib.ml; echo out of luck >&2; exit 3")
    with pytest.raises(ProverUnavailable, match="out of luck"):
        server.open(silent)


def test_a_server_that_hangs_while_loading_is_killed(runtime, tmp_path, monkeypatch):
    monkeypatch.setattr(server_module, "_LOAD_TIMEOUT_S", 0.3)
    pid_file = tmp_path / "pid"
    server = fake(tmp_path, runtime, f"echo $$ > {pid_file}; echo LOADING 1 2 lib.ml; exec sleep 1000")
    with pytest.raises(ProverUnavailable, match="did not start"):
        server.open(silent)
    with contextlib.suppress(ProcessLookupError), process.ProcessHandle(int(pid_file.read_text())) as handle:
        assert handle.wait(10)


def test_an_idle_time_that_is_no_number_is_refused(runtime, monkeypatch, tmp_path):
    monkeypatch.setenv("AITP_HOLLIGHT_IDLE_S", "soon")
    with pytest.raises(ProverUnavailable, match="AITP_HOLLIGHT_IDLE_S"):
        fake(tmp_path, runtime, "exit 0").open(silent)


def test_private_folders_are_private(tmp_path):
    made = private_dir(tmp_path / "a" / "b")
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    assert private_dir(made) == made
    made.chmod(0o755)
    with pytest.raises(ProverUnavailable, match="mode 0700"):
        private_dir(made)
    made.chmod(0o700)
    link = tmp_path / "link"
    link.symlink_to(made)
    with pytest.raises(ProverUnavailable, match="mode 0700"):
        private_dir(link)


def test_the_runtime_folder_leaves_room_for_a_socket(monkeypatch, tmp_path):
    monkeypatch.setenv("AITP_RUNTIME_DIR", "/tmp/" + "x" * 100)
    with pytest.raises(ProverUnavailable, match="shorter"):
        runtime_root()
    monkeypatch.delenv("AITP_RUNTIME_DIR")
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/nonexistent")
    monkeypatch.setattr(tempfile, "tempdir", "/tmp/" + "x" * 100)
    assert runtime_root() == Path(f"/tmp/aitp-{os.getuid()}")
    session = Path(tempfile.mkdtemp(prefix="aitp-test-", dir="/tmp"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(session))
    assert runtime_root() == session / "aitp-gym"
    session.rmdir()
