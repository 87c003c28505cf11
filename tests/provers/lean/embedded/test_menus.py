"""What the menus for the embedded library offer is Lean's own language, and works on hypotheses by name."""

from __future__ import annotations

import pytest

from aitp_gym.agents.policies.menu_base import nearest_names
from aitp_gym.menus import Menu
from aitp_gym.proof import Failure
from aitp_gym.provers.lean.lexical import misplaced

STATEMENT = "theorem t (p q : Prop) (n : Nat) (l : List Nat) (e : n = 0) (f : p → q) (h : p ∧ l = []) : q ∧ ∃ m, m = l"


@pytest.mark.parametrize("name", ["lean-embedded", "lean-embedded-steps"])
def test_lean_can_read_everything_that_a_menu_offers(lean, name):
    menu = Menu.load(name)
    theorem = lean.parse(STATEMENT)
    session = lean.start(theorem)
    ranked = nearest_names(session.root.text, lean.premises(theorem), menu.max_premises)
    tactics = [candidate.tactic for candidate in menu.candidates(ranked, session.root.text)]
    assert {"unhygienic cases h", "apply f"} <= set(tactics)
    for tactic in tactics:
        outcome = session.apply(session.root, [tactic], 5.0)[0]
        assert not isinstance(outcome, Failure) or outcome.kind in ("rejected", "no_progress"), (tactic, outcome)
    session.close()


def test_names_that_steps_introduce_can_be_used_by_the_next(lean):
    menu = Menu.load("lean-embedded-steps")
    session = lean.start(lean.parse("theorem t (p q : Prop) : p ∧ q → q ∧ p"))
    goal = session.root
    for tactic in ["unhygienic intros", "unhygienic cases a", "constructor"]:
        assert tactic in [candidate.tactic for candidate in menu.candidates(["mt"] * 4, goal.text)]
        goals = session.apply(goal, [tactic], 5.0)[0].goals
        goal = goals[0]
    assert [session.apply(goal, ["trivial"], 5.0)[0].goals for goal in goals] == [(), ()]
    session.close()


@pytest.mark.parametrize("name", ["lean-core", "lean-embedded", "lean-embedded-steps"])
def test_every_tactic_of_a_menu_may_stand_in_a_proof(name):
    menu = Menu.load(name)
    assert menu.prover == "lean"
    for candidate in menu.candidates([f"lemma_{i}" for i in range(16)], "h : p\ng : q\nk : r\nm : Nat\n⊢ p"):
        assert misplaced(candidate.tactic) is None
