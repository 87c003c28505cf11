import os
import subprocess
import sys
import time
from itertools import permutations

import pytest

from aitp_gym.errors import BadInput, UnknownName
from aitp_gym.provers.propositional.decision import atoms, classically_valid, decide
from aitp_gym.provers.propositional.formula import And, Atom, Formula, Implies, Or, parse_formula
from aitp_gym.provers.propositional.generate import SIZES, canaries, generate, theorems


@pytest.fixture(params=list(SIZES))
def size(request):
    return request.param


def rename(formula, names):
    if isinstance(formula, Atom):
        return Atom(names[formula.name])
    if isinstance(formula, And | Or | Implies):
        return type(formula)(rename(formula.left, names), rename(formula.right, names))
    return formula


def connectives(formula: Formula) -> int:
    return (formula.size - 1) // 2


def test_theorems_are_labelled_and_named(size):
    found = theorems(size, 3, 200)
    assert [t.name for t in found[:2]] == [f"{size}-3-000000", f"{size}-3-000001"]
    assert len({t.name for t in found}) == len(found) == 200
    for theorem in found:
        formula = parse_formula(theorem.statement)
        assert formula.text == theorem.statement
        assert theorem.provable
        assert decide(formula).provable
        assert SIZES[size].min_connectives <= connectives(formula) <= SIZES[size].max_connectives
        assert len(atoms(formula)) <= SIZES[size].variables


def test_small_theorems_have_proofs_that_check(prover, exhaustive_proof):
    for theorem in theorems("small", 0, 60):
        proof = exhaustive_proof(parse_formula(theorem.statement))
        assert proof is not None
        assert prover.check(theorem, proof, 10.0).accepted


def test_no_two_are_alike_up_to_the_names_of_variables(size):
    seen = set()
    for theorem in theorems(size, 0, 150):
        formula = parse_formula(theorem.statement)
        names = atoms(formula)
        assert formula.text not in seen
        seen |= {
            rename(formula, dict(zip(names, other, strict=True))).text for other in permutations("pqrs", len(names))
        }


def test_the_splits_share_nothing_whatever_the_seeds(size):
    found = [theorem for seed in range(4) for theorem in theorems(size, seed, 100)]
    split = {name: {t.statement for t in found if t.split == name} for name in ("train", "valid")}
    assert {t.split for t in found} == {"train", "valid"}
    assert not split["train"] & split["valid"]
    assert 0.5 < len(split["train"]) / (len(split["train"]) + len(split["valid"])) < 0.7


def test_a_larger_count_extends_a_smaller_one(size):
    assert theorems(size, 1, 100)[:30] == theorems(size, 1, 30)


def test_another_seed_gives_other_theorems(size):
    assert [t.statement for t in theorems(size, 0, 20)] != [t.statement for t in theorems(size, 1, 20)]


def test_other_processes_generate_the_same():
    code = (
        "from aitp_gym.provers.propositional.generate import theorems, canaries\n"
        "for t in (*theorems('hard', 5, 20), *canaries('medium', 5, 10)): print(ascii((t.name, t.statement, t.split)))"
    )
    answers = [
        subprocess.run(
            [sys.executable, "-c", code],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
        ).stdout
        for hash_seed in ("1", "2")
    ]
    here = [ascii((t.name, t.statement, t.split)) for t in (*theorems("hard", 5, 20), *canaries("medium", 5, 10))]
    assert answers == ["\n".join(here) + "\n"] * 2


def test_generated_formulas_never_change():
    # Numbers in reports compare only if a seed means the same theorems for ever.
    assert [item.formula.text for item in generate("small", 0, 4)] == [
        "p ∨ (p → q) → ⊥ → q",
        "¬p → q → q",
        "p ∧ q → p",
        "p → q ∧ q ∨ p → p",
    ]


def test_canaries_have_no_proof_and_half_of_them_are_classically_valid(countermodel):
    found = canaries("medium", 0, 21)
    assert len({t.statement for t in found}) == 21
    for index, theorem in enumerate(found):
        formula = parse_formula(theorem.statement)
        assert (theorem.split, theorem.provable) == ("canary", False)
        assert classically_valid(formula) == (index % 2 == 0)
        assert countermodel(formula) is not None


def test_kinds_can_be_mixed():
    kinds = {item.kind for item in generate("medium", 0, 200, ["provable", "independent", "false"])}
    assert kinds == {"provable", "independent", "false"}


def test_an_unknown_size_is_named_with_the_known_ones():
    with pytest.raises(UnknownName, match=r"small, medium, hard; got 'large'"):
        theorems("large", 0, 1)


def test_more_than_there_are_is_an_error_and_no_endless_search(monkeypatch):
    monkeypatch.setitem(SIZES, "tiny", SIZES["small"]._replace(min_connectives=1, max_connectives=1, variables=1))
    # ⊥ → ⊥, ⊥ → p and p → p.
    with pytest.raises(BadInput, match=r"at most 3 formulas of the size 'tiny'"):
        theorems("tiny", 0, 100)


def test_a_thousand_small_theorems_take_a_moment():
    started = time.process_time()
    theorems("small", 0, 1_000)
    assert time.process_time() - started < 2.0  # a twentieth of that, on an idle machine


def test_a_tactic_costs_microseconds(prover):
    (theorem,) = theorems("hard", 0, 1)
    session = prover.start(theorem)
    started = time.process_time()
    for _ in range(5_000):
        session.apply(session.root, ["intro"], 1.0)
    assert (time.process_time() - started) / 5_000 < 50e-6
