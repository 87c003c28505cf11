"""Episodes of a preset as RLlib's offline data."""

from __future__ import annotations

import gc
import pickle

import gymnasium as gym
import numpy as np
import pyarrow.parquet as pq
import pytest

import aitp_gym  # noqa: F401  # registers the ids
from aitp_gym.evaluation.runners.resources import Resources
from aitp_gym.evaluation.runners.session import RaySession
from aitp_gym.files import read_json
from aitp_gym.traces.exporters.rllib_episodes import write_rllib
from aitp_gym.wrappers.trace_episodes import TraceEpisodes

pytest.importorskip("ray.rllib", reason="RLlib is not installed: pip install 'aitp-gym[rllib]'")
pytest.importorskip("msgpack_numpy", reason="msgpack-numpy is not installed: pip install 'aitp-gym[rllib]'")

import msgpack
import msgpack_numpy
import torch
from ray.rllib.algorithms.bc import BCConfig
from ray.rllib.core import DEFAULT_MODULE_ID
from ray.rllib.core.columns import Columns
from ray.rllib.core.rl_module.rl_module import RLModuleSpec
from ray.rllib.env.single_agent_episode import SingleAgentEpisode

from aitp_gym.training.rllib.masked_module import MaskedModule

# Ray warns of its own settings.
pytestmark = [pytest.mark.integration, pytest.mark.filterwarnings("ignore::DeprecationWarning:ray")]
ARGUMENTS = {"observation": {"kind": "hash", "buckets": 64}, "max_tactics": 8}


@pytest.fixture(scope="module")
def written(found, tmp_path_factory):
    folder = tmp_path_factory.mktemp("rllib") / "exported"
    with TraceEpisodes([found], arguments=ARGUMENTS) as episodes:
        write_rllib(episodes, folder)
        return folder, list(episodes)


def test_rllib_reads_the_episodes_without_a_pickle(written, monkeypatch):
    def refuse(*_):
        raise AssertionError("a pickle was read")

    monkeypatch.setattr(pickle, "loads", refuse)
    folder, episodes = written
    items = pq.read_table(folder / "episodes")["item"].to_pylist()
    for item, episode in zip(items, episodes, strict=True):
        read = SingleAgentEpisode.from_state(msgpack.unpackb(item, object_hook=msgpack_numpy.decode))
        assert len(read) == len(episode)
        for step, observation in enumerate(read.get_observations()):
            assert all(np.array_equal(observation[name], array[step]) for name, array in episode.observations.items())
        assert np.array_equal(read.get_actions(), episode.actions)
        assert np.array_equal(read.get_rewards(), episode.rewards)
        assert read.is_terminated == episode.terminated != read.is_truncated
    assert len({msgpack.unpackb(item, object_hook=msgpack_numpy.decode)["id_"] for item in items}) == len(items)


def test_behaviour_cloning_learns_from_them(written):
    folder, episodes = written
    preset = read_json(folder / "preset.json")
    with gym.make(preset["id"], **preset["arguments"]) as env:
        spaces = {"observation_space": env.observation_space, "action_space": env.action_space}
    config = (
        BCConfig()
        .environment(**spaces)
        .env_runners(num_env_runners=0)
        .rl_module(rl_module_spec=RLModuleSpec(module_class=MaskedModule, model_config={"hidden": [32]}))
        .learners(num_learners=0)
        .offline_data(
            input_=[str(folder / "episodes")],
            input_read_episodes=True,
            input_read_batch_size=32,
            dataset_num_iters_per_learner=20,
            map_batches_kwargs={"concurrency": 1},
            iter_batches_kwargs={"prefetch_batches": 0},
        )
        .training(train_batch_size_per_learner=64, lr=0.01)
        .debugging(seed=0, log_level="ERROR")
    )
    shown = {
        name: torch.from_numpy(np.concatenate([episode.observations[name][:-1] for episode in episodes]))
        for name in episodes[0].observations
    }
    done = torch.from_numpy(np.concatenate([episode.actions for episode in episodes]))

    def accuracy(algorithm):
        module = algorithm.learner_group._learner.module[DEFAULT_MODULE_ID]
        logits = module.forward_inference({Columns.OBS: shown})[Columns.ACTION_DIST_INPUTS]
        return (logits.argmax(1) == done).double().mean().item()

    def learned():
        algorithm = config.build_algo()
        try:
            before = accuracy(algorithm)
            for _ in range(3):
                algorithm.train()
            return before, accuracy(algorithm)
        finally:
            algorithm.stop()

    with RaySession(Resources(1, num_cpus=3)):
        before, after = learned()
        # The learner's iterator over Ray's data says when it ends, to a Ray that must still be there.
        gc.collect()
    assert after > max(0.6, before)
