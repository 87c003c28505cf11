"""Recorded proofs replayed in HOL Light, checked, and turned into attempts."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import pytest

from aitp_gym.proof import Goal, Sequent, Subgoals
from aitp_gym.provers.hollight.recording.attempts import RecordedFigures, recorded_attempts
from aitp_gym.provers.hollight.recording.recording import RecordedProof, RecordedStep, Recording
from aitp_gym.provers.hollight.recording.say import TAKEN_OUT

# After the whole library, so that every tactic is there.
END = 10**6


class Recorder:
    """Makes recordings of what HOL Light does with tactics."""

    def __init__(self, session) -> None:
        self._session = session
        self.terms: list[str] = []

    def term(self, text: str) -> int:
        if text not in self.terms:
            self.terms.append(text)
        return self.terms.index(text)

    def goal(self, sequent: Sequent) -> tuple[int, ...]:
        return tuple(map(self.term, (sequent.conclusion, *sequent.hypotheses)))

    def after(self, goal: Sequent, tactic: str) -> list[Sequent]:
        (outcome,) = self._session.apply(Goal.single(goal.conclusion, goal.hypotheses), [tactic], 2.0)
        assert isinstance(outcome, Subgoals), outcome
        return [left.parts[0] for left in outcome.goals]

    def step(self, tactic: str, arguments: list, goal: Sequent, *left: Sequent) -> RecordedStep:
        return RecordedStep(tactic, arguments, self.goal(goal), tuple(map(self.goal, left)))


def without(goal: Sequent, *gone: str) -> Sequent:
    return Sequent(tuple(text for text in goal.hypotheses if text not in gone), goal.conclusion)


@pytest.fixture(scope="module")
def recording(hollight) -> Recording:
    """`p /\\ q ==> q /\\ p` by `DISCH_THEN STRIP_ASSUME_TAC`, which takes `p /\\ q` out of the goal to use it."""
    theorem = hollight.parse(r"p /\ q ==> q /\ p")
    with closing(hollight.start(theorem)) as session:
        made = Recorder(session)
        root = session.root.parts[0]
        (assumed,) = made.after(root, "DISCH_TAC")
        (both,) = assumed.hypotheses
        popped = without(assumed, both)
        (stripped,) = made.after(assumed, "STRIP_ASSUME_TAC ASSUM 0")
        stripped = without(stripped, both)
        left, right = made.after(stripped, "CONJ_TAC")
        number = made.term(both)
        in_hand = ["thm", number, [number], None, 0, None]
        idle = made.step("ASM_REWRITE_TAC", [["list", []]], left, left)
        steps = (
            made.step("DISCH_TAC", [], root, assumed),
            made.step("RAW_POP_TAC", [["text", "0"]], assumed, popped),
            made.step("STRIP_ASSUME_TAC", [in_hand], popped, stripped),
            made.step("CONJ_TAC", [], stripped, left, right),
            idle,
            made.step("ASM_REWRITE_TAC", [["list", []]], left),
            made.step("ASM_MESON_TAC", [["list", []]], right),
        )
    proof = RecordedProof(1, END, "lib.ml", made.term(root.conclusion), steps)
    return Recording("1" * 64, tuple(made.terms), (proof,))


def replay(recording: Recording):
    figures = RecordedFigures()
    return list(recorded_attempts(recording, lambda theorem: "train", figures)), figures


def altered(recording: Recording, index: int, **fields) -> Recording:
    """The recording with one step of its proof changed."""
    (proof,) = recording.proofs
    steps = list(proof.steps)
    steps[index] = replace(steps[index], **fields)
    return replace(recording, proofs=(replace(proof, steps=tuple(steps)),))


def test_a_hypothesis_in_the_proofs_hands_stays_in_the_goal_until_it_was_used(recording):
    (attempt,), figures = replay(recording)
    script = attempt.proof.script()
    assert script[:2] == ["DISCH_TAC", "STRIP_ASSUME_TAC ASSUM 0"]
    assert script[2].startswith("RAW_POP_TAC ")
    assert script[3:] == ["CONJ_TAC", "ASM_REWRITE_TAC [ ]", "ASM_MESON_TAC [ ]"]
    assert attempt.proved
    assert attempt.verdict.accepted
    assert attempt.imported
    assert [step.tactic for step in attempt.steps] == script
    assert attempt.steps[3].children == (4, 5)
    counts = {"proofs": 1, "trees": 1, "steps": 6, "sayable": 5, "replayed": 5, "accepted": 1}
    found = figures.as_json()
    assert {name: found[name] for name in counts} == counts
    assert found["by_split"] == {"train": counts}
    assert found["steps_left_out"] == {TAKEN_OUT: 1}
    assert found["proofs_left_out"] == {}


@pytest.mark.parametrize(
    ("index", "tactic", "reason"), [(0, "STRIP_TAC", "other subgoals"), (6, "GEN_TAC", "rejected")]
)
def test_a_step_that_does_something_else_here_is_left_out_and_the_proof_does_not_count(
    recording, index, tactic, reason
):
    (attempt,), figures = replay(altered(recording, index, tactic=tactic, arguments=[]))
    assert (attempt.status, attempt.proof) == ("failed", None)
    assert tactic not in [step.tactic for step in attempt.steps]
    assert figures.steps_left_out == {TAKEN_OUT: 1, reason: 1}
    assert (figures.total.sayable, figures.total.replayed, figures.total.accepted) == (5, 4, 0)


def test_a_recording_that_assumes_what_it_proves_is_not_believed(recording):
    (proof,) = recording.proofs
    itself = ["thm", proof.goal, [proof.goal], None, 0, None]
    steps = (RecordedStep("ACCEPT_TAC", [itself], (proof.goal,), ()),)
    (attempt,), figures = replay(replace(recording, proofs=(replace(proof, steps=steps),)))
    assert (attempt.status, attempt.steps, figures.total.accepted) == ("failed", (), 0)


def test_a_proof_with_an_open_goal_is_counted_and_is_no_attempt(recording):
    (proof,) = recording.proofs
    attempts, figures = replay(replace(recording, proofs=(replace(proof, steps=proof.steps[:-1]),)))
    assert attempts == []
    assert (figures.total.proofs, figures.total.trees) == (1, 0)
    assert figures.proofs_left_out == {"a goal is left open": 1}


def test_what_cannot_be_replayed_leaves_the_other_steps_to_learn_from(recording):
    (attempt,), figures = replay(altered(recording, 6, tactic="NO_SUCH_TAC"))
    assert not attempt.proved
    assert attempt.proof is None
    assert [step.tactic for step in attempt.steps] == ["DISCH_TAC", "RAW_POP_TAC 0", "CONJ_TAC", "ASM_REWRITE_TAC [ ]"]
    assert [step.node for step in attempt.steps] == [0, 1, 3, 4]
    assert attempt.steps[2].children == (4, 5), "the idle step's goal is one node with what comes of it"
    assert figures.steps_left_out == {TAKEN_OUT: 1, "the tactic NO_SUCH_TAC": 1}
    assert figures.proofs_left_out == {"the tactic NO_SUCH_TAC": 1}


def test_a_second_proof_of_a_theorem_is_counted_and_is_no_attempt(recording):
    attempts, figures = replay(replace(recording, proofs=recording.proofs * 2))
    assert len(attempts) == 1
    assert (figures.total.accepted, figures.repeated) == (2, 1)


def test_attempts_are_the_same_every_time(recording):
    assert replay(recording)[0] == replay(recording)[0]
