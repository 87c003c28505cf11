"""The slots of a menu as actions, and their mask."""

from __future__ import annotations

import gymnasium
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode

from aitp_gym.errors import BadInput
from aitp_gym.menus import Menu
from aitp_gym.menus.offer import make_offer
from aitp_gym.proof import Goal, Premises, Status
from aitp_gym.wrappers import FocusGoal, TacticMenu

from .conftest import play

MENU = Menu.load("propositional")


def slot(tactic: str) -> int:
    (found,) = (i for i, each in enumerate(MENU.slots) if each.template.replace("{index}", str(each.number)) == tactic)
    return found


def inner(env) -> TacticMenu:
    while not isinstance(env, TacticMenu):
        env = env.env
    return env


def true_mask(env) -> np.ndarray:
    """The mask by its definition: what the menu offers for the goal in focus, without what was applied there."""
    menu = inner(env)
    graph, node = env.unwrapped.graph, menu.get_wrapper_attr("node")
    mask = np.zeros(len(menu.menu.slots), bool)
    applied = {graph.edges[edge].tactic for edge in graph.nodes[node].edges}
    premises = env.unwrapped.retrieve_premises() if menu.menu.max_premises else Premises.none()
    for place, tactic in make_offer(menu.menu, graph.nodes[node].goal, premises).tactics.items():
        mask[place] = tactic not in applied
    return mask


def test_at_the_start_only_tactics_without_hypotheses_exist(menu_env):
    env = menu_env()
    observation, _ = env.reset(options={"theorem": "p -> p"})
    allowed = {MENU.slots[i].label for i in np.flatnonzero(observation["action_mask"])}
    assert allowed == {"intro", "assumption", "split", "left", "right", "exfalso"}


def test_what_was_tried_at_a_goal_is_masked_there_and_nowhere_else(menu_env):
    env = menu_env()
    env.reset(options={"theorem": "p -> p"})
    observation, *_, info = env.step(slot("split"))
    assert info["outcome"] == "rejected"
    assert not observation["action_mask"][slot("split")]
    observation, *_ = env.step(slot("intro"))
    assert observation["action_mask"][slot("split")]
    assert observation["action_mask"][slot("exact h0")]
    assert not observation["action_mask"][slot("exact h1")]


def test_what_an_agent_tried_beside_the_menu_is_masked_too(menu_env):
    env = menu_env()
    env.reset(options={"theorem": "p -> p"})
    env.unwrapped.expand(0, ["left", "right"])
    observation, *_ = env.step(slot("split"))
    assert not observation["action_mask"][[slot("left"), slot("right"), slot("split")]].any()


def test_the_mask_is_that_of_its_definition_in_every_observation(menu_env):
    env = menu_env(max_tactics=20)
    rng = np.random.default_rng(1)
    for _ in range(20):
        observation, _ = env.reset(seed=int(rng.integers(1000)))
        over = False
        while not over:
            assert (observation["action_mask"] == true_mask(env)).all()
            observation, _, terminated, truncated, _ = env.step(int(rng.choice(np.flatnonzero(true_mask(env)))))
            over = terminated or truncated
            assert (env.get_wrapper_attr("action_masks")() == observation["action_mask"]).all()


def test_a_masked_action_costs_an_application_and_is_sent_to_nobody(menu_env):
    env = menu_env()
    env.reset(options={"theorem": "p -> p"})
    _, reward, terminated, truncated, info = env.step(slot("cases h7"))
    assert (info["outcome"], reward, terminated, truncated) == ("rejected", 0.0, False, False)
    assert "'cases h{index} 7' is masked" in info["message"]
    assert env.unwrapped.spent.tactics == 1
    assert not env.unwrapped.graph.edges


def test_a_goal_with_nothing_left_is_explored_and_the_theorem_may_fail(menu_env):
    env = menu_env()
    env.reset(options={"theorem": "p"})
    terminated = False
    while not terminated:
        mask = env.get_wrapper_attr("action_masks")()
        observation, reward, terminated, truncated, info = env.step(int(np.flatnonzero(mask)[0]))
    assert (info["status"], reward, truncated, info["is_success"]) == ("failed", 0.0, False, False)
    # All that there was: six tactics at the theorem, and those of `exfalso`'s goal.
    assert env.unwrapped.graph.root.status is Status.FAILED
    assert env.unwrapped.spent.tactics < 16
    assert observation["action_mask"].all()


def test_success_is_told_at_the_end_and_only_there(menu_env):
    told = play(menu_env(), 0, episodes=60)
    ends = [step for step in told if len(step) == 5 and (step[2] or step[3])]
    assert {end[4]["is_success"] for end in ends} == {True, False}
    assert all(end[4]["is_success"] == (end[4]["status"] == "proved") == (end[1] == 1.0) for end in ends)
    assert not any("is_success" in step[4] for step in told if len(step) == 5 and not (step[2] or step[3]))


def truncate(env, seed: int):
    """Play until an episode is truncated; the last observation, and the mask by its definition."""
    rng = np.random.default_rng(seed)
    while True:
        env.reset(seed=int(rng.integers(2**31)))
        over = False
        while not over:
            mask = env.get_wrapper_attr("action_masks")()
            observation, _, terminated, truncated, _ = env.step(int(rng.choice(np.flatnonzero(mask))))
            over = terminated or truncated
        if truncated and not terminated:
            return observation, true_mask(env)


def test_the_mask_of_a_truncated_episode_is_that_of_its_goal(menu_env):
    env = menu_env(max_tactics=6)
    for seed in range(20):
        observation, mask = truncate(env, seed)
        assert (observation["action_mask"] == mask).all()
        assert mask.any()
        assert not mask.all()


