"""A training by RLlib: its folder, its policy, and how it goes on."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from hydra import compose, initialize_config_module
from omegaconf import OmegaConf

from aitp_gym.errors import ConfigError
from aitp_gym.files import read_json

pytest.importorskip("ray.rllib", reason="RLlib is not installed: pip install 'aitp-gym[rllib]'")

import gymnasium as gym
import torch
from ray.rllib.core.columns import Columns

from aitp_gym.agents.policies.rllib import RllibPolicy
from aitp_gym.evaluation.runners.resources import Resources
from aitp_gym.evaluation.runners.session import RaySession
from aitp_gym.proof import Goal, Premises
from aitp_gym.training.rllib.config import RllibConfig
from aitp_gym.training.rllib.ppo import ppo_config

# RLlib registers its runner's environment again for each algorithm.
pytestmark = pytest.mark.filterwarnings("ignore:.*Overriding environment rllib-single-agent-env-v0:UserWarning")

SMALL = (
    "steps=256", "evaluate_every=128", "num_valid_theorems=4", "env.max_tactics=4", "env.observation.buckets=16",
    "hidden=[8]", "settings.train_batch_size_per_learner=128", "settings.num_epochs=1",
)  # fmt: skip


def settings(*overrides: str) -> RllibConfig:
    with initialize_config_module("aitp_gym.configs", version_base="1.3"):
        return RllibConfig.from_dict(OmegaConf.to_container(compose("train_rllib", [*SMALL, *overrides]), resolve=True))


@pytest.fixture(scope="module")
def ray():
    with RaySession(Resources(1, num_cpus=3)):
        yield


@pytest.mark.integration
def test_a_training_measures_exports_and_goes_on(ray, tmp_path):
    from aitp_gym.training.rllib.train import train

    (folder,) = train(settings(f"directory={tmp_path}"))
    with (folder / "proof_rates.csv").open() as file:
        rows = [float(row["steps"]) for row in csv.DictReader(file)]
    assert rows[0] == 0
    assert rows[-1] >= 256
    assert len(rows) == 3
    result = read_json(folder / "result.json")
    assert result["metrics"]["num_theorems"] == 4
    assert not list(folder.rglob("*.pkl")), "nothing is a pickle"

    # A second call has nothing to do, one with more steps goes on from the stored learner.
    assert train(settings(f"directory={tmp_path}", "resume=true")) == [folder]
    assert read_json(folder / "result.json") == result
    train(settings(f"directory={tmp_path}", "resume=true", "steps=500"))
    assert read_json(folder / "result.json")["metrics"]["steps"] >= 500
    assert read_json(folder / "policy" / "config.json")["steps"] >= 500
    with pytest.raises(ConfigError, match="other settings"):
        train(settings(f"directory={tmp_path}", "resume=true", "hidden=[4]"))


@pytest.mark.integration
def test_runners_play_the_episodes(ray, tmp_path):
    from aitp_gym.training.rllib.train import train

    (folder,) = train(settings(f"directory={tmp_path}", "num_runners=1", "steps=128"))
    policy = RllibPolicy("propositional", folder / "policy")
    goal = Goal.single("p -> p")
    (suggested,) = policy.get_tactics([goal], [Premises.none()], 5)
    assert suggested


@pytest.mark.integration
def test_the_exported_policy_is_the_module(ray, tmp_path):
    """Outputs of the exported network and of RLlib's module are the same numbers."""
    from aitp_gym.training.presets.exports import export_network
    from aitp_gym.training.presets.perceptron import layers_of

    env_settings = settings().env
    algorithm = ppo_config(env_settings, {}, hidden=[8, 8], num_envs=1).build_algo()
    try:
        module = algorithm.get_module()
        with gym.make(env_settings["id"], **{k: v for k, v in env_settings.items() if k != "id"}) as env:
            export_network(
                tmp_path / "policy", "rllib", env, layers_of(module.policy), algorithm="ppo", activation="tanh",
                made_by=env_settings, steps=0, seed=0,
            )  # fmt: skip
            policy = RllibPolicy("propositional", tmp_path / "policy")
            observation, _ = env.reset(seed=0)
    finally:
        algorithm.stop()
    mask, features = observation["action_mask"], observation["observations"]
    batch = {Columns.OBS: {"action_mask": torch.tensor(mask[None]), "observations": torch.tensor(features[None])}}
    with torch.no_grad():
        wanted = module.forward_inference(batch)[Columns.ACTION_DIST_INPUTS][0].numpy()
    allowed = mask > 0
    np.testing.assert_allclose(policy.logits(mask[None], features[None])[0][allowed], wanted[allowed], atol=1e-5)


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("steps=0", "steps must be a whole number"),
        ("num_runners=-1", "num_runners must be"),
        ("hidden=[0]", r"hidden\[0\] must be"),
        ("seeds=[]", "seeds must be"),
    ],
)
def test_a_configuration_that_cannot_be_used_says_which_field(override, message):
    with pytest.raises(ConfigError, match=message):
        settings(override)


def test_settings_that_ppo_does_not_have_are_named():
    with pytest.raises(ConfigError, match="no_such_setting"):
        ppo_config({"id": "aitp/Propositional-Menu-v0"}, {"no_such_setting": 1})
