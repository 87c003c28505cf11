"""The sets and canaries that come with the provers."""

import pytest

from aitp_gym.errors import UnknownName
from aitp_gym.provers.propositional.decision import classically_valid, decide
from aitp_gym.provers.propositional.formula import parse_formula
from aitp_gym.terms.skeletons import sexp_skeleton
from aitp_gym.theorems import TheoremSet, canaries, load


@pytest.mark.parametrize("name", ["propositional-small", "propositional-medium-3", "propositional-hard"])
def test_generated_theorems_are_provable_and_split(name):
    generated = load(name)
    shares = {split: size / len(generated) for split, size in generated.splits.items()}
    assert shares == {
        "train": pytest.approx(0.6, abs=0.06),
        "valid": pytest.approx(0.2, abs=0.06),
        "test": pytest.approx(0.2, abs=0.06),
    }
    for theorem in generated.theorems[:50]:
        assert decide(parse_formula(theorem.statement)).provable
        assert theorem.provable
        assert theorem.theorem_set == generated.name


def test_a_seed_gives_a_set_of_its_own_and_always_the_same():
    assert load("propositional-small") is load("propositional-small")
    assert load("propositional-small").digest == load("propositional-small-0").digest
    assert load("propositional-small-7").digest != load("propositional-small").digest


def test_sets_of_different_seeds_agree_on_the_splits():
    sides = {theorem.statement: theorem.split for theorem in load("propositional-small")}
    shared = [theorem for theorem in load("propositional-small-1") if theorem.statement in sides]
    assert shared
    assert all(sides[theorem.statement] == theorem.split for theorem in shared)


def test_an_unknown_size_is_refused():
    with pytest.raises(UnknownName, match="propositional-huge"):
        load("propositional-huge")


def test_propositional_canaries_have_no_proof(propositional):
    alarms = canaries(propositional)
    kinds = {classically_valid(parse_formula(theorem.statement)) for theorem in alarms}
    assert kinds == {True, False}
    for theorem in alarms:
        assert decide(parse_formula(theorem.statement)).provable is False
        assert (theorem.split, theorem.provable, theorem.position) == ("canary", False, None)
    assert alarms.split("canary") == alarms.theorems


def test_a_prover_without_canaries_is_said_to_have_none(propositional):
    propositional.name = "abacus"
    with pytest.raises(UnknownName, match="canaries_abacus"):
        canaries(propositional)


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
