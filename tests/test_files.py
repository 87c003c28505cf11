import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from aitp_gym.errors import BadInput, NotWritable, ProverUnavailable, TraceError
from aitp_gym.files import (
    FolderLock,
    file_lock,
    json_numbers,
    new_folder,
    open_regular,
    read_json,
    read_text,
    remove,
    replacing,
    runtime_problem,
    runtime_root,
    write_json,
)

HOLD = """
import sys
from pathlib import Path
from aitp_gym.files import FolderLock
lock = FolderLock(Path(sys.argv[1]), "The thing")
print("held", flush=True)
sys.stdin.read()
"""


def test_a_lock_held_by_another_process_is_told_and_ends_with_it(tmp_path):
    path = tmp_path / "lock"
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        with pytest.raises(BadInput, match="The thing is in use by another running process"):
            FolderLock(path, "The thing")
    finally:
        child.kill()
        child.communicate()
    FolderLock(path, "The thing").release()


def test_a_lock_can_be_released_twice_and_taken_again(tmp_path):
    lock = FolderLock(tmp_path / "lock", "It")
    lock.release()
    lock.release()
    FolderLock(tmp_path / "lock", "It").release()


def test_only_regular_files_of_a_stated_size_are_opened(tmp_path):
    pipe, large, fine = tmp_path / "pipe", tmp_path / "large", tmp_path / "fine"
    os.mkfifo(pipe)
    large.write_bytes(b"x" * 11)
    fine.write_bytes(b"x" * 10)
    for path, found in ((pipe, "a pipe"), (Path("/dev/zero"), "a device"), (tmp_path, "a folder"), (large, "11 bytes")):
        with pytest.raises(BadInput, match=found):
            open_regular(path, 10)
    assert read_text(fine, 10) == "x" * 10


def test_numbers_that_json_does_not_have_are_text_that_float_reads(tmp_path):
    values = {"loss": math.nan, "curve": [1.0, math.inf, (-math.inf,)], "steps": 3, "name": "x"}
    write_json(tmp_path / "file", json_numbers(values))
    found = read_json(tmp_path / "file")
    assert found == {"loss": "NaN", "curve": [1.0, "Infinity", ["-Infinity"]], "steps": 3, "name": "x"}
    assert [math.isnan(float(found["loss"])), float(found["curve"][1]), float(found["curve"][2][0])] == [
        True,
        math.inf,
        -math.inf,
    ]


def test_a_folder_that_is_none_is_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    for write in (lambda path: write_json(path, {}), lambda path: FolderLock(path, "It")):
        with pytest.raises(NotWritable, match="file/x cannot be written: "):
            write(tmp_path / "file" / "x")


@pytest.mark.parametrize("kind", ["link", "link to nothing", "folder", "pipe"])
def test_what_lies_in_the_place_of_a_lock_is_one_sentence_or_is_locked(tmp_path, kind):
    target, path = tmp_path / "target", tmp_path / "lock"
    if kind == "link":
        target.write_text("mine")
    if kind.startswith("link"):
        path.symlink_to(target)
    elif kind == "folder":
        path.mkdir()
    else:
        os.mkfifo(path)
    for take in (lambda: FolderLock(path, "It").release(), lambda: file_lock(path).__enter__()):
        if kind == "pipe":
            # The system locks it as well as a file, and nobody waits for its other end.
            take()
        else:
            with pytest.raises(NotWritable, match="lock cannot be written: "):
                take()
    assert target.read_text() == "mine" if kind == "link" else not target.exists()


def test_a_disk_that_is_full_is_one_sentence_and_leaves_nothing_unfinished(tmp_path):
    def fill() -> None:
        with open("/dev/full", "wb", buffering=0) as full:
            full.write(b"x")

    (tmp_path / "file").write_text("old")
    with (
        pytest.raises(NotWritable, match="file cannot be written: No space left on device"),
        replacing(tmp_path / "file"),
    ):
        fill()
    with (
        pytest.raises(NotWritable, match="folder cannot be written: No space left on device"),
        new_folder(tmp_path / "folder"),
    ):
        fill()
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_text() == "old"


