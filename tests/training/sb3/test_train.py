"""Training by Stable-Baselines3: what it writes, how it goes on, and what it exports."""

from __future__ import annotations

import csv
import importlib.util
import inspect
import json
import pickle
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from pkgutil import resolve_name

import gymnasium
import numpy as np
import pytest
from hydra import compose, initialize_config_module
from omegaconf import OmegaConf

pytest.importorskip("sb3_contrib", reason="Stable-Baselines3 is not installed: pip install 'aitp-gym[sb3]'")

from aitp_gym.agents import SearchAgent
from aitp_gym.agents.policies.base import TacticPolicy
from aitp_gym.agents.policies.sb3 import Sb3Policy
from aitp_gym.envs.registration import known_ids, make_env
from aitp_gym.errors import AitpError, CheckpointError, ConfigError, DependencyNotInstalled, TrainingDiverged
from aitp_gym.files import read_json
from aitp_gym.proof import Goal, Premises
from aitp_gym.search import BestFirst
from aitp_gym.traces import TraceReader
from aitp_gym.training.presets.folder import TrainingFolder
from aitp_gym.training.presets.proof_rates import by_chance, held_out, play
from aitp_gym.training.sb3.config import Sb3Config
from aitp_gym.training.sb3.models import ALGORITHMS, by_model, load_state, make_envs, make_model
from aitp_gym.training.sb3.train import train

SMALL = {
    "maskable_ppo": {"n_steps": 64, "n_epochs": 1},
    "ppo": {"n_steps": 64, "n_epochs": 1},
    "a2c": {},
    "dqn": {"learning_starts": 20, "buffer_size": 200},
}


def configuration(*overrides: str) -> dict:
    with initialize_config_module("aitp_gym.configs", version_base="1.3"):
        return OmegaConf.to_container(compose("train_sb3", list(overrides)), resolve=True)


def small(folder: Path, algorithm: str = "maskable_ppo", **changes) -> Sb3Config:
    content = configuration(f"algorithm={algorithm}", f"directory={folder}") | {
        "steps": 128,
        "evaluate_every": 64,
        "num_valid_theorems": 4,
    }
    content["algorithm"]["settings"] = SMALL[algorithm]
    return Sb3Config.from_dict(content | changes)


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(name, marks=() if name in ("maskable_ppo", "dqn") else pytest.mark.integration)
        for name in ALGORITHMS
    ],
)
def trained(request, tmp_path_factory):
    """Name of an algorithm, and the folder of a small training by it."""
    (folder,) = train(small(tmp_path_factory.mktemp(request.param), request.param))
    return request.param, folder


@pytest.fixture(scope="module")
def policy_folder(tmp_path_factory) -> Path:
    """A policy that was exported."""
    (folder,) = train(small(tmp_path_factory.mktemp("exported"), steps=64))
    return folder / "policy"


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "proof_rates.csv").open() as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", [name.removeprefix("aitp/").removesuffix("-v0") for name in known_ids()])
def test_every_preset_has_its_group_with_the_defaults_of_its_id(name):
    if not name.endswith("-Menu"):
        return
    env = configuration(f"env={name.lower().replace('-', '_')}")["env"]
    registered = gymnasium.spec(env["id"]).kwargs
    assert env["id"] == f"aitp/{name}-v0"
    assert {key: env[key] for key in registered if key != "env_id"} == {
        key: value for key, value in registered.items() if key != "env_id"
    }


@pytest.mark.parametrize("name", ALGORITHMS)
def test_the_settings_of_an_algorithm_are_the_defaults_of_its_class(name):
    content = configuration(f"algorithm={name}")["algorithm"]
    parameters = inspect.signature(resolve_name(ALGORITHMS[name])).parameters
    assert content["name"] == name
    different = {key for key, value in content["settings"].items() if parameters[key].default != value}
    # The default of its buffer would take gigabytes.
    assert different == ({"buffer_size"} if name == "dqn" else set())


def test_a_training_measures_at_the_start_at_intervals_and_at_the_end(trained):
    _, folder = trained
    measured = rows(folder)
    steps = [int(row["steps"]) for row in measured]
    # At the end of the first rollout at which so many have passed; rollouts of A2C have five steps.
    assert [before <= step < before + 5 for before, step in zip([0, 64, 128], steps, strict=True)]
    assert all(0 <= float(row[way]) <= 1 for row in measured for way in ("greedy", "sampled"))
    result = read_json(folder / "result.json")
    assert result["checkpoint"] == str((folder / "policy").absolute())
    assert result["metrics"]["steps"] == steps[-1]
    assert result["metrics"]["num_theorems"] == 4
    assert 0 <= result["metrics"]["random_masked"] <= 1
    assert "held_out/greedy" in (folder / "progress.csv").read_text().partition("\n")[0]


