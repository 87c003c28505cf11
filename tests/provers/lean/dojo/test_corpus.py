"""Which premises of the corpus a theorem may use."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aitp_gym.errors import BadInput
from aitp_gym.provers.lean.dojo.corpus import Corpus, CorpusFile, Ranges, read_corpus

SMALL = Path(__file__).with_name("benchmark") / "corpus.jsonl"


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    files, premises = read_corpus(SMALL)
    return Corpus(tuple(files), [list(column) for column in zip(*premises, strict=True)])


def names(premises) -> list[str]:
    return [premise.name for premise in premises]


def test_premises_without_name_or_code_and_mutual_ones_are_left_out(corpus):
    assert names(corpus.library.entries) == [
        "id", "rfl", "Iff", "Other.lemma", "hello_world", "foo", "bar", "foo", "foo",
    ]  # fmt: skip
    assert [premise.position for premise in corpus.library.entries] == list(range(9))
    assert corpus.library.entries[1].statement == "theorem rfl {a : α} : a = a"


@pytest.mark.parametrize(
    ("file", "start", "expected"),
    [
        ("Lean4Example.lean", (3, 1), ["id", "rfl", "Iff"]),
        ("Lean4Example.lean", (10, 9), ["id", "rfl", "Iff", "hello_world", "foo"]),
        ("Lean4Example.lean", (5, 44), ["id", "rfl", "Iff"]),
        ("Lean4Example.lean", (5, 45), ["id", "rfl", "Iff", "hello_world"]),
        ("Other.lean", (1, 1), ["id", "rfl"]),
        ("Use.lean", (2, 1), ["id", "rfl", "Iff", "Other.lemma", "hello_world", "foo", "bar", "foo"]),
        (".lake/packages/lean4/src/lean/Init/Prelude.lean", (1, 1), []),
    ],
)
def test_a_theorem_may_use_what_is_imported_and_what_ends_before_it(corpus, file, start, expected):
    premises = corpus.accessible(file, start)
    assert names(premises) == expected
    assert len(premises) == len(expected)
    assert names(premises[1:3]) == expected[1:3]


def test_a_file_that_the_corpus_does_not_have_is_refused(corpus):
    with pytest.raises(BadInput, match=r"corpus, which has 6, got 'Nowhere\.lean'"):
        corpus.accessible("Nowhere.lean", (1, 1))


@given(st.data())
def test_accessible_is_the_transitive_closure_of_imports_plus_the_own_past(data):
    count = data.draw(st.integers(1, 6))
    imports = [data.draw(st.sets(st.integers(0, i - 1)) if i else st.just(set())) for i in range(count)]
    sizes = [data.draw(st.integers(0, 3)) for _ in range(count)]
    firsts = np.cumsum([0, *sizes]).tolist()
    files = tuple(CorpusFile(f"F{i}.lean", sorted(imports[i]), firsts[i]) for i in range(count))
    rows = [(f"p{i}.{k}", "code", k + 1, 1, k + 1, 9) for i in range(count) for k in range(sizes[i])]
    corpus = Corpus(files, [list(column) for column in zip(*rows, strict=True)])
    chosen = data.draw(st.integers(0, count - 1))
    line = data.draw(st.integers(1, 4))
    reached, pending = set(), [chosen]
    while pending:
        for imported in imports[pending.pop()] - reached:
            reached.add(imported)
            pending.append(imported)
    expected = [f"p{i}.{k}" for i in sorted(reached) for k in range(sizes[i])]
    expected += [f"p{chosen}.{k}" for k in range(sizes[chosen]) if k + 1 < line]
    assert sorted(names(corpus.accessible(f"F{chosen}.lean", (line, 1)))) == sorted(expected)


@given(st.lists(st.integers(1, 4), max_size=8), st.slices(12))
def test_ranges_are_a_sequence_of_numbers(lengths, part):
    stretches, place = [], 0
    for number, length in enumerate(lengths):
        if number % 2:
            stretches.append((place, place + length))
        place += length
    expected = [i for start, stop in stretches for i in range(start, stop)]
    ranges = Ranges(stretches)
    assert list(ranges) == [ranges[i] for i in range(len(ranges))] == expected
    assert ranges[part] == expected[part]
    assert np.array(ranges, dtype=np.int64).tolist() == expected
    if expected:
        assert ranges[-1] == expected[-1]
    with pytest.raises(IndexError):
        ranges[len(expected)]
