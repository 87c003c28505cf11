import pytest

from aitp_gym.errors import BadInput
from aitp_gym.proof import Failure, Goal, Subgoals


def goal_of(prover, text):
    """The goal `hypothesis, hypothesis ⊢ conclusion`, reached from a statement by tactics."""
    left, _, conclusion = text.partition("⊢")
    hypotheses = [part.strip() for part in left.split(",") if part.strip()]
    statement = " -> ".join([*(f"({h})" for h in hypotheses), f"({conclusion})"])
    session = prover.start(prover.parse(statement))
    goal = session.root
    for _ in hypotheses:
        goal = session.apply(goal, ["intro"], 1.0)[0].goals[0]
    return session, goal


@pytest.mark.parametrize(
    ("goal", "tactic", "left"),
    [
        ("⊢ p → q", "intro", ["p\n⊢ q"]),
        ("p ⊢ ¬q", "intro", ["p\nq\n⊢ ⊥"]),
        ("p ⊢ p → q", "intro", ["p\n⊢ q"]),
        ("p, q ⊢ q", "exact h1", []),
        ("p, q ⊢ q", "assumption", []),
        ("p → q ⊢ q", "apply h0", ["p → q\n⊢ p"]),
        ("p → q → r ⊢ r", "apply h0", ["p → q → r\n⊢ p", "p → q → r\n⊢ q"]),
        ("p → q → r ⊢ q → r", "apply h0", ["p → q → r\n⊢ p"]),
        ("p ⊢ p", "apply h0", []),
        ("¬p ⊢ ⊥", "apply h0", ["¬p\n⊢ p"]),
        ("p → q, s ⊢ r", "specialize h0", ["p → q\ns\n⊢ p", "s\nq\n⊢ r"]),
        ("⊢ p ∧ q", "split", ["⊢ p", "⊢ q"]),
        ("⊢ p ∨ q", "left", ["⊢ p"]),
        ("⊢ p ∨ q", "right", ["⊢ q"]),
        ("p ∧ q, s ⊢ r", "cases h0", ["s\np\nq\n⊢ r"]),
        ("p ∧ q, q ⊢ r", "cases h0", ["q\np\n⊢ r"]),
        ("p ∨ q, s ⊢ r", "cases h0", ["s\np\n⊢ r", "s\nq\n⊢ r"]),
        ("s, ⊥ ⊢ r", "cases h1", []),
        ("p ⊢ r", "exfalso", ["p\n⊢ ⊥"]),
        ("p ⊢ r", "cut p -> r", ["p\n⊢ p → r", "p\np → r\n⊢ r"]),
        ("p, q ⊢ r", "clear h0", ["q\n⊢ r"]),
        ("p, q ⊢ r", "  clear   h0 ", ["q\n⊢ r"]),
    ],
)
def test_tactics_leave_these_goals(prover, goal, tactic, left):
    session, start = goal_of(prover, goal)
    (outcome,) = session.apply(start, [tactic], 1.0)
    assert isinstance(outcome, Subgoals)
    assert [g.text for g in outcome.goals] == left
    assert all(g.key == g.text for g in outcome.goals)


