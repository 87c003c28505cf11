import pickle

import pytest

from aitp_gym.errors import BadInput, StatementError, UnknownName
from aitp_gym.proof import Theorem
from aitp_gym.theorems import TheoremSet, load, read_theorems


def library(*names, split="train"):
    return TheoremSet("lib", tuple(Theorem(n, f"statement of {n}", "test", "lib", split) for n in names))


def test_theorems_are_found_by_name():
    names = library("ADD_SYM", "ADD_ASSOC")
    assert names["ADD_SYM"].statement == "statement of ADD_SYM"
    assert "ADD_SYM" in names
    assert "MUL_SYM" not in names
    assert len(names) == len(list(names)) == 2


def test_an_unknown_name_is_answered_with_close_ones():
    names = library("ADD_SYM", "ADD_ASSOC", "LESS_TRANS")
    with pytest.raises(UnknownName, match=r"'lib' has no theorem 'ADD_SIM'; did you mean ADD_SYM"):
        names["ADD_SIM"]
    with pytest.raises(UnknownName, match=r"no theorem 'Q'; it has 3 theorems"):
        names["Q"]


def test_only_words_are_taken_for_misspelled_names():
    names = library("ADD_SYM")
    with pytest.raises(UnknownName):
        names.refuse_misspelling("ADD_SYMM")
    names.refuse_misspelling("!x. ADD_SYM x")
    names.refuse_misspelling("p")
    names.refuse_misspelling("EXCLUDED_MIDDLE")


def test_an_unknown_split_is_answered_with_those_there_are():
    with pytest.raises(UnknownName, match=r"no split 'test'; it has: train \(2\)"):
        library("a", "b").split("test")
    with pytest.raises(UnknownName, match="it has: none"):
        library("a", split="").split("train")


def test_two_theorems_cannot_share_a_name():
    with pytest.raises(BadInput, match=r"must be unique.*: a"):
        library("a", "b", "a")


def test_the_digest_tells_content_and_splits():
    digests = {library("a").digest, library("b").digest, library("a", split="test").digest}
    assert len(digests) == 3
    assert library("a").digest == library("a").digest == pickle.loads(pickle.dumps(library("a"))).digest
    both = TheoremSet("both", (*library("a"), *library("b", split="test")))
    assert both.split_digest("train") == library("a").digest
    assert both.splits == {"test": 1, "train": 1}


def parse(statement):
    if "?" in statement:
        raise StatementError("no question marks")
    return Theorem("user", statement.upper(), "test")


def test_a_text_file_has_a_statement_per_line(tmp_path):
    path = tmp_path / "mine.txt"
    path.write_text("# mine\n\n p -> p \nq → q\n", encoding="utf-8")
    mine = load(path, parse=parse)
    assert mine.name == "mine"
    assert [(t.name, t.statement, t.split, t.theorem_set) for t in mine] == [
        ("mine.txt:3", "P -> P", "test", "mine"),
        ("mine.txt:4", "Q → Q", "test", "mine"),
    ]


def test_a_jsonl_file_may_name_and_split(tmp_path):
    path = tmp_path / "mine.jsonl"
    path.write_text('{"statement": "p", "name": "easy", "split": "train"}\n\n{"statement": "q"}\n')
    assert [(t.name, t.split) for t in read_theorems(path, parse)] == [("easy", "train"), ("mine.jsonl:3", "test")]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", b"p\nwhy?\n", r"a\.txt, line 2: no question marks"),
        ("a.txt", b"# nothing\n", "at least one statement"),
        ("a.txt", b"\xff\xfe", "UTF-8"),
        ("a.jsonl", b'{"statement": "p"}\n{"statement": \n', "line 2: expected a JSON object"),
        ("a.jsonl", b'["p"]\n', "line 1: expected an object of texts"),
        ("a.jsonl", b'{"statement": 3}\n', "line 1: expected an object of texts"),
        ("a.jsonl", b'{"name": "x"}\n', "with `statement`"),
        ("a.jsonl", b'{"statement": "p", "name": "x"}\n{"statement": "q", "name": "x"}\n', "must be unique"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_the_place(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(BadInput, match=message):
        load(path, parse=parse)


def test_an_unknown_set_is_answered_with_those_there_are(tmp_path):
    with pytest.raises(UnknownName, match=r"propositional-small.*holist-core, .*got 'holist'"):
        load("holist")
    with pytest.raises(UnknownName, match="path of a file"):
        load(tmp_path)
    (tmp_path / "s.txt").write_text("p")
    with pytest.raises(BadInput, match=r"parse=prover\.parse"):
        load(tmp_path / "s.txt")
