"""LeanDojo Benchmark as theorem sets, from a small one in the published format."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from aitp_gym.errors import BadInput
from aitp_gym.provers.lean.dojo.benchmark import VARIABLE, Benchmark, items
from aitp_gym.theorems import load

SMALL = Path(__file__).parent / "benchmark"


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A copy of the small benchmark, named by the environment, with a cache of its own."""
    copy = tmp_path / "leandojo_benchmark_4"
    shutil.copytree(SMALL, copy)
    monkeypatch.setenv(VARIABLE, str(copy))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return copy


def test_the_two_sets_have_the_published_splits(folder):
    assert load("leandojo-random").splits == {"test": 1, "train": 4, "valid": 1}
    assert load("leandojo-novel").splits == {"test": 2, "train": 3, "valid": 1}
    assert [t.name for t in load("leandojo-random").split("test")] == ["bar"]
    assert [t.name for t in load("leandojo-novel").split("test")] == ["Other.lemma", "foo@Lean4Example.lean:16"]


def test_names_are_unique_and_statements_those_of_the_corpus(folder):
    theorems = load("leandojo-random")
    assert [theorem.name for theorem in theorems] == [
        "Other.lemma",
        "hello_world",
        "foo@Lean4Example.lean:7",
        "bar",
        "foo@Lean4Example.lean:16",
        "foo@Use.lean",
    ]
    assert theorems["bar"].statement == "@[simp] theorem bar (p q : Prop) (hp : p) (hq : q) : p ∧ q"
    assert theorems["foo@Lean4Example.lean:16"].statement == "private theorem foo : ∃ n : Nat, n = n"
    assert [theorem.position for theorem in theorems] == [3, 4, 5, 6, 7, 8]


def test_a_theorem_knows_its_place_in_the_repository(folder):
    payload = load("leandojo-random")["bar"].payload
    assert (payload.file, payload.name, payload.start) == ("Lean4Example.lean", "bar", (10, 9))
    assert payload.repository == ("https://github.com/yangky11/lean4-example@7b6ecb9ad4829e4e73600a3329baeb3b5df8d23f")


def test_it_is_read_once(folder, monkeypatch):
    first = Benchmark.load()
    assert len(first.theorems) == 6
    for split in folder.glob("*/*.json"):
        monkeypatch.setattr(Path, "read_text", _refusing(split, Path.read_text))
    again = Benchmark(first.folder, first.repository, first.cache)
    assert again.theorems == first.theorems


def _refusing(path, read):
    def refuse(self, *arguments, **settings):
        assert self != path, f"{path} is read again"
        return read(self, *arguments, **settings)

    return refuse


def test_a_changed_benchmark_is_read_anew(folder):
    assert load("leandojo-random").splits["test"] == 1
    path = folder / "random" / "test.json"
    path.write_text(json.dumps([*json.loads(path.read_text()), *json.loads((folder / "random/val.json").read_text())]))
    assert load("leandojo-random").splits == {"test": 2, "train": 4}


def test_without_a_benchmark_it_says_where_it_is(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(BadInput, match=rf"zenodo.*set {VARIABLE}"):
        load("leandojo-novel")


@pytest.mark.parametrize(
    ("file", "content", "words"),
    [
        ("metadata.json", "{}", "from_repo"),
        ("corpus.jsonl", '{"path": "A.lean", "imports": ["B.lean"], "premises": []}\n', "line 1.*B.lean"),
        ("corpus.jsonl", "nonsense\n", "line 1: expected an object with path"),
        ("random/val.json", '{"not": "a list"', "val.json"),
        ("random/val.json", '[{"full_name": "x"}]', "val.json, item 0: expected a theorem"),
        ("random/val.json", "[1]", "item 0: expected a JSON object"),
    ],
)
def test_a_damaged_benchmark_is_refused_by_file_and_place(folder, file, content, words):
    (folder / file).write_text(content)
    with pytest.raises(BadInput, match=words):
        Benchmark.load(folder)
    assert not list((folder.parent / "cache").rglob("*.parquet"))


def test_items_are_the_objects_of_a_list(tmp_path):
    path = tmp_path / "list.json"
    objects = [{"a": [1, {"b": "]"}]}, {}, {"c": "é ∀"}]
    for text in (json.dumps(objects), json.dumps(objects, indent=2, ensure_ascii=False)):
        path.write_text(text, encoding="utf-8")
        assert list(items(path)) == objects
    path.write_text("[]")
    assert list(items(path)) == []
