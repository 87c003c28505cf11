"""Attempts as a language model meets them."""

from __future__ import annotations

import gymnasium
import pytest
from gymnasium.error import ResetNeeded

from aitp_gym.envs import ProofEnv
from aitp_gym.errors import BadInput, StatementError, UnknownName
from aitp_gym.proof import FAILURE_KINDS, Failure, Goal, ProofGraph, Subgoals
from aitp_gym.serve.proof_line import goals_on_line
from aitp_gym.serve.rollout import REWARD_PARTS, Rollout
from aitp_gym.serve.tasks import Tasks
from aitp_gym.theorems import load

from .servers import WatchedProver

SWAP = "p ∧ q → q ∧ p"
PROOF = ("intro", "cases h0", "split", "assumption", "assumption")


@pytest.fixture
def theorems():
    return load("propositional-small")


@pytest.fixture
def rollout(watched, theorems):
    rollout = Rollout(ProofEnv(watched, theorems, max_goals=16), Tasks(theorems, "train"))
    yield rollout
    rollout.close()
    assert watched.sessions == []


def test_the_reward_is_one_for_the_tactic_whose_proof_was_accepted_and_for_no_other(rollout):
    assert rollout.begin(SWAP).reward is None
    turns = [rollout.step(tactic) for tactic in PROOF]
    assert [turn.reward for turn in turns] == [0.0, 0.0, 0.0, 0.0, 1.0]
    assert [turn.done for turn in turns] == [False] * 4 + [True]
    assert (turns[-1].status, turns[-1].goals, turns[-1].text()) == (
        *("proved", []),
        "Proved: the check accepted the proof.",
    )


def test_a_proof_that_the_check_refuses_earns_nothing(theorems):
    rollout = Rollout(ProofEnv(WatchedProver(refuses=True), theorems), Tasks(theorems))
    rollout.begin(SWAP)
    turns = [rollout.step(tactic) for tactic in PROOF]
    rollout.close()
    assert [turn.reward for turn in turns] == [0.0] * 5
    assert [turn.reward_parts["proved"] for turn in turns] == [0] * 5
    assert not turns[-1].done
    # The goal that its guilty tactic had closed is open again.
    assert turns[-1].goals == ["h0 : p\nh1 : q\n⊢ p"]


def test_after_the_end_nothing_is_applied_and_nothing_is_paid_twice(rollout):
    rollout.begin("p → p")
    rollout.step("intro")
    assert rollout.step("assumption").reward == 1.0
    with pytest.raises(ResetNeeded, match="over \\(proved\\): call reset"):
        rollout.step("assumption")
    assert rollout.last.step_count == 2


def test_the_parts_of_a_dense_reward_count_goals_and_name_the_kind_of_failure(rollout):
    rollout.begin(SWAP)
    counted = []
    for tactic in ("bogus", *PROOF):
        parts = rollout.step(tactic).reward_parts
        assert tuple(parts) == REWARD_PARTS
        counted.append({name: value for name, value in parts.items() if value})
    assert counted == [
        *({"parse": 1}, {"goals_opened": 1}, {"goals_opened": 1}, {"goals_opened": 2}, {"goals_closed": 1}),
        # The last goal, and with it the three above it.
        {"goals_closed": 4, "proved": 1},
    ]
    assert set(FAILURE_KINDS) < set(REWARD_PARTS)


def test_goals_are_those_left_on_the_line_and_earlier_ones_can_be_gone_back_to(rollout):
    rollout.begin(SWAP)
    rollout.step("intro")
    rollout.step("cases h0")
    turn = rollout.step("split")
    before = "h0 : p\nh1 : q\n⊢ "
    assert turn.goals == [f"{before}q", f"{before}p"]
    assert turn.earlier == [f"{before}q ∧ p", "h0 : p ∧ q\n⊢ q ∧ p", f"⊢ {SWAP}"]
    # Number 3 is the goal before `cases`: another tactic there leaves the split behind.
    assert rollout.step("exfalso", 3).goals == ["h0 : p ∧ q\n⊢ ⊥"]


def test_a_goal_that_is_not_shown_costs_a_rejected_tactic(rollout):
    begun = rollout.begin(SWAP)
    for place in (1, -1, 2**40):
        turn = rollout.step("intro", place)
        assert (turn.outcome, turn.goals) == ("rejected", begun.goals)
    assert begun.tactics_left is None or turn.tactics_left == begun.tactics_left - 3


@pytest.mark.parametrize("tactic", ["", "x" * 300_000, "(" * 200_000, "half a pair \ud800", "NUL \0", "sorry"])
def test_no_text_is_more_than_a_failed_tactic(rollout, tactic):
    rollout.begin(SWAP)
    turn = rollout.step(tactic)
    assert (turn.outcome, turn.reward, turn.done) == ("parse", 0.0, False)
    assert len(turn.message) <= 2_048


def test_a_seed_draws_what_the_environment_itself_draws(rollout):
    with gymnasium.make("aitp/Propositional-v0", split="valid").unwrapped as env:
        for seed in range(5):
            env.reset(seed=seed)
            assert rollout.begin(split="valid", seed=seed).theorem == env.theorem.name


def test_a_theorem_comes_by_name_by_number_or_as_a_statement(rollout, theorems):
    third = theorems.split("test")[2]
    assert rollout.begin(split="test", index=2).theorem == third.name
    assert rollout.begin(third.name).split == "test"
    assert rollout.begin("p → p").split == ""


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"theorem": "p → p", "split": "test"}, BadInput, "not both"),
        ({"split": "nonsense"}, UnknownName, "has no split 'nonsense'"),
        ({"index": 10**9}, BadInput, "index must be from 0 to"),
        ({"index": -1}, BadInput, "index must be from 0 to"),
        ({"theorem": "p →"}, StatementError, "Expected a formula"),
    ],
)
def test_a_reset_that_cannot_be_done_leaves_no_attempt(rollout, arguments, error, words):
    rollout.begin("p → p")
    with pytest.raises(error, match=words):
        rollout.begin(**arguments)
    with pytest.raises(ResetNeeded, match="no attempt yet"):
        rollout.step("intro")


def test_the_line_ends_at_the_newest_goal_also_where_a_tactic_led_back_to_it():
    graph = ProofGraph(Goal.single("root"))
    graph.add(0, "down", Subgoals((Goal.single("a"), Goal.single("b"))))
    graph.add(1, "up again", Subgoals((Goal.single("root"),)))
    assert goals_on_line(graph, 0) == {0}
    assert goals_on_line(graph, 2) == {1, 2}


def test_the_line_follows_the_tactic_that_leads_to_the_newest_goal():
    graph = ProofGraph(Goal.single("root"))
    graph.add(0, "left", Subgoals((Goal.single("a"), Goal.single("b"))))
    graph.add(0, "right", Subgoals((Goal.single("c"),)))
    graph.add(0, "wrong", Failure("rejected"))
    assert goals_on_line(graph, 3) == {3}
    assert goals_on_line(graph, 1) == {1, 2}
    graph.add(2, "close", Subgoals(()))
    assert goals_on_line(graph, 1) == {1}
