from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from aitp_gym.proof import Theorem
from aitp_gym.theorems.splits import SHARES, split_by_hash, split_by_time

ORDER = [name for name, _ in SHARES]


def theorems(statements):
    return [Theorem(f"t{i}", s, "test", position=i) for i, s in enumerate(statements)]


STATEMENTS = st.lists(st.text("abc", max_size=4), min_size=1, max_size=60).map(theorems)


@given(STATEMENTS)
def test_twins_are_never_on_two_sides(some):
    for split in (split_by_hash, split_by_time):
        sides: dict[str, set[str]] = {}
        for theorem in split(some, str.lower):
            if theorem.split:
                sides.setdefault(theorem.statement, set()).add(theorem.split)
        assert all(len(side) == 1 for side in sides.values())


@given(STATEMENTS)
def test_nothing_but_the_split_is_changed(some):
    for split in (split_by_hash, split_by_time):
        assert [(t.name, t.statement, t.position) for t in split(some, str)] == [
            (t.name, t.statement, t.position) for t in some
        ]


@given(STATEMENTS)
def test_training_comes_before_testing(some):
    sides = [ORDER.index(theorem.split) for theorem in split_by_time(some, str) if theorem.split]
    assert sides == sorted(sides)


def test_a_late_twin_of_an_early_theorem_is_left_out_of_the_split_by_time():
    split = split_by_time(theorems(["a", "b", "c", "d", "e", "f", "g", "h", "a", "i"]), str)
    assert [t.split for t in split] == ["train"] * 6 + ["valid"] * 2 + ["", "test"]


def test_shares_are_kept():
    many = theorems([f"statement {i}" for i in range(5000)])
    for split in (split_by_hash, split_by_time):
        sizes = Counter(theorem.split for theorem in split(many, str))
        assert all(abs(sizes[name] / len(many) - share) < 0.03 for name, share in SHARES)


def test_the_side_by_hash_depends_on_the_statement_only():
    few = theorems(["x", "y", "z"])
    more = [Theorem("other", "w", "test", position=-1), *few]
    assert split_by_hash(more, str)[1:] == split_by_hash(few, str)