@pytest.mark.parametrize(
    ("goal", "tactic", "kind", "message"),
    [
        ("⊢ p", "intro", "rejected", "A → B"),
        ("p ⊢ q", "exact h0", "rejected", "h0 is p, not q"),
        ("p ⊢ q", "assumption", "rejected", "no hypothesis is q"),
        ("p ⊢ q", "exact h1", "rejected", "there is no h1: hypotheses of the goal: 1"),
        ("p → q ⊢ r", "apply h0", "rejected", "does not lead to r"),
        ("p ∧ q ⊢ r", "specialize h0", "rejected", "A → B"),
        ("⊢ p ∨ q", "split", "rejected", "A ∧ B"),
        ("⊢ p ∧ q", "left", "rejected", "A ∨ B"),
        ("⊢ p ∧ q", "right", "rejected", "A ∨ B"),
        ("p → q ⊢ r", "cases h0", "rejected", "got p → q"),
        ("p → p ⊢ r", "apply h0", "rejected", "does not lead to r"),
        ("q → p → r ⊢ p", "apply h0", "rejected", "does not lead to p"),
        ("p → q ⊢ p", "specialize h0", "no_progress", "asks for p itself"),
        ("r → r ∧ p → r ⊢ r", "apply h0", "no_progress", "asks for r itself"),
        ("⊢ ⊥", "exfalso", "no_progress", "⊥ already"),
        ("p ⊢ q", "cut q", "no_progress", "already"),
        ("p ⊢ q", "cut p", "no_progress", "already"),
        ("⊢ p", "", "parse", "expected one of intro"),
        ("⊢ p", "simp", "parse", "got 'simp'"),
        ("⊢ p", "Intro", "parse", "got 'Intro'"),
        ("⊢ p → q", "intro h0", "parse", "takes no argument"),
        ("p ⊢ p", "exact", "parse", "takes a hypothesis such as h0"),
        ("p ⊢ p", "exact 0", "parse", "takes a hypothesis such as h0"),
        ("p ⊢ p", "exact h00", "parse", "takes a hypothesis such as h0"),
        ("p ⊢ p", "exact h٠", "parse", "takes a hypothesis such as h0"),
        ("p ⊢ p", "cases h0 h0", "parse", "takes a hypothesis such as h0"),
        ("⊢ p", "cut", "parse", "Expected a formula"),
        ("⊢ p", "cut p ->", "parse", "Expected a formula"),
        ("⊢ p", "cut " + "~" * 1000 + "p", "parse", "nested"),
    ],
)
def test_tactics_that_do_not_fit_say_why(prover, goal, tactic, kind, message):
    session, start = goal_of(prover, goal)
    (outcome,) = session.apply(start, [tactic], 1.0)
    assert isinstance(outcome, Failure)
    assert outcome.kind == kind
    assert message in outcome.message


def test_a_batch_ends_after_the_tactic_that_closes(prover):
    session, goal = goal_of(prover, "p ⊢ p")
    outcomes = session.apply(goal, ["split", "exfalso", "assumption", "clear h0"], 1.0)
    assert [type(o) for o in outcomes] == [Failure, Subgoals, Subgoals]
    assert outcomes[-1].closed


@pytest.mark.parametrize("limit", [{"prover_s": 1e-9}, {"wall_s": 1e-9}, {"prover_s": 10.0, "wall_s": 1e-9}])
def test_a_batch_out_of_time_has_tried_one_tactic(prover, limit):
    session, goal = goal_of(prover, "p ⊢ q")
    assert len(session.apply(goal, ["split", "left", "right"], 1.0, **limit)) == 1


def test_times_of_a_batch_are_those_of_its_tactics(prover):
    session, goal = goal_of(prover, "p ⊢ q")
    outcomes = session.apply(goal, ["split", "exfalso"] * 10, 1.0)
    assert len(outcomes) == 20
    assert all(0 < o.elapsed_s == o.cpu_s < 1 for o in outcomes)


def test_no_tactics_are_no_outcomes(prover):
    session, goal = goal_of(prover, "p ⊢ q")
    assert session.apply(goal, [], 1.0) == []


def test_a_goal_of_somebody_else_is_refused_in_words(prover):
    session, _ = goal_of(prover, "p ⊢ q")
    with pytest.raises(BadInput, match=r"session\.root"):
        session.apply(Goal.single("p"), ["intro"], 1.0)


def test_pretty_names_the_hypotheses_as_tactics_do(prover):
    session, goal = goal_of(prover, "p, ¬q ⊢ p ∧ q")
    assert session.pretty(goal) == "h0 : p\nh1 : ¬q\n⊢ p ∧ q"
