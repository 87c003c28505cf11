"""Finding theorems in Lean files without Lean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aitp_gym.provers.lean.declarations import declarations
from aitp_gym.provers.lean.lexer import masked, without_comments


def only(text: str):
    (found,) = declarations(text)
    return found


@pytest.mark.parametrize(
    ("text", "signature"),
    [
        ("theorem a : True := trivial\n", "theorem a : True"),
        ("theorem a : True := by\n  trivial\n", "theorem a : True"),
        ("lemma a.b (n : ℕ := 0) : n = n :=\n  rfl\n", "lemma a.b (n : ℕ := 0) : n = n"),
        ("theorem a : let x := 5; x = 5 := rfl\n", "theorem a : let x := 5; x = 5"),
        ("theorem a : |x| ≤ 1 := by\n  exact fun _ => foo\n", "theorem a : |x| ≤ 1"),
        ("theorem a :\n    |x| ≤ 1 := by\n  exact fun _ => foo\n", "theorem a :\n    |x| ≤ 1"),
        ("theorem a : ∀ n : Nat, n = n\n  | 0 => rfl\n  | n + 1 => by simp\n", "theorem a : ∀ n : Nat, n = n"),
        ("theorem a : P x where\n  left := 1\n", "theorem a : P x"),
        ("@[simp, foo (x := [1])] private theorem a : p := h\n", "@[simp, foo (x := [1])] private theorem a : p"),
        ("@[simp]\nprotected theorem a : p := h\n", "@[simp]\nprotected theorem a : p"),
        ("open Nat in\n@[simp] theorem a : p := h\n", "open Nat in\n@[simp] theorem a : p"),
        ('theorem a /- := -/ : s = ":= where" := h\n', 'theorem a   : s = ":= where"'),
        ("theorem a : c = ':' := h -- := by\n", "theorem a : c = ':'"),
        ("theorem a.{u} {α : Type u} : α = α := rfl\n", "theorem a.{u} {α : Type u} : α = α"),
        ("theorem «a b».c : p := h\n", "theorem «a b».c : p"),
    ],
)
def test_a_statement_ends_where_its_proof_begins(text, signature):
    assert only(text).signature(text) == signature
    assert only(text).end == len(text)


def test_names_are_those_of_the_namespaces_that_are_open():
    text = """
namespace A.B
section
theorem one : True := trivial
end
namespace C
theorem two.three : True := trivial
end C
theorem _root_.four : True := trivial
end A.B
noncomputable section Named
  theorem five : True := trivial
end Named
"""
    assert [found.name for found in declarations(text)] == ["A.B.one", "A.B.C.two.three", "four", "five"]


def test_what_stands_in_comments_and_strings_is_not_found():
    text = """
/- theorem a : p := h
/- theorem b : p := h -/
theorem c : p := h -/
-- theorem d : p := h
def s := "
theorem e : p := h
" ++ r#"
theorem f : p := "h"
"#
def «theorem g» := 'x'
theorem h' : p := h
"""
    assert [found.name for found in declarations(text)] == ["h'"]


def test_the_comment_that_documents_a_theorem_belongs_to_it():
    text = "import X\n\n/-- About a theorem x : y := z. -/\n@[simp] theorem a : p := h\n\n/-- About b. -/\ndef b := 1\n"
    found = only(text)
    assert text[: found.start] == "import X\n\n"
    assert text[found.statement :].startswith("@[simp]")
    assert text[found.end :] == "/-- About b. -/\ndef b := 1\n"
    assert found.source(text).with_proof("  exact h") == "import X\n\n@[simp] theorem a : p := by\n  exact h\n"


@pytest.mark.parametrize("proof", [":= sorry", ":= by sorry", ":=\n  by\n    sorry", ":= by sorry -- hard"])
def test_sorry_for_a_whole_proof_makes_a_problem(proof):
    assert only(f"theorem a : p {proof}\n").unproved
    assert not only("theorem a : p := by\n  have : q := sorry\n  exact this\n").unproved


def test_a_proof_ends_at_the_next_command():
    text = "theorem a : p := by\n  exact h\n#check a\ntheorem b : q := h\n@[simp] def c := 1\n"
    first, second = declarations(text)
    assert text[first.statement_end : first.end] == ":= by\n  exact h\n"
    assert text[second.statement_end : second.end] == ":= h\n"


@given(
    st.lists(st.sampled_from(["-- ", "/-", "-/", '"', "\\", "r#", "#", "'", "x", "\n", " ", "theorem a : p := h\n"]))
)
def test_masking_keeps_every_place(parts):
    text = "".join(parts)
    bare = masked(text)
    assert len(bare) == len(text)
    assert all(after in (before, " ") for before, after in zip(text, bare, strict=True))
    assert masked(bare) == bare or '"' in bare or "'" in bare
    assert "/-" not in masked(without_comments(text))
    for found in declarations(text):
        assert found.start <= found.statement < found.statement_end <= found.end <= len(text)
