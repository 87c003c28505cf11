"""What the library offers, and what must not be in it."""

from __future__ import annotations

import itertools
import math
import re
from pathlib import Path

import pytest

from aitp_gym.provers.lean.embedded.native import native_declarations
from aitp_gym.provers.lean.embedded.premises import library
from aitp_gym.provers.lean.embedded.sources import lemma_names, library_text


@pytest.mark.parametrize("file", ["tactics.lean", "declarations.lean"])
def test_what_is_supported_works(run_lean, file):
    run = run_lean(Path(__file__).with_name(file).read_text(encoding="utf-8"))
    assert run.errors == []
    assert run.status == 0


@pytest.mark.parametrize("tactic", ["omega", "exact?", "ext", "grind", "ac_rfl", "ring", "norm_num", "aesop"])
def test_what_is_not_supported_is_an_unknown_tactic(run_lean, tactic):
    errors = run_lean(f"example : 1 = 1 := by {tactic}\n").errors
    assert any("unknown tactic" in message for _, message in errors)


def test_the_axioms_are_leans_own_and_the_one_that_marks_a_gap():
    declared = re.findall(r"^(unsafe )?axiom (\S+)", library_text(), re.MULTILINE)
    assert {name for unsafe, name in declared if not unsafe} == {"propext", "Classical.choice", "Quot.sound", "sorryAx"}


def test_no_lemma_rests_on_more_than_leans_own_axioms(run_lean):
    run = run_lean("".join(f"#print axioms {name}\n" for name in lemma_names()))
    assert len(run.printed) == len(lemma_names())
    allowed = {"propext", "Classical.choice", "Quot.sound"}
    for text in run.printed:
        assert set(re.findall(r"[\w.]+", text.partition("axioms: ")[2])) <= allowed


@pytest.mark.parametrize("proof", ["lcProof", "lcUnreachable", "lcCast trivial", "by exact lcProof"])
def test_what_the_compiler_erases_to_proves_nothing(run_lean, proof):
    run = run_lean(f"theorem t : False := {proof}\n")
    assert run.status == 1
    assert run.errors


def test_a_gap_is_a_warning(run_lean):
    assert [severity for severity, _, _ in run_lean("theorem t : False := by sorry\n").messages] == ["warning"]


COMPUTED = {
    "div": ("divLoop {a} {a} {b}", lambda a, b: a // b if b else 0),
    "mod": ("modLoop {a} {a} {b}", lambda a, b: a % b if b else a),
    "gcd": ("gcdLoop {a} {a} {b}", math.gcd),
    "land": ("bitLoop Bool.and ({a} + {b}) {a} {b}", int.__and__),
    "lor": ("bitLoop Bool.or ({a} + {b}) {a} {b}", int.__or__),
    "xor": ("bitLoop (fun a b => cond a (Bool.not b) b) ({a} + {b}) {a} {b}", int.__xor__),
}


def test_what_the_kernel_computes_is_what_the_definitions_say(run_lean):
    lines = []
    for name, (definition, value) in COMPUTED.items():
        for a, b in itertools.product((0, 1, 2, 3, 7, 12), repeat=2):
            lines.append(f"example : Nat.{name} {a} {b} = {value(a, b)} := by decide")
            lines.append(f"example : Nat.{definition.format(a=a, b=b)} = {value(a, b)} := rfl")
    assert run_lean("\n".join(lines)).errors == []


def test_what_the_kernel_computes_cannot_be_defined_otherwise(run_lean):
    names = [*COMPUTED, "add", "sub", "mul", "beq", "ble", "shiftLeft", "shiftRight", "pow", "log2"]
    run = run_lean("".join(f"def Nat.{name} (_ : Nat) : Nat := 0\n" for name in names))
    assert [text for _, text in run.errors] == [f"`Nat.{name}` has already been declared" for name in names]


def test_premises_are_the_named_lemmas_in_order(run_lean):
    entries = library().entries
    assert [premise.name for premise in entries] == lemma_names()
    assert len({premise.name for premise in entries}) == len(entries) > 150
    assert [premise.position for premise in entries] == list(range(len(entries)))
    statements = {premise.name: premise.statement for premise in entries}
    assert statements["Nat.add_comm"] == "∀ (n m : Nat), n + m = m + n"
    assert statements["and_comm"] == "∀ {a b : Prop}, a ∧ b ↔ b ∧ a"
    assert library() is library()
    readable = [p for p in entries if "u_" not in p.statement and "[]" not in p.statement]
    run = run_lean("".join(f"example : {p.statement} := @{p.name}\n" for p in readable))
    assert run.errors == []


def test_native_syntax_is_declared_by_name():
    lines = native_declarations().splitlines()
    assert len(set(lines)) == len(lines)
    assert '@[tactic_parser, extern "c"] opaque Lean.Parser.Tactic.«tactic_<;>_» : Lean.TrailingParserDescr' in lines
    assert (
        '@[macro Lean.Parser.Tactic.tacticRfl, extern "c"] opaque '
        "Lean.Parser.Tactic._aux_Init_Tactics___macroRules_Lean_Parser_Tactic_tacticRfl_2 : Lean.Macro" in lines
    )