def test_nothing_that_is_written_is_a_pickle(trained):
    _, folder = trained
    written = {path.name for path in folder.rglob("*") if path.is_file()}
    assert {Path(name).suffix for name in written} == {".json", ".csv", ".safetensors"}


def test_the_exported_policy_ranks_as_the_model_does(tmp_path, trained):
    name, folder = trained
    policy = Sb3Policy("propositional", folder / "policy")
    config = small(tmp_path, name)
    envs = make_envs(config.env, 1)
    model = make_model(config.algorithm, envs, 0, "cpu")
    assert load_state(model, TrainingFolder(folder))
    assert model.num_timesteps == read_json(folder / "result.json")["metrics"]["steps"]
    with gymnasium.make("aitp/Propositional-Menu-v0") as env:
        for seed in range(30):
            observation, _ = env.reset(seed=seed)
            theorem = env.unwrapped.theorem
            logits = policy.logits(observation["action_mask"][None], observation["observations"][None])[0]
            action = by_model(model, greedy=True)(observation)
            allowed = observation["action_mask"] > 0
            ranked = np.where(allowed, logits, -np.inf) if name == "maskable_ppo" else logits
            assert ranked[action] == pytest.approx(ranked.max(), abs=1e-5)
            # The other algorithms may choose what the mask forbids; the policy never says it.
            policy.reset(0)
            goal = Goal.single(theorem.statement)
            (first,) = policy.get_tactics([goal], [Premises.none()], 1)[0]
            offered = env.get_wrapper_attr("offer").tactics
            assert logits[[slot for slot, text in offered.items() if text == first.tactic]].max() == pytest.approx(
                logits[allowed].max(), abs=1e-5
            )
    envs.close()


def test_the_exported_policy_is_a_tactic_policy_for_every_search(trained):
    name, folder = trained
    policy = Sb3Policy("propositional", folder / "policy")
    assert isinstance(policy, TacticPolicy)
    assert policy.versions["algorithm"] == name
    policy.reset(0)
    (answer,) = policy.get_tactics([Goal.single("p → q", ["p"])], [Premises.none()], 100)
    probabilities = np.exp([suggestion.logprob for suggestion in answer])
    assert probabilities.sum() == pytest.approx(1.0)
    assert (np.diff(probabilities) <= 0).all()
    assert policy.get_tactics([Goal.single("p → q", ["p"])], [Premises.none()], 3)[0] == answer[:3]
    env = make_env("aitp/Propositional-v0", {"max_tactics": 256})
    env.reset(options={"theorem": "p -> p"})
    assert SearchAgent(policy, BestFirst()).prove(env).status == "proved"
    env.close()


def test_a_training_that_was_cut_short_goes_on_where_it_was(tmp_path):
    (folder,) = train(small(tmp_path, steps=64))
    (folder / "result.json").unlink()
    (folder / "policy").rename(folder / "earlier")
    train(small(tmp_path, steps=192, resume=True))
    assert [int(row["steps"]) for row in rows(folder)] == [0, 64, 128, 192]
    assert read_json(folder / "policy" / "config.json")["steps"] == 192
    before, after = ((folder / name / "weights.safetensors").read_bytes() for name in ("earlier", "policy"))
    assert before != after


@pytest.mark.parametrize("lost", ["proof_rates.csv", "policy"])
def test_a_training_that_was_cut_short_at_its_end_is_finished(tmp_path, lost):
    (folder,) = train(small(tmp_path, steps=64))
    (folder / "result.json").unlink()
    if lost == "policy":
        shutil.rmtree(folder / "policy")
    else:
        lines = (folder / lost).read_text().splitlines(keepends=True)
        (folder / lost).write_text("".join(lines[:-1]))
    train(small(tmp_path, steps=64 if lost == "policy" else 128, resume=True))
    assert [int(row["steps"]) for row in rows(folder)] == ([0, 64] if lost == "policy" else [0, 64, 128])
    assert "greedy" in read_json(folder / "result.json")["metrics"]
    Sb3Policy("propositional", folder / "policy")


def test_tensorboard_is_asked_for_before_anything_is_made(tmp_path):
    if importlib.util.find_spec("tensorboard") is not None:
        pytest.skip("tensorboard is installed here")
    with pytest.raises(DependencyNotInstalled, match="pip install tensorboard"):
        train(small(tmp_path / "t", tensorboard=True))
    assert not (tmp_path / "t").exists()


