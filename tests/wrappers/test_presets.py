"""What every preset id must hold."""

from __future__ import annotations

import copy
import pickle
import warnings
from dataclasses import replace

import gymnasium
import numpy as np
import psutil
import pytest
from gymnasium import spaces
from gymnasium.envs.registration import EnvSpec
from gymnasium.utils.env_checker import check_env, data_equivalence
from gymnasium.vector import AutoresetMode
from gymnasium.wrappers import RecordEpisodeStatistics

from aitp_gym.envs import ProofEnv
from aitp_gym.envs.registration import known_ids, make_env
from aitp_gym.errors import BadInput, UnknownName
from aitp_gym.provers import registry
from aitp_gym.provers.spec import MenuPreset
from aitp_gym.wrappers.presets import preset_id, register_presets

from .conftest import PROVERS, play


def test_the_presets_are_registered():
    assert [name for name in known_ids() if "-Menu-" in name] == sorted(PROVERS)


def test_check_env_has_nothing_to_say_but_that_there_are_wrappers(preset):
    with preset() as env, warnings.catch_warnings():
        # Gymnasium says so of every environment with a wrapper.
        warnings.filterwarnings("ignore", "(?s).*is different from the unwrapped version")
        check_env(env)
        check_env(env.unwrapped)


def test_observations_are_exactly_what_action_masking_networks_take(preset):
    with preset() as env:
        assert isinstance(env.observation_space, spaces.Dict)
        assert list(env.observation_space) == ["action_mask", "observations"]
        assert env.observation_space["action_mask"] == spaces.Box(0.0, 1.0, (env.action_space.n,), np.float32)
        observation, _ = env.reset(seed=0)
        mask = env.get_wrapper_attr("action_masks")()
        assert (mask.dtype, mask.shape) == (np.bool_, (env.action_space.n,))
        assert (observation["action_mask"] == mask).all()
        assert mask.any()


def test_specs_pickle_are_json_and_make_the_same_environment(preset):
    with preset(max_tactics=7, tactic_timeout_s=0.2) as env:
        assert [wrapper.name for wrapper in env.spec.additional_wrappers] == ["FocusGoal", "TacticMenu", "HashGoal"]
        for spec in (pickle.loads(pickle.dumps(env.spec)), EnvSpec.from_json(env.spec.to_json())):
            assert spec == env.spec
            with gymnasium.make(spec) as twin:
                twin.reset(seed=1)
                assert twin.unwrapped.tactics_left() == 7
                assert (twin.action_space, twin.observation_space) == (env.action_space, env.observation_space)


def test_a_copy_is_a_fresh_environment_with_the_same_episodes(preset):
    with preset() as env:
        env.reset(seed=2)
        env.step(int(np.flatnonzero(env.get_wrapper_attr("action_masks")())[0]))
        first = env.reset(seed=3)[0]
        for twin in (pickle.loads(pickle.dumps(env)), copy.deepcopy(env)):
            with twin:
                assert not twin.get_wrapper_attr("action_masks")().any()
                assert data_equivalence(twin.reset(seed=3)[0], first)
        # The one it was copied from goes on.
        env.step(int(np.flatnonzero(env.get_wrapper_attr("action_masks")())[0]))


def test_the_same_seed_gives_the_same_episodes_where_that_is_promised(menu_env):
    assert data_equivalence(play(menu_env(), 4, episodes=30), play(menu_env(), 4, episodes=30))


def vectorise(preset, mode):
    options = {"shared_memory": True, "context": "spawn"} if mode == "async" else {}
    envs = gymnasium.make_vec(
        preset.id, 2, vectorization_mode=mode, vector_kwargs=options, **preset.arguments, max_tactics=3
    )
    try:
        observations, _ = envs.reset(seed=3)
        ended = np.zeros(2, dtype=bool)
        for _ in range(5):
            assert observations in envs.observation_space
            actions = np.array([np.flatnonzero(mask)[0] for mask in observations["action_mask"]])
            observations, _, terminated, truncated, _ = envs.step(actions)
            ended |= terminated | truncated
        assert ended.all()
    finally:
        envs.close()


def test_presets_vectorise_in_process(preset):
    vectorise(preset, "sync")


@pytest.mark.integration
def test_presets_vectorise_in_processes_with_shared_memory(preset):
    vectorise(preset, "async")


@pytest.mark.parametrize("mode", list(AutoresetMode))
def test_autoreset_modes_go_on_with_the_next_episode(mode):
    envs = gymnasium.make_vec(
        "aitp/Propositional-Menu-v0", 3, vectorization_mode="sync", vector_kwargs={"autoreset_mode": mode}
    )
    observations, _ = envs.reset(seed=0)
    episodes = np.zeros(3, int)
    rng = np.random.default_rng(0)
    for _ in range(60):
        actions = np.array([rng.choice(np.flatnonzero(mask)) for mask in observations["action_mask"]])
        observations, _, terminated, truncated, _ = envs.step(actions)
        ended = terminated | truncated
        episodes += ended
        if mode is AutoresetMode.DISABLED and ended.any():
            observations, _ = envs.reset(options={"reset_mask": ended})
        assert observations in envs.observation_space
        assert (observations["action_mask"].sum(axis=1) > 0).all()
    assert (episodes >= 3).all()
    envs.close()


def test_record_episode_statistics_counts_return_and_length(menu_env):
    env = RecordEpisodeStatistics(menu_env())
    told = play(env, 0)
    episode = told[-1][4]["episode"]
    assert episode["l"] == len(told) - 1
    assert episode["r"] == sum(step[1] for step in told[1:])


