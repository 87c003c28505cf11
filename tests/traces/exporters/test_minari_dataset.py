"""Episodes of a preset as a dataset of Minari."""

from __future__ import annotations

import numpy as np
import pytest

from aitp_gym.errors import BadInput
from aitp_gym.traces.exporters.minari_dataset import write_minari
from aitp_gym.training.presets.perceptron import perceptron
from aitp_gym.wrappers.trace_episodes import TraceEpisodes

pytest.importorskip("minari", reason="Minari is not installed: pip install 'aitp-gym[minari]'")

import minari
import torch

pytestmark = pytest.mark.integration
ARGUMENTS = {"observation": {"kind": "hash", "buckets": 64}, "max_tactics": 8}


@pytest.fixture(scope="module")
def written(found, tmp_path_factory):
    folder = tmp_path_factory.mktemp("minari") / "found-v0"
    with TraceEpisodes([found], arguments=ARGUMENTS) as episodes:
        write_minari(episodes, folder)
        return folder, list(episodes)


def test_minari_reads_the_episodes(written, monkeypatch):
    folder, episodes = written
    monkeypatch.setenv("MINARI_DATASETS_PATH", str(folder.parent))
    assert list(minari.list_local_datasets()) == ["found-v0"]
    dataset = minari.load_dataset("found-v0")
    assert dataset.total_episodes == len(episodes)
    assert dataset.total_steps == sum(map(len, episodes))
    assert dataset.storage.metadata["dataset_size"] > 0
    for read, episode in zip(dataset.iterate_episodes(), episodes, strict=True):
        assert all(np.array_equal(read.observations[name], array) for name, array in episode.observations.items())
        assert np.array_equal(read.actions, episode.actions)
        assert np.array_equal(read.rewards, episode.rewards)
        assert read.terminations[-1] == episode.terminated != read.truncations[-1]
        assert not read.terminations[:-1].any()


def test_the_preset_is_recovered_and_reset_to_an_episode(written):
    folder, episodes = written
    dataset = minari.MinariDataset(folder / "data")
    with dataset.recover_environment() as env:
        assert env.observation_space == dataset.observation_space
        assert env.action_space == dataset.action_space
        (about,) = dataset.storage.get_episode_metadata([3])
        observation, _ = env.reset(seed=about["seed"], options=about["options"])
        for step, action in enumerate(episodes[3].actions):
            assert np.array_equal(observation["observations"], episodes[3].observations["observations"][step])
            observation, reward, *_ = env.step(action)
    assert reward == 1


def test_a_network_learns_to_do_what_was_done(written, one_thread):
    dataset = minari.MinariDataset(written[0] / "data")
    inputs, masks, actions = [], [], []
    for episode in dataset.iterate_episodes():
        mask = torch.from_numpy(episode.observations["action_mask"][:-1])
        masks.append(mask)
        inputs.append(torch.cat([mask, torch.from_numpy(episode.observations["observations"][:-1])], 1))
        actions.append(torch.tensor(episode.actions))
    mask, input_, action = map(torch.cat, (masks, inputs, actions))
    torch.manual_seed(0)
    network = perceptron([input_.shape[1], 32, mask.shape[1]])
    optimizer = torch.optim.Adam(network.parameters(), 0.01)

    def logits():
        return network(input_) - 1e9 * (1 - mask)

    def accuracy():
        return (logits().argmax(1) == action).double().mean().item()

    before = accuracy()
    for _ in range(100):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(logits(), action).backward()
        optimizer.step()
    assert accuracy() > max(0.8, before)


def test_a_name_that_is_no_id_is_refused_and_leaves_nothing(found, tmp_path):
    with TraceEpisodes([found]) as episodes, pytest.raises(BadInput, match="such as found-v0: got 'found'"):
        write_minari(episodes, tmp_path / "found")
    assert not list(tmp_path.iterdir())
