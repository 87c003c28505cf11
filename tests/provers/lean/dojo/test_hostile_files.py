"""Benchmarks of LeanDojo that are none: refused in one sentence before anything is written."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from aitp_gym.errors import BadInput
from aitp_gym.provers.lean.dojo import benchmark as module
from aitp_gym.provers.lean.dojo.benchmark import Benchmark

SMALL = Path(__file__).with_name("benchmark")
FILES = ["metadata.json", "corpus.jsonl", "random/train.json", "novel_premises/test.json"]


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("AITP_CACHE_DIR", str(tmp_path / "cache"))
    return Path(shutil.copytree(SMALL, tmp_path / "benchmark"))


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("kind", ["a pipe", "a device", "a folder", "no more than"])
def test_only_regular_files_of_bounded_size_are_read(folder, name, kind):
    path = folder / name
    path.unlink()
    if kind == "a pipe":
        os.mkfifo(path)
    elif kind == "a device":
        path.symlink_to("/dev/zero")
    elif kind == "a folder":
        path.mkdir()
    else:
        path.touch()
        os.truncate(path, 2**40)
    with pytest.raises(BadInput, match=kind):
        Benchmark.load(folder)
    assert not list((folder.parent / "cache").rglob("*.parquet"))


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    "text", ["[" * 100_000, "[" + '{"a":' * 100_000, "null", "[{}]", '[{"start": [1]}]', "9" * 5000]
)
def test_json_that_is_none_is_one_sentence(folder, name, text):
    (folder / name).write_text(text)
    with pytest.raises(BadInput):
        Benchmark.load(folder)
    assert not list((folder.parent / "cache").rglob("*.parquet"))


def test_what_lies_in_the_place_of_the_cache_is_one_sentence(folder):
    cache = Benchmark.load(folder).cache
    shutil.rmtree(cache)
    cache.touch()
    module._load.cache_clear()
    with pytest.raises(BadInput, match="cannot be written: Not a directory"):
        Benchmark.load(folder)
    assert [path.name for path in cache.parent.iterdir()] == [cache.name]
