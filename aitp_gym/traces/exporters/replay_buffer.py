"""Episodes of a preset as transitions in a replay buffer of Stable-Baselines3."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ...errors import BadInput, TraceError
from .episode import PresetEpisodes
from .output import library, output_folder, write_preset

__all__ = ["read_replay_buffer", "write_sb3"]

_FILE = "transitions.safetensors"
_OBSERVED = "observations."


def write_sb3(episodes: PresetEpisodes, output: Path) -> None:
    """Write transitions for `read_replay_buffer`.

    Stable-Baselines3 itself stores buffers as pickles. What is written here is tensors: `observations.NAME`, shape
    (N + E, …) for N steps of E episodes, with the one after each episode's last step; `before`, shape (N,), the place
    among them of what was seen before each step, which the observation after it follows; `actions`, `rewards` and
    `terminated`, shape (N,), and `truncated`. `preset.json` names the preset.

    Args:
        episodes: episodes to write; they are held in memory, as in the buffer.
        output: folder to make.

    Raises:
        BadInput: the output exists.
        DependencyNotInstalled: safetensors is not installed.
    """
    save = library("safetensors.numpy", "sb3").save_file
    with output_folder(output) as unfinished:
        write_preset(unfinished, episodes)
        found = list(episodes)
        lengths = np.array([len(episode) for episode in found])
        last = np.cumsum(lengths) - 1
        ended = np.array([episode.terminated for episode in found])
        terminated, truncated = np.zeros((2, lengths.sum()), np.bool_)
        terminated[last], truncated[last] = ended, ~ended
        tensors = {
            f"{_OBSERVED}{name}": np.concatenate([episode.observations[name] for episode in found])
            for name in found[0].observations
        }
        tensors |= {
            "before": np.arange(lengths.sum()) + np.repeat(np.arange(len(found)), lengths),
            "actions": np.concatenate([episode.actions for episode in found]),
            "rewards": np.concatenate([episode.rewards for episode in found]).astype(np.float32),
            "terminated": terminated,
            "truncated": truncated,
        }
        save(tensors, unfinished / _FILE)


def read_replay_buffer(folder: Path | str, observation_space: Any, action_space: Any, **settings: Any) -> Any:
    """A `DictReplayBuffer` with the transitions that `write_sb3` wrote, for `model.replay_buffer` of DQN.

    What follows a step is what the preset showed, with its mask. At an episode's end `dones` is set, and `timeouts`
    where it was cut off, so that learners bootstrap there.

    Args:
        folder: folder with the transitions.
        observation_space: that of the preset.
        action_space: that of the preset.
        settings: other arguments of the buffer, such as `device`; `buffer_size` leaves room for more transitions.

    Raises:
        TraceError: the folder has no transitions, or those of other spaces.
        BadInput: the buffer is to be smaller than what was written.
        DependencyNotInstalled: Stable-Baselines3 is not installed.
    """
    buffers = library("stable_baselines3.common.buffers", "sb3")
    load = library("safetensors.numpy", "sb3").load_file
    path = Path(folder) / _FILE
    try:
        tensors = load(path)
        seen = {name: tensors[f"{_OBSERVED}{name}"] for name in observation_space.spaces}
        before, actions = tensors["before"], tensors["actions"]
        rewards, terminated, truncated = (tensors[name] for name in ("rewards", "terminated", "truncated"))
    except Exception as error:
        raise TraceError(f"{path} cannot be read: give the folder of an export for sb3 ({error}).") from error
    shapes = {name: array.shape[1:] for name, array in seen.items()}
    wanted = {name: space.shape for name, space in observation_space.spaces.items()}
    if shapes != wanted or not all(map(action_space.contains, np.unique(actions))):
        raise TraceError(f"{path} has observations of shapes {shapes}; expected {wanted} and actions {action_space}.")
    size = settings.pop("buffer_size", len(actions))
    if size < len(actions):
        raise BadInput(f"The buffer must hold {len(actions)} transitions at least, got buffer_size={size}.")
    buffer = buffers.DictReplayBuffer(size, observation_space, action_space, **settings)
    for step, place in enumerate(before):
        buffer.add(
            {name: array[None, place] for name, array in seen.items()},
            {name: array[None, place + 1] for name, array in seen.items()},
            actions[None, step],
            rewards[None, step],
            (terminated | truncated)[None, step],
            [{"TimeLimit.truncated": bool(truncated[step])}],
        )
    return buffer
