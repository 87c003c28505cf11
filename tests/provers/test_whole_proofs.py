"""Whole proofs as text: what is read as which steps, and that a bad text is a refusal."""

from __future__ import annotations

import pytest

from aitp_gym.errors import BadInput, StatementError
from aitp_gym.proof import Theorem
from aitp_gym.provers.lean.source import Source
from aitp_gym.provers.lean.whole_proof import read_proof
from aitp_gym.provers.propositional.prover import PropositionalProver
from aitp_gym.provers.whole_proofs import in_line, script_tactics

SWAP = Source("open Nat\n", "theorem swap (p q : Prop) (h : p ∧ q) : q ∧ p")
HOL = {"then": ("THEN",), "branches": "THENL", "between": ";", "quotes": "``"}


@pytest.mark.parametrize(
    ("text", "tactics"),
    [
        ("A_TAC", ["A_TAC"]),
        ("A_TAC\n\n  B_TAC [ x ; y ]\n", ["A_TAC", "B_TAC [ x ; y ]"]),
        ("A_TAC THEN B_TAC", ["A_TAC", "B_TAC"]),
        ("A_TAC THEN\n  B_TAC THENL [C_TAC; D_TAC [ x ; y ]]", ["A_TAC", "B_TAC", "C_TAC", "D_TAC [ x ; y ]"]),
        ("A_TAC THENL\n [B_TAC THENL [C_TAC; D_TAC];\n  E] THEN F", ["A_TAC", "B_TAC", "C_TAC", "D_TAC", "E", "F"]),
        ("A_TAC [ x ;\n  y ]", ["A_TAC [ x ; y ]"]),
        ("(* so [ *) A_TAC `x THEN\n y` (* end *)", ["A_TAC `x THEN y`"]),
        ("SPEC_TAC `(x:num)` `[a;b]`", ["SPEC_TAC `(x:num)` `[a;b]`"]),
    ],
)  # fmt: skip
def test_a_script_is_its_tactics_in_the_order_of_goals(text, tactics):
    assert script_tactics(text, **HOL) == tactics
    proof = in_line(tactics)
    assert proof.script() == tactics


@pytest.mark.parametrize(
    "text", ["A_TAC [ x", "A_TAC ]", "A_TAC `x", "(* A_TAC", "A_TAC THENL B_TAC", "A_TAC THENL [B_TAC"]
)
def test_a_script_that_is_not_closed_is_refused(text):
    with pytest.raises(BadInput):
        script_tactics(text, **HOL)


@pytest.mark.parametrize(
    ("text", "block"),
    [
        ("⟨h.2, h.1⟩", "exact (⟨h.2, h.1⟩\n)"),
        (":= ⟨h.2, h.1⟩", "exact (   ⟨h.2, h.1⟩\n)"),
        ("by exact ⟨h.2, h.1⟩", "exact ⟨h.2, h.1⟩"),
        ("by\n  constructor\n  · exact h.2\n  · exact h.1\n", "constructor\n· exact h.2\n· exact h.1"),
        (":= by\n    constructor\n    · exact h.2\n", "constructor\n· exact h.2"),
        ("-- so\nby constructor\n   skip", "constructor\nskip"),
        ("theorem swap (p q : Prop) (h : p ∧ q) : q ∧ p := ⟨h.2, h.1⟩", "exact (⟨h.2, h.1⟩\n)"),
        ("import X\n/-- So. -/ theorem other (p q : Prop)\n  (h : p ∧ q) :\n  q ∧ p := by\n  skip\n#check 1", "skip"),
    ],
)  # fmt: skip
def test_a_proof_in_lean_is_a_block(text, block):
    (step,) = read_proof(SWAP, text).steps
    assert step.tactic.replace(" ", "") == block.replace(" ", "")
    assert [len(line) - len(line.lstrip()) for line in step.tactic.split("\n")][1:] == [0] * block.count("\n")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is empty"),
        ("-- so", "is empty"),
        ("by", "is empty"),
        ("| h => h", "begins with `|`"),
        ("where x := 1", "begins with `where`"),
        ("theorem swap (p q : Prop) (h : p ∧ q) : p ∧ p := ⟨h.1, h.1⟩", "another theorem"),
        ("theorem swap (p q : Prop) (h : p ∧ q) : q ∧ p", "has no proof"),
        ("def x := 1\ntheorem swap (p q : Prop) (h : p ∧ q) : q ∧ p := ⟨h.2, h.1⟩", "declares `def x := 1` beside"),
    ],
)
def test_what_is_no_proof_of_it_in_lean_is_refused(text, why):
    with pytest.raises(BadInput, match=why):
        read_proof(SWAP, text)


def test_a_proposition_is_proved_by_a_script_of_lines_or_semicolons():
    prover = PropositionalProver()
    for text in ("intro\ncases h0\nsplit\nassumption\nassumption", "intro; cases h0; split; assumption; assumption"):
        assert prover.verify("A & B -> B & A", text).accepted
        assert prover.verify(prover.parse("A & B -> B & A"), text).accepted
    for text, why in (("intro", "goals left"), ("intro; exact h7", "tactic 2"), ("", "goals left"), ("intro\0", "NUL")):
        verdict = prover.verify("A & B -> B & A", text)
        assert verdict.status == "refused"
        assert why in verdict.reason
    with pytest.raises(StatementError):
        prover.verify("A &", "intro")
    assert prover.verify(Theorem("t", "A -> A", "propositional"), "intro; assumption; assumption").status == "refused"