def test_removing_a_link_leaves_what_it_leads_to(tmp_path):
    target, path = tmp_path / "target", tmp_path / "path"
    target.mkdir()
    (target / "file").write_text("mine")
    makers = (lambda: path.symlink_to(target), path.mkdir, lambda: os.mkfifo(path), path.touch, lambda: None)
    for make in makers:
        make()
        remove(path)
        assert not os.path.lexists(path)
    assert (target / "file").read_text() == "mine"


def test_deeply_nested_json_is_one_sentence(tmp_path):
    path = tmp_path / "file"
    path.write_text("[" * 100_000)
    with pytest.raises(TraceError, match="is not JSON"):
        read_json(path)


def test_a_runtime_folder_that_is_too_long_for_a_socket_is_passed_over(monkeypatch, tmp_path):
    for name in ("AITP_RUNTIME_DIR", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    last = Path(f"/tmp/aitp-{os.getuid()}")
    for length in (20, 41, 60, 100, 4000):
        folder = "/" + "x" * (length - 1)
        monkeypatch.setattr(tempfile, "tempdir", folder)
        for needed in (37, 80):
            root = runtime_root(needed)
            assert len(os.fsencode(root)) + needed <= 107
            assert root in (last, Path(folder) / last.name)
    monkeypatch.setenv("AITP_RUNTIME_DIR", "/" + "r" * 50)
    assert runtime_root() == Path("/" + "r" * 50)
    assert runtime_root(80) == last


def test_a_runtime_folder_that_was_asked_for_and_is_too_long_is_one_sentence(monkeypatch):
    monkeypatch.setenv("AITP_RUNTIME_DIR", "/" + "r" * 70)
    with pytest.raises(ProverUnavailable, match=r"AITP_RUNTIME_DIR is too long for a socket.*Name a shorter folder"):
        runtime_root()
    assert "Name a shorter folder" in runtime_problem()


def test_a_session_folder_that_others_can_enter_is_passed_over(monkeypatch, tmp_path):
    monkeypatch.delenv("AITP_RUNTIME_DIR", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", "/tmp")
    tmp_path.chmod(0o755)
    assert runtime_root().parent == Path("/tmp")


@pytest.mark.parametrize("kind", ["file", "pipe", "link", "link to nothing", "open folder"])
def test_what_lies_in_the_place_of_the_runtime_folder_is_one_sentence_and_left_alone(monkeypatch, request, kind):
    short = tempfile.TemporaryDirectory(dir="/tmp")
    request.addfinalizer(short.cleanup)
    path, target = Path(short.name) / "r", Path(short.name) / "target"
    if kind == "link":
        target.mkdir(0o700)
    if kind.startswith("link"):
        path.symlink_to(target)
    else:
        {"file": path.touch, "pipe": lambda: os.mkfifo(path), "open folder": path.mkdir}[kind]()
    if kind == "open folder":
        path.chmod(0o755)
    monkeypatch.setenv("AITP_RUNTIME_DIR", str(path))
    before = path.lstat().st_mode
    assert f"{path} must be a folder of this user with mode 0700" in runtime_problem()
    assert path.lstat().st_mode == before
    assert not target.exists() or not list(target.iterdir())


@pytest.mark.skipif(os.getuid() != 0, reason="needs root, to give files to another user")
def test_a_runtime_folder_made_by_another_user_is_refused(monkeypatch, tmp_path, request):
    # A short path, because of the sockets that would lie in it.
    short = tempfile.TemporaryDirectory(dir="/tmp")
    request.addfinalizer(short.cleanup)
    folder = Path(short.name) / "folder"
    folder.mkdir(0o700)
    monkeypatch.setenv("AITP_RUNTIME_DIR", str(folder))
    assert runtime_problem() == ""
    os.chown(folder, 4242, 4242)
    assert "found uid 4242" in runtime_problem()
    folder.rmdir()
    folder.symlink_to(tmp_path)
    assert "found uid 0 and mode l" in runtime_problem()
