"""Episodes of a preset as a dataset of Minari."""

from __future__ import annotations

import re
from pathlib import Path

from ... import __version__
from ...errors import BadInput
from .episode import PresetEpisodes
from .output import library, output_folder

__all__ = ["write_minari"]


def write_minari(episodes: PresetEpisodes, output: Path) -> None:
    """Write a Minari dataset, from which `recover_environment` makes the preset.

    The folder's name is the dataset's id. `minari.load_dataset(id)` finds it where `MINARI_DATASETS_PATH` is the folder
    above, and `minari.MinariDataset(output / "data")` anywhere. Each episode has the options with which the preset is
    reset to its theorem.

    Args:
        episodes: episodes to write.
        output: folder to make; its name ends in a version, such as `found-v0`.

    Raises:
        BadInput: the output exists, or has a name that is no id.
        DependencyNotInstalled: Minari is not installed.
    """
    library("PIL", "minari")  # which Minari does not install, and needs
    minari, storages = library("minari", "minari"), library("minari.dataset.minari_storage", "minari")
    buffers = library("minari.data_collector", "minari")
    if not re.fullmatch(r"[-\w]+-v\d+", output.name):
        raise BadInput(f"The folder of a Minari dataset is named by its id, such as found-v0: got {output.name!r}.")
    # Minari does not find a relative folder again while it writes.
    with output_folder(output.absolute()) as unfinished:
        storage = storages.MinariStorage.new(
            unfinished / "data",
            observation_space=episodes.observation_space,
            action_space=episodes.action_space,
            env_spec=episodes.spec,
            data_format="parquet",
        )
        storage.update_metadata(
            {
                "dataset_id": output.name,
                "minari_version": minari.__version__,
                "algorithm_name": "traces of aitp-gym",
                "description": f"Attempts at proofs as episodes of {episodes.spec.id}.",
                "requirements": [f"aitp-gym>={__version__}"],
            }
        )
        # Minari looks at all files again after each episode, to say how large the dataset is.
        size, storage.get_size = storage.get_size, lambda: 0.0
        storage.update_episodes(
            buffers.EpisodeBuffer(
                id=number,
                seed=episode.seed,
                options={"theorem": episode.theorem},
                observations=dict(episode.observations),
                actions=episode.actions,
                rewards=list(episode.rewards),
                terminations=[*[False] * (len(episode) - 1), episode.terminated],
                truncations=[*[False] * (len(episode) - 1), not episode.terminated],
            )
            for number, episode in enumerate(episodes)
        )
        storage.update_metadata({"dataset_size": float(size())})
