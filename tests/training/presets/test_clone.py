"""Imitation of proofs: what is read from traces, what is learned, and what starts from it."""

from __future__ import annotations

import gymnasium as gym
import numpy as np
import pytest
import torch

import aitp_gym  # noqa: F401  # registers the ids
from aitp_gym.agents.policies.cloned import ClonedPolicy
from aitp_gym.cli.train import _composed
from aitp_gym.errors import ConfigError, TraceError
from aitp_gym.files import read_json
from aitp_gym.proof import Premises
from aitp_gym.training.presets.clone import CloneConfig, clone
from aitp_gym.training.presets.demonstrations import read_demonstrations
from aitp_gym.training.presets.exports import start_weights
from aitp_gym.training.presets.perceptron import layers_of, perceptron, take_layers

ENV_ID = "aitp/Propositional-Menu-v0"


def no_premises(theorem) -> Premises:
    return Premises.none()


@pytest.fixture
def env():
    with gym.make(ENV_ID, observation={"kind": "hash", "buckets": 64}) as made:
        yield made


def test_a_demonstration_is_what_the_preset_would_show(found, env):
    steps = read_demonstrations([found], env, no_premises)
    assert len(steps) > 40
    assert steps.counts == {"exactly": len(steps)}
    assert steps.masks[np.arange(len(steps)), steps.actions].all(), "what was done could be chosen"
    # The first step is at a theorem: its observation is that of the preset after a reset.
    inside = env.unwrapped
    statements = [theorem for theorem in inside.theorems.split("train")[:40]]
    seen = [env.reset(seed=0, options={"theorem": theorem})[0] for theorem in statements]
    pairs = {(tuple(o["observations"]), tuple(o["action_mask"])) for o in seen}
    assert pairs & {(tuple(a), tuple(m)) for a, m in zip(steps.arrays, steps.masks, strict=True)}


def test_splits_are_kept_apart(found, env):
    train, valid = (read_demonstrations([found], env, no_premises, split) for split in ("train", "valid"))
    assert len(valid) < len(train)
    with pytest.raises(TraceError, match="split 'test'"):
        read_demonstrations([found], env, no_premises, "test")


@pytest.fixture(scope="module")
def cloned(found, tmp_path_factory):
    directory = tmp_path_factory.mktemp("clone") / "made"
    overrides = [f"directory={directory}", f"traces=[{found}]", "env.observation.buckets=64", "hidden=[16]"]
    config = CloneConfig.from_dict(_composed("train_clone", [*overrides, "epochs=100"]))
    return config, clone(config)


def test_a_clone_does_mostly_what_was_shown(cloned):
    config, folder = cloned
    metrics = read_json(folder / "result.json")["metrics"]
    # Eight hypotheses in four tactics and six others: by chance one in ten at best is right.
    assert metrics["train_top_1"] > 0.8
    assert metrics["valid_top_1"] > 0.5
    with pytest.raises(ConfigError, match="another directory"):
        clone(config)


def test_a_clone_is_a_policy_for_every_search(cloned):
    from aitp_gym.proof import Goal

    _, folder = cloned
    (suggestions,) = ClonedPolicy("propositional", folder / "policy").get_tactics(
        [Goal.single("p → p")], [Premises.none()], 3
    )
    assert suggestions[0].tactic == "intro"


def test_the_same_seed_gives_the_same_policy(cloned, found, tmp_path):
    config, folder = cloned
    again = clone(CloneConfig.from_dict({**_fields(config), "directory": str(tmp_path / "again")}))
    name = "policy/weights.safetensors"
    assert (again / name).read_bytes() == (folder / name).read_bytes()


def _fields(config: CloneConfig) -> dict:
    return {name: getattr(config, name) for name in CloneConfig.__dataclass_fields__}


def test_a_network_starts_from_a_clone_of_its_shape(cloned, env):
    _, folder = cloned
    weights = start_weights(folder / "policy", env)
    inputs = weights["layers.0.weight"].shape[1]
    network = perceptron([inputs, 16, env.action_space.n])
    take_layers(network, weights)
    assert all(np.array_equal(array, weights[name]) for name, array in layers_of(network).items())
    with pytest.raises(ConfigError, match="layers"):
        take_layers(perceptron([inputs, 8, env.action_space.n]), weights)


def test_a_start_for_other_observations_is_refused(cloned):
    _, folder = cloned
    with gym.make(ENV_ID) as other, pytest.raises(ConfigError, match="reads"):
        start_weights(folder / "policy", other)


@pytest.mark.parametrize(
    ("override", "message"),
    [("epochs=0", "epochs must be"), ("traces=[]", "traces must be"), ("hidden=[x]", r"hidden\[0\] must be")],
)
def test_a_configuration_that_cannot_be_used_says_which_field(override, message):
    with pytest.raises(ConfigError, match=message):
        CloneConfig.from_dict(_composed("train_clone", ["traces=[somewhere]", override]))


def test_perceptrons_have_tanh_between_their_layers():
    network = perceptron([3, 4, 2])
    assert [type(module) for module in network] == [torch.nn.Linear, torch.nn.Tanh, torch.nn.Linear]
