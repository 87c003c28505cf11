"""Trees of steps made by hand, with the traps that real ones have."""

from __future__ import annotations

from aitp_gym.provers.hollight.recording.recording import RecordedGoal, RecordedProof, RecordedStep
from aitp_gym.provers.hollight.recording.trees import ProofTree, proof_tree

# Terms by their numbers: conclusions and hypotheses alike.
P, Q, R, S = 0, 1, 2, 3


def step(tactic: str, goal: RecordedGoal, *subgoals: RecordedGoal) -> RecordedStep:
    return RecordedStep(tactic, (), goal, subgoals)


def tree_of(*steps: RecordedStep) -> ProofTree | None:
    return proof_tree(RecordedProof(1, 1, "lib.ml", P, steps))


def shape(tree: ProofTree | None) -> object:
    """Names of the tactics, nested as the tree is."""
    assert tree is not None
    below = [shape(child) for child in tree.children]
    return (tree.step.tactic, *below) if below else tree.step.tactic


def test_steps_are_put_below_the_steps_that_left_their_goals():
    tree = tree_of(step("split", (P,), (Q,), (R,)), step("left", (Q,)), step("right", (R,), (S,)), step("last", (S,)))
    assert shape(tree) == ("split", "left", ("right", "last"))
    assert [below.step.tactic for below in tree.walk()] == ["split", "left", "right", "last"]


def test_a_goal_that_is_left_open_makes_no_tree():
    assert tree_of(step("split", (P,), (Q,), (R,)), step("left", (Q,))) is None
    assert tree_of() is None


def test_a_step_at_a_goal_that_nobody_left_is_dropped():
    assert shape(tree_of(step("elsewhere", (S,)), step("close", (P,)))) == "close"


def test_a_branch_that_was_given_up_is_replaced_with_all_that_was_done_below_it():
    tree = tree_of(
        step("tried", (P,), (Q,), (R,)),
        step("tried below", (Q,), (S,)),
        step("taken", (P,), (S,)),
        step("close", (S,)),
    )
    assert shape(tree) == ("taken", "close"), "the goal that the given up branch had left open is not the one closed"


def test_a_goal_that_comes_back_below_itself_keeps_the_steps_between():
    # SUBGOAL_THEN: the lemma becomes a hypothesis, and POP_ASSUM takes it out into the hands of a tactic.
    tree = tree_of(
        step("RAW_SUBGOAL_TAC", (P,), (Q,), (P, Q)),
        step("lemma", (Q,)),
        step("RAW_POP_TAC", (P, Q), (P,)),
        step("REWRITE_TAC", (P,), (R,)),
        step("close", (R,)),
    )
    assert shape(tree) == ("RAW_SUBGOAL_TAC", "lemma", ("RAW_POP_TAC", ("REWRITE_TAC", "close")))


def test_a_step_that_leaves_its_goal_as_it_was_is_idle_and_has_the_goal_below_it():
    tree = tree_of(step("RAW_CONJUNCTS_TAC", (P,), (P,)), step("close", (P,)))
    assert shape(tree) == ("RAW_CONJUNCTS_TAC", "close")
    assert [below.idle for below in tree.walk()] == [True, False]


def test_of_equal_goals_the_youngest_is_meant():
    # REPEAT after a split whose two goals are equal: the first is finished before the second is begun.
    tree = tree_of(
        step("split", (P,), (Q,), (Q,)),
        step("first", (Q,), (R,)),
        step("close first", (R,)),
        step("second", (Q,), (R,)),
        step("close second", (R,)),
    )
    assert shape(tree) == ("split", ("first", "close first"), ("second", "close second"))


def test_a_given_up_branch_takes_no_other_goal_with_it():
    tree = tree_of(
        step("split", (P,), (Q,), (S,)),
        step("tried", (Q,), (S,)),
        step("tried below", (S,), (R,)),
        step("taken", (Q,)),
        step("right", (S,)),
    )
    assert shape(tree) == ("split", "taken", "right")
