import random
from dataclasses import replace

import pytest

from aitp_gym.agents.agent import SearchAgent
from aitp_gym.agents.policies.uniform import UniformPolicy
from aitp_gym.envs import ProofEnv
from aitp_gym.proof import Budget, Status
from aitp_gym.provers.propositional.prover import PropositionalProver
from aitp_gym.search import BestFirst
from aitp_gym.theorems import load
from aitp_gym.training.lightning.goal_model.replay import replay

from .conftest import attempt, step


def found(*steps):
    return {worked.goal.removeprefix("⊢ goal "): (worked.status, worked.visits) for worked in replay(attempt(*steps))}


def test_a_goal_is_proved_by_its_subgoals_and_counts_the_tactics_up_to_its_proof():
    assert found(
        step(0, 0, "rejected"),
        step(1, 0, children=(1, 2)),
        step(2, 1),
        step(3, 2, "rejected"),
        step(4, 2),
        step(5, 2, "rejected"),
    ) == {"0": (Status.PROVED, 5), "1": (Status.PROVED, 1), "2": (Status.PROVED, 2)}


def test_an_open_goal_counts_all_tactics_at_it_and_below_it():
    assert found(
        step(0, 0, children=(1,)), step(1, 1, "rejected"), step(2, 1, children=(2,)), step(3, 2, "timeout")
    ) == {
        "0": (Status.OPEN, 4),
        "1": (Status.OPEN, 3),
        "2": (Status.OPEN, 1),
    }


def test_a_goal_fails_only_if_it_was_explored():
    rows = [step(0, 0, children=(1,)), step(1, 1, "rejected")]
    assert {status for status, _ in found(*rows).values()} == {Status.OPEN}
    explored = [replace(row, explored=True) for row in rows]
    assert {status for status, _ in found(*explored).values()} == {Status.FAILED}


def test_goals_that_only_close_through_each_other_fail():
    # The first step was made before goal 0 came to lie below goal 1.
    assert found(step(0, 0, children=(1,), explored=True), step(1, 1, children=(0,), explored=True)) == {
        "0": (Status.FAILED, 2),
        "1": (Status.FAILED, 1),
    }


def test_a_shared_goal_counts_for_each_goal_above_it():
    rows = [step(0, 0, children=(1, 2)), step(1, 1, children=(3,)), step(2, 2, children=(3,)), step(3, 3, "rejected")]
    assert found(*rows) == {
        "0": (Status.OPEN, 4),
        "1": (Status.OPEN, 2),
        "2": (Status.OPEN, 2),
        "3": (Status.OPEN, 1),
    }


def test_a_refused_step_proves_nothing():
    assert found(step(0, 0, refused=True)) == {"0": (Status.OPEN, 1)}


def test_strays_and_steps_at_goals_that_nothing_leads_to_are_left_out():
    assert found(step(0, -1, "rejected"), step(1, 0, "rejected"), step(2, 7)) == {"0": (Status.OPEN, 1)}


@pytest.mark.parametrize("seed", range(6))
def test_statuses_come_out_as_the_attempt_had_them(seed):
    theorems = load("propositional-small").split("train")
    with ProofEnv(PropositionalProver(), load("propositional-small")) as env:
        agent = SearchAgent(UniformPolicy("propositional"), BestFirst(), num_sampled_tactics=8)
        for theorem in random.Random(seed).sample(theorems, 8):
            env.reset(seed=seed, options={"theorem": theorem, "budget": Budget(max_tactics=200)})
            made = agent.prove(env)
            worked = [node for node in env.graph.nodes if node.edges]
            replayed = replay(made)
            assert [each.status for each in replayed] == [node.status for node in worked]
            assert [each.goal for each in replayed] == [node.goal.text for node in worked]
            assert replayed[0].visits == (made.proved_at or len(made.steps))
