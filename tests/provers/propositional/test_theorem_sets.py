"""The sets and canaries of propositional logic."""

import pytest

from aitp_gym.errors import UnknownName
from aitp_gym.provers.propositional.decision import classically_valid, decide
from aitp_gym.provers.propositional.formula import parse_formula
from aitp_gym.theorems import canaries, load


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
