"""Rewards on the way to a proof."""

from __future__ import annotations

import gymnasium
import pytest

from aitp_gym.errors import BadInput
from aitp_gym.wrappers import FocusGoal, ShapeReward

from .conftest import play

PROOF = ["split", "intro", "assumption", "intro", "assumption"]


def rewards(tactics, theorem="(p -> p) & (q -> q)", **arguments):
    env = ShapeReward(FocusGoal(gymnasium.make("aitp/Propositional-v0", max_tactics=9).unwrapped), **arguments)
    env.reset(options={"theorem": theorem})
    with env:
        return [env.step(tactic) for tactic in tactics]


def test_open_goals_are_those_of_the_best_partial_proof():
    # Open are 1, and still 1 after a tactic that fails, then 2, 2, 1, 1, 0.
    steps = rewards(["left", *PROOF], goals=1.0, gamma=1.0)
    assert [step[1] for step in steps] == pytest.approx([0, -1, 0, 1, 0, 1 + 1], abs=1e-4)
    assert [step[4]["unshaped_reward"] for step in steps] == [0, 0, 0, 0, 0, 1]


def test_of_two_ways_the_better_one_counts():
    # `exfalso` leaves one goal, `split` two: the second way is no step back.
    steps = rewards(["exfalso"], goals=1.0, gamma=1.0)
    assert steps[0][1] == pytest.approx(0, abs=1e-4)
    env = ShapeReward(FocusGoal(gymnasium.make("aitp/Propositional-v0").unwrapped, "oldest"), goals=1.0, gamma=1.0)
    with env:
        env.reset(options={"theorem": "(p -> p) & (q -> q)"})
        assert [env.step(tactic)[1] for tactic in ("split", "exfalso")] == pytest.approx([-1, 1], abs=1e-4)


def test_the_distance_counts_tactics_and_open_goals_of_what_is_not_proved_yet():
    steps = rewards(PROOF, distance=1.0, gamma=1.0)
    # 1; split and two goals: 3; with `intro` 4; the first half is proved: 2; with `intro` 3; 0.
    assert [step[1] for step in steps] == pytest.approx([-2, -1, 2, -1, 3 + 1])


@pytest.mark.parametrize("weights", [{"goals": 0.3}, {"distance": 0.2}, {"goals": 0.1, "distance": 0.5}])
def test_shaping_adds_the_same_to_every_episode_whatever_is_done(menu_env, weights):
    # Ng, Harada and Russell: the discounted sum of what is added is minus the potential of the first state, as soon
    # as an episode has terminated, whichever way it went.
    gamma = 0.9
    env = menu_env(shaping={**weights, "gamma": gamma}, max_tactics=64)
    first = -sum(weights.values())
    ended = 0
    for seed in range(40):
        _, *steps = play(env, seed)
        if not steps[-1][2]:
            continue
        added = [step[1] - step[4]["unshaped_reward"] for step in steps]
        assert sum(gamma**t * each for t, each in enumerate(added)) == pytest.approx(-first, abs=1e-4)
        ended += 1
    assert ended > 5


def test_a_step_cost_makes_short_proofs_better_and_any_proof_better_than_none(menu_env):
    env = menu_env(shaping={"step_cost": 0.05}, max_tactics=16)
    returns = {True: [], False: []}
    for seed in range(60):
        _, *steps = play(env, seed)
        total = sum(step[1] for step in steps)
        assert total == pytest.approx(steps[-1][4]["unshaped_reward"] - 0.05 * len(steps))
        returns[steps[-1][4]["is_success"]].append(total)
    assert min(returns[True]) > max(returns[False])


def test_without_arguments_nothing_is_added(menu_env):
    for (_, plain, *_), (_, shaped, *_) in zip(
        play(menu_env(), 0, episodes=9)[1:], play(menu_env(shaping={}), 0, episodes=9)[1:], strict=True
    ):
        if not isinstance(plain, dict):
            assert plain == shaped


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"goals": -0.1}, "goals must be a number >= 0"),
        ({"distance": float("nan")}, "distance must be a number >= 0"),
        ({"gamma": 0.0}, "gamma must be a number above 0"),
    ],
)
def test_numbers_out_of_range_are_refused(menu_env, arguments, words):
    with pytest.raises(BadInput, match=words):
        menu_env(shaping=arguments)


@pytest.mark.parametrize("max_tactics", [10, None])
def test_a_step_cost_that_makes_giving_up_better_than_a_proof_is_refused(menu_env, max_tactics):
    env = menu_env(shaping={"step_cost": 0.1}, max_tactics=max_tactics)
    with pytest.raises(BadInput, match="make giving up better than a long proof"):
        env.reset(seed=0)
