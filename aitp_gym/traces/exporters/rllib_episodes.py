"""Episodes of a preset as RLlib's offline data: Parquet of `SingleAgentEpisode`s."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from .episode import PresetEpisode, PresetEpisodes
from .output import library, output_folder, write_preset

__all__ = ["write_rllib"]

# RLlib reads files in parallel, and each of them in one piece.
_EPISODES_PER_FILE = 512


def write_rllib(episodes: PresetEpisodes, output: Path) -> None:
    """Write episodes for `config.offline_data(input_=[output / "episodes"], input_read_episodes=True)`.

    A row has one episode, in msgpack, as RLlib's new API stack writes them (Ray 2.60), but that no array in it is one
    of objects: those are pickles, and RLlib's reader would load them. `preset.json` names the preset.

    Args:
        episodes: episodes to write.
        output: folder to make.

    Raises:
        BadInput: the output exists.
        DependencyNotInstalled: RLlib is not installed, or msgpack-numpy, with which RLlib reads episodes.
    """
    msgpack, arrays = library("msgpack", "rllib"), library("msgpack_numpy", "rllib")
    kind = library("ray.rllib.env.single_agent_episode", "rllib").SingleAgentEpisode
    with output_folder(output) as unfinished:
        write_preset(unfinished, episodes)
        folder = unfinished / "episodes"
        folder.mkdir()
        rows: list[bytes] = []
        number = 0
        for episode in episodes:
            rows.append(msgpack.packb(_state(kind, episode), default=arrays.encode))
            if len(rows) == _EPISODES_PER_FILE:
                _write(rows, folder / f"{number:05d}.parquet")
                rows, number = [], number + 1
        if rows:
            _write(rows, folder / f"{number:05d}.parquet")


def _write(rows: list[bytes], path: Path) -> None:
    # RLlib expects the column under this name.
    pq.write_table(pa.table({"item": pa.array(rows, pa.binary())}), path, compression="zstd")


def _state(kind: Any, episode: PresetEpisode) -> dict[str, Any]:
    steps = range(len(episode) + 1)
    state: dict[str, Any] = kind(
        id_=_identity(episode),
        observations=[{name: array[step] for name, array in episode.observations.items()} for step in steps],
        actions=[int(action) for action in episode.actions],
        rewards=[float(reward) for reward in episode.rewards],
        infos=[{} for _ in steps],
        terminated=episode.terminated,
        truncated=not episode.terminated,
        len_lookback_buffer=0,
    ).get_state()
    # An array of objects otherwise.
    state["infos"]["data"] = [{} for _ in steps]
    return state


def _identity(episode: PresetEpisode) -> str:
    """Id of an episode, the same in every export: RLlib takes episodes of one id only once."""
    content = hashlib.sha256(f"{episode.theorem}\0{episode.seed}\0".encode())
    content.update(episode.actions.tobytes())
    return content.hexdigest()[:32]
