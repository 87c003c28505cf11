"""Statements as people have them: each works, or says in one sentence why not."""

from __future__ import annotations

import pytest

from aitp_gym.errors import ProverUnavailable, StatementError
from aitp_gym.proof import Proof, ProofStep, Subgoals, Theorem
from aitp_gym.provers.lean.declarations import declarations
from aitp_gym.provers.lean.prover import Lean
from aitp_gym.provers.lean.source import Source
from aitp_gym.provers.lean.statement import read_statement
from aitp_gym.theorems import load

HEADER = "set_option autoImplicit false\n"
ANY = "NAME"
"""In a signature: a name made from the text."""

# What is given, and the statement that is meant; of what Lean itself has to read too, a proof.
WORKS = [
    # -- comments
    ("theorem t : 1 = 1 := by -- easy\n  sorry", "theorem t : 1 = 1", "rfl"),
    ("theorem t : 1 = 1 := -- by hand\n  by sorry -- later", "theorem t : 1 = 1", "rfl"),
    ("theorem t : 1 = 1 := by\n  -- TODO\n  sorry\n  -- so far", "theorem t : 1 = 1", "rfl"),
    ("theorem t : 1 = 1 := by /- a theorem u : v := w -/ sorry /- -/", "theorem t : 1 = 1", "rfl"),
    ("theorem t /- := -/ : 1 = 1 -- := by", "theorem t   : 1 = 1", "rfl"),
    ("theorem t : 1 = 1 := by sorry\n-- theorem u : 2 = 2", "theorem t : 1 = 1", "rfl"),
    ("-- example : 1 = 2\ntheorem t : 1 = 1", "theorem t : 1 = 1", "rfl"),
    ("∀ n : Nat, n + 0 = n -- a theorem about n", f"theorem {ANY} : ∀ n : Nat, n + 0 = n", "intro n; rfl"),
    ("/- theorem u : 1 = 2 -/ ∀ n : Nat, n = n", f"theorem {ANY} : ∀ n : Nat, n = n", "intro n; rfl"),
    ("/-- About /- nested theorem x : y := z -/ t. -/\ntheorem t : 1 = 1 := sorry", "theorem t : 1 = 1", "rfl"),
    ("/-- Of t. -/ @[simp] private theorem t : 1 = 1", "@[simp] private theorem t : 1 = 1", "rfl"),
    ("/-! # A theorem -/\n\ntheorem t : 1 = 1", "theorem t : 1 = 1", "rfl"),
    # -- ends of lines
    ("theorem t :\r\n    1 = 1 := by\r\n  sorry\r\n", "theorem t :\n    1 = 1", "rfl"),
    ("∀ n : Nat, -- all\r\n  n = n\r\n", f"theorem {ANY} : ∀ n : Nat,  \n  n = n", "intro n\r\nrfl"),
    # -- propositions
    ("1 = 1", f"theorem {ANY} : 1 = 1", "rfl"),
    ("1 = 1 -- one", f"theorem {ANY} : 1 = 1", "rfl"),
    ("∀ p : Prop, p → p", f"theorem {ANY} : ∀ p : Prop, p → p", "exact fun _ h => h"),
    # -- proofs that are missing
    ("1 = 1 := by sorry", f"theorem {ANY} : 1 = 1", "rfl"),
    ("theorem t : 1 = 1 :=\nby sorry", "theorem t : 1 = 1", "rfl"),
    ("theorem t : 1 = 1 := (sorry)", "theorem t : 1 = 1", "rfl"),
    ("theorem t : 1 = 1 := by { sorry }", "theorem t : 1 = 1", "rfl"),
    ("theorem t : 1 = 1 := by admit", "theorem t : 1 = 1", "rfl"),
    ("theorem t : 1 = 1 := by\n  exact sorry", "theorem t : 1 = 1", "rfl"),
    # -- declarations
    ("example : 1 = 1 := by sorry", f"theorem {ANY} : 1 = 1", "rfl"),
    ("example (n : Nat) :\n    n = n", f"theorem {ANY} (n : Nat) :\n    n = n", "rfl"),
    ("@[simp] theorem t (n : Nat) : n + 0 = n", "@[simp] theorem t (n : Nat) : n + 0 = n", "rfl"),
    ("private theorem t : 1 = 1", "private theorem t : 1 = 1", "rfl"),
    ("protected theorem Nat.t : 1 = 1", "protected theorem Nat.t : 1 = 1", "rfl"),
    ("theorem «a theorem».«b := c» : 1 = 1 := sorry", "theorem «a theorem».«b := c» : 1 = 1", "rfl"),
    ("theorem t.{u, v} (α : Type u) (β : Type v) (a : α) (_ : β) : a = a", None, "rfl"),
    ("universe u in\ntheorem t (α : Type u) (a : α) : a = a", None, "rfl"),
    ("open Nat in theorem t : 1 = 1", "open Nat in theorem t : 1 = 1", "rfl"),
    (
        "variable (p : Prop) in\ntheorem t : p ↔ p := by sorry",
        "variable (p : Prop) in\ntheorem t : p ↔ p",
        "exact Iff.rfl",
    ),
    ("set_option autoImplicit true in\ntheorem t (a : α) : a = a", None, "rfl"),
    ("theorem t ⦃p : Prop⦄ (h : p) : p", "theorem t ⦃p : Prop⦄ (h : p) : p", "exact h"),
    ("theorem t : let x := 1; x = 1 := sorry", "theorem t : let x := 1; x = 1", "intro x; rfl"),
    ("theorem t : (fun x : Nat => x) 1 = 1 := sorry", "theorem t : (fun x : Nat => x) 1 = 1", "rfl"),
    # -- in a file
    ("namespace A\ntheorem t : 1 = 1 := by sorry\nend A", "theorem t : 1 = 1", "rfl"),
    ("section\nvariable (n : Nat)\ntheorem t : n = n := by sorry\nend\n\n#check t", "theorem t : n = n", "rfl"),
    ("theorem s : 1 = 1 := rfl theorem t : 2 = 2 := sorry", "theorem t : 2 = 2", "rfl"),
    ("theorem s : 1 = 1 := by\n  sorry\n\n/-- Of t. -/\ntheorem t : 2 = 2", "theorem t : 2 = 2", "rfl"),
    ("  theorem t : 1 = 1", "theorem t : 1 = 1", "rfl"),
]
# What only a larger library has the words for: what is meant, without asking Lean.
READS = [
    ("theorem t (n : Nat := 3) : n = n := sorry", "theorem t (n : Nat := 3) : n = n"),
    ("lemma t : 1 = 1 := sorry", "lemma t : 1 = 1"),
    (
        "@[simp, norm_cast]\nlemma A.t' (x₁ : ℝ) : |x₁| = 1 := by sorry",
        "@[simp, norm_cast]\nlemma A.t' (x₁ : ℝ) : |x₁| = 1",
    ),
    ("import Mathlib\nlemma t : ∑ i ∈ s, f i = 1", "lemma t : ∑ i ∈ s, f i = 1"),
    ("public theorem t : 1 = 1", "public theorem t : 1 = 1"),
    ("mutual\ntheorem a : p := b\ntheorem b : p := a\nend\ntheorem t : 1 = 1 := sorry", "theorem t : 1 = 1"),
    ("theorem t :\n    |x| = 1 := sorry", "theorem t :\n    |x| = 1"),
    ("theorem t : {x : Nat | x = 1} = s := sorry", "theorem t : {x : Nat | x = 1} = s"),
    ('theorem t : x = "theorem u : v := w" := sorry', 'theorem t : x = "theorem u : v := w"'),
    ("∀ x, my.theorem x", f"theorem {ANY} : ∀ x, my.theorem x"),
    ("∃ theorem₁ : Nat, theorem₁ = 1", f"theorem {ANY} : ∃ theorem₁ : Nat, theorem₁ = 1"),
    ("@Eq Nat 1 1", f"theorem {ANY} : @Eq Nat 1 1"),
]
FIRST = "theorem first : 1 = 2 := by sorry\n"
# What does not work, and why.
SAYS_WHY = [
    ("-- nothing but a comment", "Expected a proposition or a declaration"),
    ("#check 1", "Expected a proposition or a declaration"),
    ("theorem t : 1 = 1 := rfl", "`t`, without a proof"),
    ("theorem t : 1 = 1 := by\n  skip\n  sorry", "`t`, without a proof"),
    ("theorem t : P where\n  left := sorry", "`t`, without a proof"),
    ("theorem t : 1 = 1 := f where\n  f := sorry", "`t`, without a proof"),
    ("theorem t : ∀ n : Nat, n = n\n  | 0 => sorry\n  | n + 1 => sorry", "`t`, without a proof"),
    ("mutual\ntheorem s : 1 = 1 := sorry\ntheorem t : 1 = 1 := sorry\nend", "in a `mutual` block"),
    ("theorem : 1 = 1", "Expected a name after `theorem`"),
    ("theorem t", "something after a colon"),
    ("theorem t := sorry", "something after a colon"),
    ("example := 3", "something after a colon"),
    ("def f : Nat := sorry", "Expected a theorem at the end"),
    ("axiom a : 1 = 1", "Expected a theorem at the end"),
    ("1 = 1 := rfl", "without a proof"),
]