@pytest.mark.parametrize(("asked", "mode"), [("rgb_array", None), (None, None), ("ansi", "ansi")])
def test_a_render_mode_that_libraries_ask_for_without_need_is_taken_as_none(asked, mode):
    # Warnings are errors here, and `gymnasium.make` warns about modes that an id does not list.
    with gymnasium.make("aitp/Propositional-Menu-v0", render_mode=asked) as env:
        assert env.render_mode == mode
        env.reset(seed=0)
        if mode:
            assert "1 goals, 0 tactics" in env.render()


def test_every_argument_reaches_the_environment_inside_and_its_wrappers(menu_env):
    env = menu_env(
        theorem_set="propositional-medium-3",
        split="valid",
        max_tactics=5,
        max_nodes=4,
        menu="propositional",
        k=2,
        focus="oldest",
        observation={"kind": "tokens", "length": 32},
        shaping={"goals": 0.1, "gamma": 1.0},
    )
    env.reset(seed=0)
    inside = env.unwrapped
    assert isinstance(inside, ProofEnv)
    assert (inside.theorem.theorem_set, inside.theorem.split) == ("propositional-medium-3", "valid")
    assert (inside.budget.max_tactics, inside.budget.max_nodes) == (5, 4)
    assert env.action_space.n == 6 + 4 * 2
    assert env.observation_space["observations"].shape == (32,)
    names = ["FocusGoal", "TacticMenu", "ShapeReward", "TokenizeGoal"]
    assert [wrapper.name for wrapper in env.spec.additional_wrappers] == names


@pytest.mark.parametrize(
    ("settings", "error", "words"),
    [
        ({"menu": "propositionl"}, UnknownName, "There is no menu 'propositionl'. Did you mean 'propositional'?"),
        ({"menu": "hollight-full"}, BadInput, "written for hollight, and this environment's prover is propositional"),
        ({"k": 9}, BadInput, "k must be a whole number from 0 to 8, as far as the menu 'propositional' reaches"),
        ({"k": -1}, BadInput, "k must be a whole number from 0 to 8"),
        ({"k": 2.0}, BadInput, "got 2.0"),
        ({"focus": "best"}, BadInput, "'newest', 'oldest', 'shortest'"),
        ({"observation": "image"}, BadInput, "observation must be one of"),
        ({"observation": {"buckets": 3}}, BadInput, "a mapping with this `kind`"),
        ({"observation": {"kind": "hash", "size": 3}}, BadInput, "does not fit HashGoal"),
        ({"observation": {"kind": "hash", "buckets": 0}}, BadInput, "buckets must be a whole number >= 1, got 0"),
        ({"shaping": {"weight": 1.0}}, BadInput, "does not fit ShapeReward"),
        ({"render_mode": "ascii"}, BadInput, "render_mode must be one of"),
        ({"split": "training"}, UnknownName, "no split 'training'"),
    ],
)
def test_wrong_arguments_are_refused_in_one_sentence(settings, error, words):
    with warnings.catch_warnings():
        # Gymnasium's own, about a render mode that the id does not list.
        warnings.filterwarnings("ignore", ".*not in the possible render_modes")
        with pytest.raises(error) as caught:
            gymnasium.make("aitp/Propositional-Menu-v0", **settings)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_argument_that_nobody_takes_is_refused():
    with pytest.raises(TypeError, match="max_tactic"):
        gymnasium.make("aitp/Propositional-Menu-v0", max_tactic=3)


def test_the_environment_inside_serves_agents_too():
    env = make_env("aitp/Propositional-Menu-v0", {"max_tactics": 3})
    assert isinstance(env, ProofEnv)
    env.close()


def test_a_prover_from_outside_gets_a_preset_with_one_field(monkeypatch):
    spec = registry.find("propositional").environments[0]
    other = replace(spec, id="aitp/Other-v3", preset=MenuPreset("propositional", max_tactics=5, premises=0))
    plug = replace(registry.find("propositional"), name="other", environments=(other,), theorem_sets=(), menus=None)
    monkeypatch.setitem(registry._specs, "other", plug)
    assert preset_id(other.id) == "aitp/Other-Menu-v3"
    try:
        register_presets()
        with gymnasium.make("aitp/Other-Menu-v3") as env:
            assert env.reset(seed=0)[0] in env.observation_space
    finally:
        gymnasium.registry.pop("aitp/Other-Menu-v3", None)


def walk(preset, env, steps):
    """Random masked steps; resident memory in bytes after each fifth of them."""
    # The stand-in for Lean finds proofs and has nothing that could check them.
    unchecked = preset.id == "aitp/LeanDojo-Menu-v0"
    process, rng = psutil.Process(), np.random.default_rng(0)
    held = []
    env.reset(seed=0)
    for step in range(1, steps + 1):
        mask = env.get_wrapper_attr("action_masks")()
        observation, _, terminated, truncated, info = env.step(int(rng.choice(np.flatnonzero(mask))))
        fault = info.get("fault", "")
        assert not fault or (unchecked and "could not be checked: Lean was not found" in fault), fault
        if terminated or truncated:
            env.reset()
        if step % (steps // 5) == 0:
            assert observation in env.observation_space
            held.append(process.memory_info().rss)
    return held


def test_random_masked_steps_raise_nothing(preset):
    with preset() as env:
        walk(preset, env, 50)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_ten_thousand_random_masked_steps_raise_nothing_and_memory_stays_flat(preset):
    with preset() as env:
        held = walk(preset, env, 10_000)
        # What is kept between episodes (texts, vectors) fills up in the first thousands of steps.
        assert held[-1] < held[1] + 30 * 2**20
