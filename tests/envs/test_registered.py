"""What every registered id must hold."""

import pickle
import random

import gymnasium
import numpy as np
import pytest
from gymnasium.envs.registration import EnvSpec
from gymnasium.utils.env_checker import check_env

import aitp_gym
from aitp_gym.envs import ProofEnv
from aitp_gym.errors import BadInput, UnknownName

# The presets for standard RL libraries have tests of their own.
IDS = sorted(name for name in gymnasium.registry if name.startswith("aitp/") and "-Menu-" not in name)
TACTICS = {
    "aitp/Propositional-v0": ["intro", "assumption", "split", "left", "right", "cases h0", "apply h0", "exfalso", "∀"],
    "aitp/HOL4-v0": ["gen_tac", "strip_tac", "conj_tac", "EQ_TAC", "metis_tac []", "simp []", "REFL_TAC", "∀"],
    "aitp/Lean-v0": ["intro x", "intros", "constructor", "assumption", "simp", "cases x", "rfl", "∀"],
    "aitp/HOList-v0": ["GEN_TAC", "DISCH_TAC", "CONJ_TAC", "EQ_TAC", "MESON_TAC [ ]", "REFL_TAC", "∀"],
}


@pytest.fixture(params=IDS)
def env_id(request):
    if request.param == "aitp/LeanDojo-v0":
        pytest.skip(
            "aitp/LeanDojo-v0 needs a repository that LeanDojo has traced; tests/provers/lean/dojo has stand-ins"
        )
    prover = {"aitp/HOList-v0": "hollight", "aitp/HOL4-v0": "hol4", "aitp/Lean-v0": "lean"}.get(request.param)
    if prover is not None:
        request.getfixturevalue(prover)
    return request.param


def policy(env_id, seed):
    rng = random.Random(seed)
    while True:
        yield {"goal": rng.choice([0, 0, 0, 1, 50]), "tactic": rng.choice(TACTICS[env_id])}


def test_the_ids_are_registered():
    assert IDS == ["aitp/HOL4-v0", "aitp/HOList-v0", "aitp/Lean-v0", "aitp/LeanDojo-v0", "aitp/Propositional-v0"]
    assert aitp_gym.__version__


def test_check_env_has_nothing_to_say(env_id):
    # Warnings are errors in this suite, and Gymnasium's checker warns.
    with gymnasium.make(env_id) as env:
        check_env(env.unwrapped)


def test_spaces_pickle_small_and_equal(env_id):
    with gymnasium.make(env_id) as env:
        for space in (env.observation_space, env.action_space):
            space.seed(1)
            stored = pickle.dumps(space)
            assert len(stored) < 5_000
            assert pickle.loads(stored) == space


def test_specs_pickle_and_are_json(env_id):
    with gymnasium.make(env_id, max_tactics=7, split="valid", tactic_timeout_s=0.2) as env:
        for spec in (pickle.loads(pickle.dumps(env.spec)), EnvSpec.from_json(env.spec.to_json())):
            assert spec == env.spec
            with gymnasium.make(spec) as twin:
                twin.reset(seed=1)
                assert twin.unwrapped.tactics_left() == 7
                assert twin.unwrapped.theorem.split == "valid"


def test_the_same_seed_gives_the_same_episode():
    env_id = "aitp/Propositional-v0"

    def play():
        told = []
        with gymnasium.make(env_id, max_tactics=40) as env:
            for episode in range(20):
                told.append(env.reset(seed=5 if episode == 0 else None))
                for action in policy(env_id, episode):
                    told.append(env.step(action))
                    if told[-1][2] or told[-1][3]:
                        break
        return told

    first = play()
    assert first == play()
    assert any(step[1] == 1.0 for step in first if len(step) == 5)


def test_wrong_arguments_are_refused(env_id):
    with pytest.raises(UnknownName, match="no split 'training'"):
        gymnasium.make(env_id, split="training")
    with pytest.raises(UnknownName, match="Expected a theorem set"):
        gymnasium.make(env_id, theorem_set="nonsense")
    with pytest.raises(TypeError, match="max_tactic"):
        gymnasium.make(env_id, max_tactic=3)


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_environments_vectorise(env_id, mode):
    options = {"shared_memory": False, "context": "spawn"} if mode == "async" else {}
    envs = gymnasium.make_vec(env_id, 2, vectorization_mode=mode, vector_kwargs=options, max_tactics=6)
    try:
        observations, infos = envs.reset(seed=3)
        assert observations in envs.observation_space
        assert [len(nodes) for nodes in infos["nodes"]] == [1, 1]
        ended = np.zeros(2, dtype=bool)
        policies = policy(env_id, 0), policy(env_id, 1)
        for _ in range(14):
            actions = [next(each) for each in policies]
            batch = {"goal": np.array([a["goal"] for a in actions]), "tactic": tuple(a["tactic"] for a in actions)}
            assert batch in envs.action_space
            observations, rewards, terminated, truncated, infos = envs.step(batch)
            assert observations in envs.observation_space
            assert rewards.shape == (2,)
            ended |= terminated | truncated
        assert ended.all()
    finally:
        envs.close()


def test_an_own_statement_is_proved():
    with gymnasium.make("aitp/Propositional-v0", render_mode="ansi") as env:
        env.reset(options={"theorem": "p /\\ q -> q /\\ p"})
        reward = 0.0
        for tactic in ("intro", "cases h0", "split", "assumption", "assumption"):
            _, reward, terminated, _, info = env.step({"goal": 0, "tactic": tactic})
        assert (reward, terminated) == (1.0, True)
        assert info["proof"].script() == ["intro", "cases h0", "split", "assumption", "assumption"]
        assert env.render().splitlines()[1].startswith("✓ [0] ⊢ p ∧ q → q ∧ p")


def test_an_own_statement_is_proved_by_hollight(hollight):
    with gymnasium.make("aitp/HOList-v0", render_mode="ansi") as env:
        env.reset(options={"theorem": "!p q. p /\\ q ==> q /\\ p"})
        _, reward, terminated, _, info = env.step({"goal": 0, "tactic": "MESON_TAC [ ]"})
        assert (reward, terminated, info["verdict"].status) == (1.0, True, "accepted")
        assert "!p q. p /\\ q ==> q /\\ p" in env.render()


def test_a_file_of_statements_is_a_theorem_set(tmp_path):
    path = tmp_path / "mine.txt"
    path.write_text("p -> p\n")
    with gymnasium.make("aitp/Propositional-v0", theorem_set=str(path), split="test") as env:
        env.reset()
        assert env.unwrapped.theorem.name == "mine.txt:1"


def test_an_environment_that_was_never_made_is_deleted_in_peace():
    ProofEnv.__new__(ProofEnv).__del__()


def test_theorems_of_another_prover_are_refused_at_once(hollight):
    with pytest.raises(BadInput, match="for propositional, not for hollight"):
        gymnasium.make("aitp/HOList-v0", theorem_set="propositional-small")
