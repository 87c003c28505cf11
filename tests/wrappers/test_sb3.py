"""Presets in the hands of Stable-Baselines3, as it documents its use."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

pytest.importorskip("sb3_contrib", reason="Stable-Baselines3 is not installed: pip install 'aitp-gym[sb3]'")

from sb3_contrib import MaskablePPO
from sb3_contrib.common.maskable.utils import get_action_masks, is_masking_supported
from stable_baselines3 import A2C, DQN, PPO
from stable_baselines3.common.env_checker import check_env
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.vec_env import SubprocVecEnv


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Networks this small are slower on several threads."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def test_its_checker_has_nothing_to_say(preset):
    with preset() as env:
        check_env(env)


def test_masks_are_found_through_its_wrappers():
    envs = make_vec_env("aitp/Propositional-Menu-v0", n_envs=3, seed=0)
    assert is_masking_supported(envs)
    observations = envs.reset()
    assert (get_action_masks(envs) == (observations["action_mask"] > 0)).all()
    envs.close()


@pytest.mark.parametrize(
    ("algorithm", "settings"),
    [
        (PPO, {"n_steps": 64, "n_epochs": 1}),
        (MaskablePPO, {"n_steps": 64, "n_epochs": 1}),
        (A2C, {}),
        (DQN, {"learning_starts": 20, "buffer_size": 100}),
    ],
)
def test_every_algorithm_of_discrete_actions_learns_from_an_id_alone(algorithm, settings):
    model = algorithm("MultiInputPolicy", "aitp/Propositional-Menu-v0", device="cpu", seed=0, **settings)
    before = [weights.detach().clone() for weights in model.policy.parameters()]
    model.learn(64)
    assert any((old != new).any() for old, new in zip(before, model.policy.parameters(), strict=True))
    model.get_env().close()


def test_success_reaches_its_log():
    model = MaskablePPO("MultiInputPolicy", "aitp/Propositional-Menu-v0", device="cpu", n_steps=128, n_epochs=1)
    model.learn(128)
    assert len(model.ep_success_buffer) == len(model.ep_info_buffer) > 0
    model.get_env().close()


@pytest.mark.integration
def test_environments_in_processes_step_together():
    envs = make_vec_env("aitp_gym:aitp/Propositional-Menu-v0", n_envs=2, seed=0, vec_env_cls=SubprocVecEnv)
    rng = np.random.default_rng(0)
    envs.reset()
    for _ in range(40):
        masks = get_action_masks(envs)
        envs.step(np.array([rng.choice(np.flatnonzero(mask)) for mask in masks]))
    envs.close()
