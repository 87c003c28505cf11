"""The check as a whole: what it accepts, what it refuses and why, and what it leaves behind."""

from __future__ import annotations

import dataclasses
import threading

import pytest

from aitp_gym.provers.lean.check import verify
from aitp_gym.provers.lean.check.gate import objection
from aitp_gym.provers.lean.source import Source

SWAP = Source("", "theorem swap (p q : Prop) (h : p ∧ q) : q ∧ p")


def test_a_proof_is_accepted(engine):
    finding = verify(engine, SWAP, "  exact ⟨h.2, h.1⟩", 20)
    assert (finding.status, finding.reason, finding.line) == ("accepted", "", None)
    assert 0 < finding.elapsed_s < 60


@pytest.mark.parametrize(
    ("preamble", "signature", "body"),
    [
        ("namespace A.B\nvariable (n : Nat)\n", "theorem t : n = n", "  rfl"),
        ("", "private theorem t : 1 = 1", "  rfl"),
        ("", "protected theorem A.t : 1 = 1", "  rfl"),
        ("namespace A\n", "theorem _root_.t : 1 = 1", "  rfl"),
        ("", "theorem «a name».t : 1 = 1", "  rfl"),
        ("", "/-- What it says. -/\n@[simp]\ntheorem t\n    (n : Nat) :\n    n + 0 = n", "  rfl"),
        ("theorem open_problem : 1 = 1 := by\n  sorry\n", "theorem t : 1 = 1", "  rfl"),
        ("theorem t : 1 = 1 := by\n  sorry\nnamespace A\n", "theorem t : 1 = 1", "  rfl"),
        ("def double (n : Nat) := n + n\n", "theorem t : double 2 = 4", "  simp [double]"),
        ("universe u\n", "theorem t (α : Type u) (a : α) : a = a", "  exact rfl"),
        ("", "theorem t : 2 = 2", "  decide"),
        ("", "theorem t (p : Prop) : p ∨ ¬p", "  exact Classical.em p"),
        ("", "theorem t (p q : Prop) (h : p ↔ q) : p = q", "  exact propext h"),
        (
            "",
            "theorem t (p q : Prop) (h : p ∨ q) : q ∨ p",
            "  cases h with\n\n  | inl h => exact Or.inr h\n  | inr h => exact Or.inl h",
        ),
    ],
)
def test_theorems_of_every_make_are_found_and_checked(engine, preamble, signature, body):
    finding = verify(engine, Source(preamble, signature), body, 20)
    assert (finding.status, finding.reason) == ("accepted", "")


def test_the_line_of_the_first_error_is_named(engine):
    source = Source("-- a remark\n", "theorem t (p q : Prop) (hp : p) (hq : q) :\n    p ∧ q")
    finding = verify(engine, source, "  constructor\n  · exact hp\n  · exact hp", 20)
    assert finding.status == "refused"
    # Lines 0 to 2 are the remark and the statement, 3 to 5 the proof.
    assert finding.line == 5
    assert "Lean reports" in finding.reason


def test_the_line_of_a_character_that_may_not_stand_there_is_named(engine):
    finding = verify(engine, SWAP, "  constructor\n  \u200bskip", 20)
    assert (finding.status, finding.line) == ("refused", 2)


def test_a_proof_that_takes_too_long_is_refused(engine):
    finding = verify(engine, SWAP, "  repeat (have := h)", 1.0)
    assert finding.status in ("refused", "unavailable")
    if finding.status == "refused":
        assert "CPU seconds to compile" in finding.reason
    assert finding.elapsed_s < 60


def test_a_proof_that_takes_too_much_memory_is_refused(engine):
    verify(engine, SWAP, "  exact ⟨h.2, h.1⟩", 20)
    finding = verify(engine, SWAP, "  exact ⟨h.2, h.1⟩", 20, memory_mb=8)
    assert finding.status == "refused"
    assert "8 MB of memory" in finding.reason


@pytest.mark.parametrize("signature", ["theorem t : no_such_thing", "theorem t", "lemma ((", "def t : Nat"])
def test_a_statement_that_does_not_compile_says_so(engine, signature):
    finding = verify(engine, Source("", signature), "  rfl", 20)
    assert finding.status == "unavailable"
    assert "statement" in finding.reason or "which constant" in finding.reason


def test_a_lean_that_is_not_there_makes_the_check_unavailable(engine):
    broken = dataclasses.replace(engine, lean=("/no/such/lean",), identity="broken")
    finding = verify(broken, SWAP, "  exact ⟨h.2, h.1⟩", 20)
    assert finding.status == "unavailable"
    assert "No such file" in finding.reason


def test_nothing_is_left_behind(engine, tmp_path):
    verify(engine, SWAP, "  exact ⟨h.2, h.1⟩", 20, scratch=tmp_path)
    verify(engine, SWAP, "  exact h", 20, scratch=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_checks_run_side_by_side(engine):
    findings: dict[str, str] = {}

    def check(body: str) -> None:
        findings[body] = verify(engine, SWAP, body, 30).status

    threads = [
        threading.Thread(target=check, args=(body,)) for body in ("  exact ⟨h.2, h.1⟩", "  exact h", "  simp_all")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert findings == {"  exact ⟨h.2, h.1⟩": "accepted", "  exact h": "refused", "  simp_all": "accepted"}


@pytest.mark.parametrize(
    ("body", "words", "line"),
    [
        ("exact h", "not indented", 0),
        ("  skip\n exact h", "not indented", 1),
        ("  skip\n\n  exact\u2029h", "not allowed", 2),
        ("  " + "x" * (4 * 2**20), "characters", None),
    ],
)
def test_a_text_that_is_no_block_is_refused_unread(body, words, line):
    found = objection(body)
    assert found is not None
    assert words in found[0]
    assert found[1] == line


def test_a_block_may_have_empty_lines_and_symbols():
    assert objection("  intro h\n\n  exact ⟨h.2, λ x ↦ x⟩ -- a remark") is None


def test_the_file_that_is_compiled_is_the_source_with_the_proof(engine):
    """What the caller's line numbers refer to."""
    text = SWAP.with_proof("  skip\n  exact h")
    finding = verify(engine, SWAP, "  skip\n  exact h", 20)
    assert finding.line is not None
    assert text.splitlines()[finding.line] == "  exact h"


def test_a_lean_that_cannot_run_the_replay_makes_the_check_unavailable(engine):
    """The engine has none of what the script for projects imports."""
    as_project = dataclasses.replace(engine, kind="project", identity="as a project")
    finding = verify(as_project, SWAP, "  exact ⟨h.2, h.1⟩", 20)
    assert finding.status == "unavailable"
    assert "the kernel's process ended with status 1" in finding.reason
    assert "Lean" in finding.reason
