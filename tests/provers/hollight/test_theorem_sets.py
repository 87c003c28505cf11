"""The sets and canaries that come with HOL Light."""

import pytest

from aitp_gym.terms.skeletons import sexp_skeleton
from aitp_gym.theorems import TheoremSet, canaries, load


@pytest.fixture
def core(hollight) -> TheoremSet:
    return load("holist-core")


def test_the_core_library_is_in_order_of_its_sources(core):
    positions = [theorem.position for theorem in core]
    assert positions == sorted(positions)
    assert len(core) > 2_500
    assert core["CONJ_SYM"].position < core["ADD_SYM"].position < core["REAL_ADD_SYM"].position


def test_twins_of_the_core_library_share_a_split(core):
    assert core["REAL_ADD_SYM"].split == core["INT_ADD_SYM"].split
    for library in (core, load("holist-core-temporal")):
        sides: dict[str, set[str]] = {}
        for theorem in library:
            if theorem.split:
                sides.setdefault(sexp_skeleton(theorem.statement), set()).add(theorem.split)
        assert all(len(side) == 1 for side in sides.values())


def test_the_temporal_split_of_the_core_library_is_in_order(hollight):
    library = load("holist-core-temporal")
    ends = {split: [t.position for t in library.split(split)] for split in ("train", "valid", "test")}
    assert max(ends["train"]) <= min(ends["valid"])
    assert max(ends["valid"]) <= min(ends["test"])


def test_hollight_reads_its_canaries(hollight):
    alarms = canaries(hollight)
    assert len(alarms) > 20
    assert {theorem.statement for theorem in alarms}.isdisjoint(t.statement for t in load("holist-core"))
