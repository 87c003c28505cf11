"""Lean's goals: read from text, told apart, grouped where they share metavariables."""

import pytest

from aitp_gym.proof import Sequent
from aitp_gym.provers.lean.goals import group, identity, parse_state

TWO = "case left\np q : Prop\nh : p ∧ q\n⊢ q\n\ncase right\np q : Prop\nh : p ∧ q\n⊢ p"


def test_a_state_is_read_goal_by_goal():
    left, right = parse_state(TWO)
    assert (left.tag, right.tag) == ("left", "right")
    assert left.sequent == Sequent(("p q : Prop", "h : p ∧ q"), "q")
    assert right.as_text() == "case right\np q : Prop\nh : p ∧ q\n⊢ p"


@pytest.mark.parametrize("text", ["", "no goals", "\n"])
def test_no_goals(text):
    assert parse_state(text) == ()
    assert group(()) == ()


def test_lines_that_go_on_belong_to_what_they_go_on_with():
    (goal,) = parse_state("h :\n  a ∧\n    b\nk : c\n⊢ a →\n  b")
    assert goal.sequent == Sequent(("h :\n  a ∧\n    b", "k : c"), "a →\n  b")


def test_a_hypothesis_named_case_is_no_case_name():
    (goal,) = parse_state("n : Nat\ncase : n = n\n⊢ n = n")
    assert goal.tag == ""
    assert goal.sequent.hypotheses == ("n : Nat", "case : n = n")


@pytest.mark.parametrize("text", ["p : Prop", "Goals accomplished!", "case x\n"])
def test_what_is_no_state_is_refused(text):
    with pytest.raises(ValueError, match="⊢"):
        parse_state(text)


def test_two_prints_must_be_of_one_state():
    with pytest.raises(ValueError, match="2 goals, the other 1"):
        parse_state(TWO, TWO.partition("\n\n")[0])


def test_independent_goals_are_nodes_of_their_own():
    assert group(parse_state(TWO)) == ((0,), (1,))


@pytest.mark.parametrize(
    ("conclusions", "groups"),
    [
        # A goal, the one that its metavariable stands for, and one that has nothing to do with them.
        ([("", "a"), ("w", "Nat"), ("h", "f ?w = f ?w")], ((0,), (1, 2))),
        ([("h", "p ?w"), ("mid", "q"), ("w", "Nat")], ((0, 2), (1,))),
        # Two that share one which no goal stands for by name: it may be any without a name.
        ([("x", "p ?m.5"), ("", "Nat"), ("y", "q ?m.5"), ("z", "r")], ((0, 1, 2), (3,))),
        # Universe metavariables count.
        ([("x", "Sort ?u.3"), ("y", "Sort ?u.3"), ("z", "r")], ((0, 1), (2,))),
        # Dotted names.
        ([("right.right.h", "f ?right.right.w"), ("right.right.w", "Nat"), ("k", "a")], ((0, 1), (2,))),
        # What only looks like one.
        ([("a", "l.get? x = y"), ("b", "xs[i]? = z"), ("c", "h!?w")], ((0,), (1,), (2,))),
    ],
)
def test_goals_that_share_metavariables_are_one_group(conclusions, groups):
    text = "\n\n".join((f"case {tag}\n" if tag else "") + f"⊢ {conclusion}" for tag, conclusion in conclusions)
    assert group(parse_state(text)) == groups


def test_identity_sees_what_the_usual_print_hides():
    plain = "x y : Nat\n⊢ x = y"
    (one,) = parse_state(plain, "x y : Nat\n⊢ @Eq.{1} Nat x y")
    (other,) = parse_state(plain, "x y : Nat\n⊢ @Eq.{1} (id Nat) x y")
    assert identity([one]) == identity(parse_state(plain, "x y : Nat\n⊢ @Eq.{1} Nat x y"))
    assert identity([one]) != identity([other])


@pytest.mark.parametrize("exact", ["⊢ p ?w", "⊢ f ⋯", "⊢ failed to pretty print expression"])
def test_what_the_text_does_not_settle_is_never_merged(exact):
    assert identity(parse_state("⊢ p x", exact)) is None


def test_a_case_name_is_no_part_of_the_identity():
    (left, right) = parse_state("case a\n⊢ p\n\ncase b\n⊢ p")
    assert identity([left]) == identity([right])
    assert identity([left, right]) is None
