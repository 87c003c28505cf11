"""Episodes of a preset as transitions in a replay buffer of Stable-Baselines3."""

from __future__ import annotations

import gymnasium as gym
import numpy as np
import pytest

import aitp_gym  # noqa: F401  # registers the ids
from aitp_gym.errors import BadInput, TraceError
from aitp_gym.files import read_json
from aitp_gym.traces.exporters.replay_buffer import read_replay_buffer, write_sb3
from aitp_gym.wrappers.trace_episodes import TraceEpisodes

pytest.importorskip("stable_baselines3", reason="it is not installed: pip install 'aitp-gym[sb3]'")

ARGUMENTS = {"observation": {"kind": "hash", "buckets": 64}, "max_tactics": 6}


@pytest.fixture(scope="module")
def written(found, tmp_path_factory):
    folder = tmp_path_factory.mktemp("sb3") / "transitions"
    with TraceEpisodes([found], arguments=ARGUMENTS, proofs_only=False) as episodes:
        write_sb3(episodes, folder)
        return folder, list(episodes), (episodes.observation_space, episodes.action_space)


def test_the_buffer_has_the_transitions_with_true_masks_and_ends(written):
    folder, episodes, spaces = written
    buffer = read_replay_buffer(folder, *spaces)
    assert buffer.size() == sum(map(len, episodes))
    assert {episode.terminated for episode in episodes} == {True, False}
    place = 0
    for episode in episodes:
        for step in range(len(episode)):
            for name, array in episode.observations.items():
                assert np.array_equal(buffer.observations[name][place, 0], array[step])
                assert np.array_equal(buffer.next_observations[name][place, 0], array[step + 1])
            assert buffer.actions[place, 0, 0] == episode.actions[step]
            assert buffer.rewards[place, 0] == episode.rewards[step]
            last = step == len(episode) - 1
            assert buffer.dones[place, 0] == last
            assert buffer.timeouts[place, 0] == (last and not episode.terminated)
            place += 1


def test_the_preset_is_named_beside_the_transitions(written):
    folder, _, spaces = written
    preset = read_json(folder / "preset.json")
    with gym.make(preset["id"], **preset["arguments"]) as env:
        assert (env.observation_space, env.action_space) == spaces
    assert sorted(path.suffix for path in folder.iterdir()) == [".json", ".safetensors"], "and nothing is a pickle"


def test_room_can_be_left_for_more(written):
    folder, episodes, spaces = written
    buffer = read_replay_buffer(folder, *spaces, buffer_size=5000)
    assert (buffer.buffer_size, buffer.size()) == (5000, sum(map(len, episodes)))
    with pytest.raises(BadInput, match="buffer_size=3"):
        read_replay_buffer(folder, *spaces, buffer_size=3)


def test_what_is_no_export_or_of_another_preset_is_refused(written, tmp_path):
    folder, _, spaces = written
    with pytest.raises(TraceError, match="give the folder of an export for sb3"):
        read_replay_buffer(tmp_path, *spaces)
    (tmp_path / "transitions.safetensors").write_bytes(b"\x80\x04N.")
    with pytest.raises(TraceError, match="give the folder of an export for sb3"):
        read_replay_buffer(tmp_path, *spaces)
    with gym.make("aitp/Propositional-Menu-v0") as other, pytest.raises(TraceError, match="expected"):
        read_replay_buffer(folder, other.observation_space, other.action_space)


@pytest.mark.integration
def test_dqn_learns_from_the_buffer_alone(written, one_thread):
    from stable_baselines3 import DQN
    from stable_baselines3.common.logger import configure

    from aitp_gym.training.presets.proof_rates import held_out, play

    folder = written[0]
    preset = read_json(folder / "preset.json")
    with gym.make(preset["id"], **preset["arguments"]) as env:
        model = DQN("MultiInputPolicy", env, learning_rate=1e-3, target_update_interval=200, seed=0)
        model.set_logger(configure(None, []))
        model.replay_buffer = read_replay_buffer(folder, env.observation_space, env.action_space)

        def best(observation):
            inputs, _ = model.policy.obs_to_tensor(observation)
            values = model.q_net(inputs)[0].detach().numpy()
            return int(np.where(observation["action_mask"] > 0, values, -np.inf).argmax())

        theorems = held_out(env, "valid", 60)
        before = play(env, theorems, best).rate
        model.train(gradient_steps=1000, batch_size=64)
        assert play(env, theorems, best).rate > before