def test_the_final_observation_of_gymnasium_has_the_true_mask():
    envs = gymnasium.make_vec(
        "aitp/Propositional-Menu-v0",
        2,
        vectorization_mode="sync",
        vector_kwargs={"autoreset_mode": AutoresetMode.SAME_STEP},
        max_tactics=4,
    )
    rng, seen = np.random.default_rng(0), 0
    observations, _ = envs.reset(seed=0)
    while seen < 10:
        tried = [{} if env.unwrapped.done else env.unwrapped.graph for env in envs.envs]
        actions = np.array([rng.choice(np.flatnonzero(mask)) for mask in observations["action_mask"]])
        observations, _, terminated, truncated, infos = envs.step(actions)
        for place in np.flatnonzero(truncated & ~terminated):
            mask = infos["final_obs"][place]["action_mask"]
            # The goal in focus at the end: the newest that is open in the graph of the episode that is over.
            graph, nodes = tried[place], infos["final_info"]["nodes"][place]
            goal = graph.nodes[nodes[0]]
            applied = {graph.edges[edge].tactic for edge in goal.edges}
            offered = make_offer(MENU, goal.goal, Premises.none()).tactics
            assert np.flatnonzero(mask).tolist() == [i for i, tactic in offered.items() if tactic not in applied]
            seen += 1
    envs.close()


def test_the_terminal_observation_of_stable_baselines3_has_the_true_mask():
    vec_env = pytest.importorskip("stable_baselines3.common.vec_env", reason="pip install 'aitp-gym[sb3]'")
    held = []

    def make():
        held.append(gymnasium.make("aitp/Propositional-Menu-v0", max_tactics=4))
        return held[-1]

    envs = vec_env.DummyVecEnv([make])
    rng, seen = np.random.default_rng(0), 0
    envs.seed(0)
    observations = envs.reset()
    while seen < 10:
        graph = held[0].unwrapped.graph
        action = rng.choice(np.flatnonzero(observations["action_mask"][0]))
        observations, _, _, (info,) = envs.step(np.array([action]))
        if info.get("TimeLimit.truncated"):
            goal = graph.nodes[info["nodes"][0]]
            applied = {graph.edges[edge].tactic for edge in goal.edges}
            offered = make_offer(MENU, goal.goal, Premises.none()).tactics
            mask = info["terminal_observation"]["action_mask"]
            assert np.flatnonzero(mask).tolist() == [i for i, tactic in offered.items() if tactic not in applied]
            seen += 1
    envs.close()


def test_a_theorem_that_nothing_can_prove_any_more_has_terminated_even_as_the_budget_ends(menu_env):
    env = menu_env()
    env.reset(options={"theorem": "p"})
    terminated, needed = False, 0
    while not terminated:
        _, _, terminated, *_ = env.step(int(np.flatnonzero(env.get_wrapper_attr("action_masks")())[0]))
        needed += 1
    env.reset(options={"theorem": "p", "budget": {"max_tactics": needed}})
    for _ in range(needed):
        _, _, terminated, truncated, info = env.step(int(np.flatnonzero(env.get_wrapper_attr("action_masks")())[0]))
    # A learner must not bootstrap here: nothing can come of it.
    assert (terminated, truncated, info["status"], info["is_success"]) == (True, True, "budget", False)


def test_an_offer_leaves_out_what_does_not_exist_and_what_another_slot_writes():
    offer = make_offer(MENU, Goal.single("q", ["p"]), Premises.none())
    assert "exact h0" in offer.tactics.values()
    assert "exact h1" not in offer.tactics.values()
    assert offer.similarities.shape == (0,)
    assert offer.library_share == 0.0
    full = Menu.load("hollight-full")
    texts = list(make_offer(full, Goal.single("(c (bool) T)"), Premises.none()).tactics.values())
    # Without premises, lists of every length are the empty one.
    assert len(set(texts)) == len(texts)
    assert texts.count("ASM_MESON_TAC [ ]") == 1


@pytest.mark.parametrize("action", [-1, 38])
def test_an_action_outside_the_menu_is_refused(menu_env, action):
    env = inner(menu_env())
    env.reset(seed=0)
    with pytest.raises(BadInput, match="from 0 to 37"):
        env.step(action)


def test_it_wraps_a_focus_goal_and_nothing_else():
    env = gymnasium.make("aitp/Propositional-v0").unwrapped
    with pytest.raises(BadInput, match="FocusGoal chooses: wrap that"):
        TacticMenu(env, "propositional")
    with pytest.raises(BadInput, match="FocusGoal chooses: wrap that"):
        TacticMenu(TacticMenu(FocusGoal(env), "propositional"), "propositional")
    env.close()


def test_actions_over_hollight_name_the_nearest_premises(hollight):
    with gymnasium.make("aitp/HOList-Menu-v0") as env:
        observation, _ = env.reset(seed=0, options={"theorem": "ADD_SYM"})
        offer = inner(env).offer
        assert len(offer.similarities) == 16
        assert (np.diff(offer.similarities) <= 0).all()
        assert (observation["action_mask"] == true_mask(env)).all()
        buckets = env.observation_space["observations"].shape[0] - 20
        assert observation["observations"][buckets : buckets + 4] == pytest.approx(offer.similarities[:4])
        later, _ = env.reset(options={"theorem": "REAL_LE_ADD"})
        share = slice(buckets + 4, buckets + 20)
        # The further back in the library, the more of it may be used.
        assert later["observations"][share].sum() > observation["observations"][share].sum()
