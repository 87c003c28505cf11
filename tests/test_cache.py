"""The cache: where it lies, who may have filled it, and what is said where nothing can be written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from aitp_gym.cache import VARIABLE, cache_root, needs_writing, writable_cache
from aitp_gym.errors import ProverUnavailable


def test_the_folder_named_for_it_wins_over_the_system_s(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv(VARIABLE, raising=False)
    assert cache_root() == tmp_path / "aitp-gym"
    monkeypatch.setenv(VARIABLE, str(tmp_path / "named"))
    assert cache_root() == tmp_path / "named"


def test_what_is_made_in_it_is_below_a_folder_that_nobody_else_can_enter(monkeypatch, tmp_path):
    monkeypatch.setenv(VARIABLE, str(tmp_path / "a" / "cache"))
    made = writable_cache(cache_root() / "hollight")
    assert made.is_dir()
    assert cache_root().stat().st_mode & 0o777 == 0o700


def test_a_cache_that_everybody_may_write_to_is_refused(monkeypatch, tmp_path):
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    tmp_path.chmod(0o777)
    with pytest.raises(ProverUnavailable, match="Everybody may write"):
        cache_root()


@pytest.mark.skipif(os.getuid() != 0, reason="needs root, to give files to another user")
def test_a_cache_of_another_user_is_used_only_where_it_is_named(monkeypatch, tmp_path):
    cache = tmp_path / "aitp-gym"
    cache.mkdir()
    os.chown(cache, 4242, 4242)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(ProverUnavailable, match=f"belongs to user 4242.*{VARIABLE}"):
        cache_root()
    monkeypatch.setenv(VARIABLE, str(cache))
    assert cache_root() == cache


@pytest.mark.parametrize("kind", ["file", "pipe", "link to nothing", "link to itself"])
def test_what_lies_in_the_place_of_the_cache_is_one_sentence_and_left_alone(monkeypatch, tmp_path, kind):
    path = tmp_path / "cache"
    if kind.startswith("link"):
        path.symlink_to(path if kind == "link to itself" else tmp_path / "nothing")
    else:
        {"file": path.touch, "pipe": lambda: os.mkfifo(path)}[kind]()
    monkeypatch.setenv(VARIABLE, str(path))
    with pytest.raises(ProverUnavailable, match=f"cannot be (made|entered): .*{VARIABLE}"):
        writable_cache(cache_root() / "lean")
    assert os.listdir(tmp_path) == ["cache"]


def test_a_place_where_nothing_can_be_made_is_one_sentence(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv(VARIABLE, str(tmp_path / "file" / "cache"))
    assert VARIABLE in needs_writing(cache_root() / "lean")
    with pytest.raises(ProverUnavailable, match=f"cannot be made: Not a directory.*{VARIABLE}"):
        writable_cache(cache_root() / "lean")
    assert needs_writing(Path(tmp_path)) == ""