@pytest.fixture(scope="module")
def lean():
    try:
        prover = Lean(backend="embedded")
    except ProverUnavailable as error:
        pytest.skip(f"Lean cannot be used here: {error}")
    yield prover
    prover.close()


@pytest.mark.parametrize(("text", "meant"), [*((text, meant) for text, meant, _ in WORKS), *READS])
def test_a_statement_is_what_was_meant(text, meant):
    source = read_statement(text, HEADER)
    if meant is not None:
        assert source.signature == meant.replace(ANY, source.name)
    assert source.preamble == HEADER or text.startswith(source.preamble.strip())
    assert declarations(source.with_proof("  sorry"))[-1].unproved


@pytest.mark.parametrize(("text", "proof"), [(text, proof) for text, _, proof in WORKS])
def test_lean_reads_it_and_proves_it(lean, text, proof):
    theorem = lean.parse(text)
    session = lean.start(theorem)
    try:
        (outcome,) = session.apply(session.root, [proof], 5.0)
    finally:
        session.close()
    assert outcome == Subgoals((), outcome.elapsed_s, outcome.cpu_s)


def test_the_check_knows_each_kind_of_theorem(lean):
    for text, tactic in (
        ("example : 1 = 1 -- so it is", "rfl"),
        ("/-- Of t. -/ @[simp] private theorem «a b».t.{u} (α : Type u) (a : α) : (a = a) ↔ True", "simp"),
        ("namespace A\ntheorem t : 1 = 1 := by -- later\n  sorry\nend A", "rfl"),
    ):
        verdict = lean.check(lean.parse(text), Proof((ProofStep(f"skip\r\n{tactic}", "", ()),)), 20.0)
        assert (verdict.status, verdict.reason) == ("accepted", ""), text


