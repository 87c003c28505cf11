"""A user's own statement, in each of its forms."""

import pytest

from aitp_gym.errors import StatementError
from aitp_gym.proof import Theorem
from aitp_gym.provers.lean.source import Source
from aitp_gym.provers.lean.statement import read_statement, source_of


def test_a_proposition_becomes_a_theorem():
    source = read_statement("∀ n : Nat, n + 0 = n", "import Mathlib\n")
    assert source.preamble == "import Mathlib\n"
    assert source.signature == f"theorem {source.name} : ∀ n : Nat, n + 0 = n"
    assert source.name.startswith("statement_")


@pytest.mark.parametrize("remark", [" -- yes", "\n-- yes\n-- \x0c or \u2028 no", " /- a /- b -/ -/", ' -- "'])
def test_a_remark_behind_a_statement_is_no_part_of_it(remark):
    assert read_statement(f"theorem t (n : Nat) : n = n{remark}") == Source("", "theorem t (n : Nat) : n = n")
    assert read_statement(f"theorem t (n : Nat) : n = n := sorry{remark}") == Source("", "theorem t (n : Nat) : n = n")


def test_a_statement_may_end_in_a_string():
    assert read_statement('theorem t : x = "a -- b"').signature == 'theorem t : x = "a -- b"'


@pytest.mark.parametrize(
    "before",
    [
        '@[deprecated "see theorem foo"]\n',
        "/-- Not theorem foo. -/\n",
        "/- theorem foo -/ ",
        "-- theorem foo\x0c\u2028\n",
    ],
)
def test_the_name_is_the_declarations_own(before):
    source = read_statement(f"{before}theorem t (n : Nat) : n = n")
    assert source.name == "t"
    assert source.renamed(0).endswith("theorem aitp_copy_0 (n : Nat) : n = n")


@pytest.mark.parametrize("tail", ["", " := sorry", " := by sorry", " := by\n  sorry", " :=", " := by"])
def test_a_declaration_loses_its_missing_proof(tail):
    assert read_statement(f"theorem t (n : Nat) : n = n{tail}") == Source("", "theorem t (n : Nat) : n = n")


def test_an_example_gets_a_name():
    source = read_statement("open Nat\n\nexample (n : Nat) : n = n := by sorry")
    assert source == Source("open Nat\n", f"theorem {source.name} (n : Nat) : n = n")
    assert source.name.startswith("statement_")


def test_a_file_ends_with_the_theorem():
    before = "import Mathlib\nopen Nat\n\nlemma first : True := trivial\n"
    text = f"{before}\n/-- About t. -/\n@[simp]\ntheorem A.t (n : Nat) :\n    n = n := by sorry\n"
    source = read_statement(text)
    assert source.preamble == before
    assert source.signature == "@[simp]\ntheorem A.t (n : Nat) :\n    n = n"
    assert source.name == "A.t"


@pytest.mark.parametrize("text", ["", "  ", "theorem t : True := trivial", "theorem t : True := by trivial"])
def test_what_is_no_open_statement_is_refused(text):
    with pytest.raises(StatementError, match="Expected"):
        read_statement(text)


@pytest.mark.parametrize(
    ("signature", "renamed"),
    [
        ("theorem t : p", "theorem aitp_copy_3 : p"),
        ("theorem Nat.foo.t' (n : Nat) : n = n", "theorem Nat.foo.aitp_copy_3 (n : Nat) : n = n"),
        ("@[simp] protected theorem «a b» {p : Prop} : p", "@[simp] protected theorem aitp_copy_3 {p : Prop} : p"),
        ("theorem t.{u, v} (α : Type u) : p", "theorem aitp_copy_3.{u, v} (α : Type u) : p"),
    ],
)
def test_a_copy_keeps_its_namespace(signature, renamed):
    assert Source("", signature).renamed(3) == renamed


def test_only_declarations_can_be_copied():
    with pytest.raises(StatementError, match="theorem name"):
        Source("", "def x := 1").renamed(0)


def test_a_theorem_says_where_it_stands():
    placed = Source("open Nat\n", "theorem t : True")
    assert source_of(Theorem("t", "theorem t : True", "lean", payload=placed)) is placed
    assert source_of(Theorem("t", "theorem t : True", "lean"), "open Nat\n") == placed
