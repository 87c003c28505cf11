"""One goal at a time."""

from __future__ import annotations

import gymnasium
import pytest
from gymnasium.utils.env_checker import check_env

from aitp_gym.errors import BadInput
from aitp_gym.wrappers import FocusGoal

SPLIT = "(a -> b -> a) & (p -> p)"
THEOREM = "⊢ (a → b → a) ∧ (p → p)"


@pytest.fixture
def focused():
    made = []

    def make(rule="newest", theorem=SPLIT, **settings):
        env = FocusGoal(gymnasium.make("aitp/Propositional-v0", **settings).unwrapped, rule)
        made.append(env)
        env.reset(seed=0, options={"theorem": theorem})
        return env

    yield make
    for env in made:
        env.close()


@pytest.mark.filterwarnings("ignore:.*different from the unwrapped version")
def test_it_is_an_environment_of_texts(focused):
    check_env(focused(), skip_render_check=True)


@pytest.mark.parametrize(("rule", "goal"), [("newest", "⊢ a → b → a"), ("oldest", THEOREM), ("shortest", "⊢ p → p")])
def test_the_rule_chooses_the_goal(focused, rule, goal):
    observation, *_ = focused(rule).step("split")
    assert observation["goal"] == goal
    # Both halves, and the theorem, which may be tried in another way.
    assert observation["count"] == 3


def test_a_tactic_is_applied_to_the_goal_in_focus(focused):
    env = focused("shortest")
    env.step("split")
    assert env.goal.text == "⊢ p → p"
    observation, _, _, _, info = env.step("intro")
    assert info["outcome"] == "subgoals"
    assert observation["goal"] == "p\n⊢ p"


def test_a_goal_that_is_left_comes_into_focus_no_more_and_costs_nothing(focused):
    env = focused()
    env.step("split")
    spent = env.unwrapped.spent.tactics
    left = env.node
    observation, reward, terminated, truncated, info = env.leave()
    assert (reward, info["outcome"], info["node"], terminated, truncated) == (0.0, "none", left, False, False)
    # The other half alone proves nothing: the theorem itself is all that is left.
    assert (observation["goal"], observation["count"]) == (THEOREM, 1)
    observation, reward, terminated, truncated, info = env.leave()
    assert (reward, terminated, truncated, info["status"]) == (0.0, True, False, "failed")
    assert env.unwrapped.spent.tactics == spent
    assert (observation["goal"], env.node, env.goal) == ("", None, None)
    with pytest.raises(BadInput, match="no goal in focus"):
        env.leave()


def test_an_action_that_is_sent_to_nobody_costs_an_application(focused):
    env = focused(max_tactics=2)
    for last in (False, True):
        observation, reward, terminated, truncated, info = env.reject("nonsense", "not on the menu")
        assert (info["outcome"], info["message"], reward) == ("rejected", "not on the menu", 0.0)
        assert (terminated, truncated) == (False, last)
        assert observation["goal"] == THEOREM


def test_what_it_cannot_wrap_is_refused_in_one_sentence(focused):
    with pytest.raises(BadInput, match="whose actions choose a goal and a tactic"):
        FocusGoal(focused())
    with pytest.raises(BadInput, match="wraps environments of aitp-gym"):
        FocusGoal(gymnasium.make("CartPole-v1"))