def test_a_theorem_of_a_file_may_stand_below_nothing_but_a_comment(lean):
    placed = Theorem("t", "theorem t : 1 = 1", "lean", payload=Source("/- Of\nt. -/\n-- So.\n", "theorem t : 1 = 1"))
    lean.start(placed).close()


@pytest.mark.parametrize("before", ["", FIRST])
@pytest.mark.parametrize(("text", "why"), SAYS_WHY)
def test_an_error_says_what_is_wrong_with_this_statement(text, why, before):
    if before and not text.startswith(("theorem", "example", "def", "axiom", "mutual")):
        before = ""
    with pytest.raises(StatementError) as refused:
        read_statement(before + text)
    assert why in str(refused.value)
    assert "first" not in str(refused.value)


def test_leans_own_objections_are_to_this_statement(lean):
    with pytest.raises(StatementError, match=r"cannot read the statement 'theorem t : \(no_such_thing'"):
        lean.parse(f"{FIRST}theorem t : (no_such_thing")
    with pytest.raises(StatementError, match=r"line 1, before the theorem: "):
        lean.parse("theorem first : (first_thing := sorry\ntheorem t : no_such_thing")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_file_gives_the_same_theorems_however_it_was_saved(tmp_path, mark, end):
    text = """theorem first : 1 = 1 := by -- easy
  sorry

mutual
theorem a : 1 = 1 := by sorry
theorem b : 1 = 1 := by sorry
end
example : 2 = 2 := by sorry
private lemma c : 3 = 3 := (sorry)
/-- Of «d». -/
theorem «d» : 4 = 4 := by
  /- not a theorem x : y -/ sorry
"""
    path = tmp_path / "Problems.lean"
    path.write_bytes((mark + text.replace("\n", end)).encode())
    first, example, c, d = load(path)
    assert (first.name, c.name, d.name) == ("first", "c", "«d»")
    assert first.statement == "theorem first : 1 = 1"
    assert example.statement == f"theorem {example.name} : 2 = 2"
    assert d.payload.preamble == text[text.index("mutual") : text.index("example")]
