"""A recorded attempt in the place of a prover."""

from __future__ import annotations

import pytest

from aitp_gym.errors import BadInput
from aitp_gym.proof import Attempt, Budget, Failure, Premises, Proof, ProofStep, Spent, Step, Subgoals, Theorem
from aitp_gym.provers.base import Prover, ProverSession
from aitp_gym.provers.recorded import RecordedProver

THEOREM = Theorem("th", "p → p ∧ p", "propositional")


def step(index: int, node: int, goal: str, tactic: str, children: tuple[int, ...] = (), **given: object) -> Step:
    values = {"outcome": "subgoals", "message": "", "on_proof": True} | given
    return Step(
        index, node, goal, tactic, logprob=-1.0, children=children, elapsed_s=0.5, cpu_s=0.25, visits=1, **values
    )


STEPS = (
    step(0, 0, "⊢ p → p ∧ p", "left", outcome="rejected", message="no disjunction", on_proof=False),
    step(1, 0, "⊢ p → p ∧ p", "intro", (1,)),
    step(2, 1, "p\n⊢ p ∧ p", "split", (2, 2), on_proof=False),
    step(3, 1, "p\n⊢ p ∧ p", "cheat", refused=True, on_proof=False),
    step(4, 1, "p\n⊢ p ∧ p", "prove"),
)


@pytest.fixture
def prover() -> RecordedProver:
    made = RecordedProver("propositional", lambda theorem: Premises.none())
    made.load(Attempt(THEOREM, "proved", STEPS, Budget(), Spent()))
    return made


def applied(prover: RecordedProver, *steps: Step) -> Proof:
    """The proof of these steps, once they were applied."""
    goals = {each.node: prover.root for each in STEPS if each.node == 0}
    for each in steps:
        prover.answer(each)
        (outcome,) = prover.apply(goals[each.node], [each.tactic], 1.0)
        if isinstance(outcome, Subgoals):
            goals |= dict(zip(each.children, outcome.goals, strict=True))
    return Proof(tuple(ProofStep(each.tactic, each.goal, (), edge) for edge, each in enumerate(steps)))


def test_it_speaks_the_protocols(prover):
    assert isinstance(prover, Prover)
    assert isinstance(prover, ProverSession)


def test_outcomes_are_those_recorded(prover):
    assert prover.root.text == "⊢ p → p ∧ p"
    prover.answer(STEPS[0])
    assert prover.apply(prover.root, ["left"], 1.0) == [Failure("rejected", "no disjunction", 0.5, 0.25)]
    prover.answer(STEPS[1])
    (outcome,) = prover.apply(prover.root, ["intro"], 1.0)
    assert isinstance(outcome, Subgoals)
    assert [goal.text for goal in outcome.goals] == ["p\n⊢ p ∧ p"]
    assert outcome.goals[0].parts[0].hypotheses == ("p",)


def test_what_was_one_goal_is_one_goal_and_has_no_text_where_nothing_was_tried(prover):
    prover.answer(STEPS[1])
    (outcome,) = prover.apply(prover.root, ["intro"], 1.0)
    prover.answer(STEPS[2])
    (both,) = prover.apply(outcome.goals[0], ["split"], 1.0)
    first, second = both.goals
    assert first.key == second.key != outcome.goals[0].key
    assert first.parts[0].conclusion == ""


def test_only_the_proof_that_was_checked_counts(prover):
    intro, split, cheat, prove = STEPS[1:]
    assert prover.check(THEOREM, applied(prover, intro, prove), 1.0).accepted
    prover.load(Attempt(THEOREM, "proved", STEPS, Budget(), Spent()))
    assert prover.check(THEOREM, applied(prover, intro, split), 1.0).status == "unavailable"
    prover.load(Attempt(THEOREM, "proved", STEPS, Budget(), Spent()))
    verdict = prover.check(THEOREM, applied(prover, intro, cheat), 1.0)
    assert (verdict.status, verdict.step) == ("refused", 1)
    prover.load(Attempt(THEOREM, "budget", STEPS, Budget(), Spent()))
    assert prover.check(THEOREM, applied(prover, intro, prove), 1.0).status == "unavailable"


def test_what_was_not_recorded_is_refused(prover):
    with pytest.raises(BadInput, match="Nothing is recorded of 'intro'"):
        prover.apply(prover.root, ["intro"], 1.0)
    prover.answer(STEPS[4])
    with pytest.raises(BadInput, match="name a step of its goal"):
        prover.apply(prover.root, ["prove"], 1.0)
    with pytest.raises(BadInput, match="reads no statements"):
        prover.parse("p")