def test_a_finished_training_is_left_alone_and_another_one_is_refused(tmp_path):
    (folder,) = train(small(tmp_path, steps=64))
    with pytest.raises(ConfigError, match="has a training already"):
        train(small(tmp_path, steps=64))
    before = (folder / "proof_rates.csv").read_bytes()
    train(small(tmp_path, steps=64, resume=True))
    assert (folder / "proof_rates.csv").read_bytes() == before
    train(small(tmp_path, steps=128, resume=True))
    assert [int(row["steps"]) for row in rows(folder)] == [0, 64, 128]
    with pytest.raises(ConfigError, match="with other settings"):
        train(small(tmp_path, steps=64, resume=True, num_envs=2))


def test_a_training_starts_from_the_network_of_a_policy(tmp_path, policy_folder):
    (folder,) = train(small(tmp_path / "more", steps=64, start=str(policy_folder)))
    name = "weights.safetensors"
    first = (folder / "checkpoints" / "000000000" / name).read_bytes()
    assert first == (policy_folder / name).read_bytes()
    assert (folder / "policy" / name).read_bytes() != first
    with pytest.raises(ConfigError, match="start is for algorithms with a policy network"):
        train(small(tmp_path / "dqn", "dqn", start=str(policy_folder)))
    other = {"id": "aitp/Propositional-Menu-v0", "observation": {"kind": "hash", "buckets": 64}}
    with pytest.raises(ConfigError, match="expected menu"):
        train(small(tmp_path / "other", env=other, start=str(policy_folder)))
    assert not (tmp_path / "other").exists()


def test_each_seed_has_a_training_of_its_own_and_the_same_one_twice(tmp_path):
    first = train(small(tmp_path / "a", steps=64, seeds=[0, 1], num_envs=2))
    again = train(small(tmp_path / "b", steps=64, seeds=[0, 1], num_envs=2))
    weights = [(folder / "policy" / "weights.safetensors").read_bytes() for folder in [*first, *again]]
    assert weights[0] == weights[2] != weights[1] == weights[3]


def test_what_is_played_is_kept_as_traces_that_others_can_learn_from(tmp_path):
    (folder,) = train(small(tmp_path, steps=128, traces=True))
    kept = Counter((key.iteration, key.policy) for key, _ in TraceReader(folder / "traces").records())
    measured = {(iteration, way): 4 for iteration in range(3) for way in ("greedy", "sampled")}
    learned = {iteration: count for (iteration, policy), count in kept.items() if policy == "learner"}
    assert kept == Counter(measured) + Counter({(iteration, "learner"): count for iteration, count in learned.items()})
    assert set(learned) == {0, 1}
    # Nothing of the settings changes what is learned.
    (without,) = train(small(tmp_path / "without", steps=128))
    assert (without / "policy" / "weights.safetensors").read_bytes() == (
        folder / "policy" / "weights.safetensors"
    ).read_bytes()


@pytest.mark.skipif(importlib.util.find_spec("wandb") is None, reason="wandb is not installed")
def test_each_measurement_is_sent_to_wandb(tmp_path, monkeypatch):
    monkeypatch.delenv("WANDB_MODE", raising=False)
    monkeypatch.delenv("WANDB_DISABLED", raising=False)
    wandb = {"project": "aitp-gym", "name": "mine", "offline": True}
    (folder,) = train(small(tmp_path, steps=64, wandb=wandb))
    (log,) = folder.glob("wandb/offline-run-*-aitp-gym-mine-seed-0/*.wandb")
    assert b"greedy" in log.read_bytes()


