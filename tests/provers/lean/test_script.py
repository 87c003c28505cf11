"""Tactic blocks: paths to goals, whole proofs, and which step a line belongs to."""

import pytest

from aitp_gym.errors import BadInput
from aitp_gym.proof import Proof, ProofStep
from aitp_gym.provers.lean.script import Place, path_lines, proof_block, wrapped


def proof(*steps):
    return Proof(tuple(ProofStep(tactic, goal, children) for tactic, goal, children in steps))


def test_a_tactic_is_fenced_in_and_keeps_its_shape():
    assert wrapped("cases h with\n| inl a => exact a\n  | inr b => skip", "  ") == [
        "  (cases h with",
        "   | inl a => exact a",
        "     | inr b => skip",
        "  )",
    ]


def test_a_path_admits_what_lies_beside_it():
    place = Place(Place(None, "constructor", (1,), 3), "simp", (0,), 1)
    assert path_lines(place) == [
        "  (constructor",
        "  )",
        "  · sorry",
        "  rotate_left",
        "  · sorry",
        "  (simp",
        "  )",
    ]
    assert path_lines(None) == []


def test_a_long_path_needs_no_recursion():
    place = None
    for _ in range(20_000):
        place = Place(place, "skip", (0,), 1)
    assert len(path_lines(place)) == 40_000


def test_a_proof_has_a_bullet_for_each_of_several_goals():
    block = proof_block(
        proof(("constructor", "⊢ p ∧ q", (1, 2)), ("exact a", "⊢ p", ()), ("simp", "⊢ q", (3,)), ("x", "⊢ r", ()))
    )
    assert block.text.split("\n") == [
        "  (constructor",
        "  )",
        "  · (exact a",
        "    )",
        "  · (simp",
        "    )",
        "    (x",
        "    )",
    ]
    assert block.step_of_line == (0, 0, 1, 1, 2, 2, 3, 3)


def test_goals_that_belong_together_come_last():
    steps = proof(
        ("refine ⟨?_, ?w, ?_⟩", "⊢ a", (1, 2)),
        ("exact 0; rfl", "⊢ Nat\n\n⊢ f ?w = f ?w", ()),
        ("trivial", "⊢ True", ()),
    )
    asked = []

    def places(step, parts):
        asked.append((step, parts))
        return (0, 2)

    assert proof_block(steps, places).text.split("\n") == [
        "  (refine ⟨?_, ?w, ?_⟩",
        "  )",
        "  rotate_left",
        "  · (trivial",
        "    )",
        "  rotate_left",
        "  (exact 0; rfl",
        "  )",
    ]
    assert asked == [(0, 2)]
    with pytest.raises(BadInput, match="has to be known"):
        proof_block(steps)


def test_a_shared_step_is_written_for_each_use_and_not_beyond_measure():
    twice = proof(("constructor", "⊢ p ∧ p", (1, 1)), ("exact a", "⊢ p", ()))
    assert proof_block(twice).text.count("exact a") == 2
    doubling = [("constructor", "⊢ x", (i + 1, i + 1)) for i in range(40)] + [("exact a", "⊢ p", ())]
    with pytest.raises(BadInput, match="lines when written out"):
        proof_block(proof(*doubling))


def test_an_empty_proof_is_refused():
    with pytest.raises(BadInput, match="at least one step"):
        proof_block(Proof(()))