def test_held_out_theorems_are_those_of_the_split_and_always_the_same():
    with gymnasium.make("aitp/Propositional-Menu-v0") as env:
        chosen = held_out(env, "valid", 20)
        assert chosen == held_out(env, "valid", 20)
        assert {theorem.split for theorem in chosen} == {"valid"}
        assert len(held_out(env, "valid", None)) == len(env.unwrapped.theorems.split("valid"))
        played = play(env, chosen, by_chance(0))
        assert len(played.proved) == 20
        assert played.rate == sum(played.proved) / 20
        # Most of what may be chosen without the mask does not exist.
        assert play(env, chosen, by_chance(0, masked=False)).rate < played.rate


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"steps": 0}, "steps must be a whole number >= 1"),
        ({"seeds": []}, "seeds must be different whole numbers"),
        ({"seeds": [1, 1]}, "seeds must be different whole numbers"),
        ({"algorithm": {"name": "ppo2", "settings": {}}}, "must be one of ppo, a2c, dqn, maskable_ppo, got 'ppo2'"),
        ({"algorithm": {"name": "ppo", "settings": {"n_step": 3}}}, "ppo cannot take the settings"),
        ({"env": {"id": "aitp/Propositional-v0"}}, "cannot take the texts of aitp/Propositional-v0: give its preset"),
        ({"env": {"id": "aitp/Propositional-Menu-v0", "observation": "graph"}}, "give observation hash or tokens"),
        ({"env": {"id": "aitp/Propositional-Menu-v0", "k": 99}}, "k must be a whole number"),
        ({"valid_split": "held out"}, "no split 'held out'"),
        ({"wandb": {"project": "aitp-gym"}}, "wandb has project, name and offline"),
        ({"more": 1}, "got also ['more']"),
    ],
)
def test_what_cannot_be_trained_is_refused_in_one_sentence(tmp_path, changes, words):
    content = asdict(small(tmp_path / "t")) | changes
    with pytest.raises(AitpError) as caught:
        train(Sb3Config.from_dict(content))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "t").exists()


@pytest.fixture
def exported(tmp_path, policy_folder):
    """A copy of that policy, to be tampered with."""
    return Path(shutil.copytree(policy_folder, tmp_path / "policy"))


class Bomb:
    """A pickle that leaves a file behind where it is read."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


@pytest.mark.parametrize("name", ["config.json", "weights.safetensors"])
def test_a_pickle_in_the_place_of_either_file_is_refused_and_never_read(tmp_path, exported, name):
    (exported / name).write_bytes(pickle.dumps(Bomb(tmp_path / "bang")))
    with pytest.raises(CheckpointError, match=r"pickles"):
        Sb3Policy("propositional", exported)
    assert not (tmp_path / "bang").exists()


def test_the_folder_that_stable_baselines3_saves_itself_is_refused(tmp_path):
    envs = make_envs({"id": "aitp/Propositional-Menu-v0"}, 1)
    model = make_model({"name": "ppo", "settings": SMALL["ppo"]}, envs, 0, "cpu")
    (tmp_path / "own").mkdir()
    model.save(tmp_path / "own" / "model.zip")
    envs.close()
    with pytest.raises(CheckpointError, match="Files that an RL library wrote itself are pickles, and are not read"):
        Sb3Policy("propositional", tmp_path / "own")


def change(folder: Path, **fields) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | fields))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"policy": "menu"}, "of policy 'menu', schema 1, not 'sb3', schema 1"),
        ({"menu_digest": "0" * 64}, "is for menu"),
        ({"k": 3}, "is for menu"),
        ({"k": 99}, "does not fit the menu"),
        ({"observation": {"kind": "hash", "buckets": 128}}, "not those of layers"),
        ({"observation": {"kind": "graph"}}, "hash or tokens"),
        ({"observation": {"kind": "hash", "buckets": 10**12}}, "not those of layers"),
        ({"observation": 5}, "cannot be used"),
        ({"activation": "exec"}, "activation must be one of"),
        ({"temperature": 0}, "temperature must be a number above 0"),
        ({"more": 1}, "unknown"),
    ],
)
def test_a_config_that_does_not_fit_is_refused_in_one_sentence(exported, fields, words):
    change(exported, **fields)
    with pytest.raises(CheckpointError) as caught:
        Sb3Policy("propositional", exported)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_weights_that_are_not_finite_or_of_another_shape_are_refused(exported):
    from safetensors.numpy import load, save

    path = exported / "weights.safetensors"
    weights = load(path.read_bytes())
    path.write_bytes(save(weights | {"layers.0.bias": weights["layers.0.bias"] * np.nan}))
    with pytest.raises(TrainingDiverged, match="not finite"):
        Sb3Policy("propositional", exported)
    for wrong in (
        {"layers.0.bias": weights["layers.0.bias"][:-1]},
        {"layers.0.bias": weights["layers.0.bias"].astype(np.int64)},
        {"more": np.zeros(1, np.float32)},
    ):
        path.write_bytes(save(weights | wrong))
        with pytest.raises(CheckpointError, match="not those of layers"):
            Sb3Policy("propositional", exported)


def test_the_exported_policy_needs_neither_torch_nor_stable_baselines3(policy_folder):
    code = (
        "import sys\n"
        "from aitp_gym.agents.policies.sb3 import Sb3Policy\n"
        f"Sb3Policy('propositional', {str(policy_folder)!r})\n"
        "print(sorted({'torch', 'stable_baselines3'} & sys.modules.keys()))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert found.strip() == "[]"
