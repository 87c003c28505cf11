"""Checkpoints of policies and networks: a folder with `config.json` and `weights.npz`. Reading one cannot run code."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aitp_gym.errors import CheckpointError

__all__ = ["read_checkpoint", "weights_digest", "write_checkpoint"]

_CONFIG, _WEIGHTS = "config.json", "weights.npz"


def write_checkpoint(
    folder: Path, policy: str, schema_version: int, config: Mapping[str, Any], weights: Mapping[str, NDArray[Any]]
) -> None:
    """Write a checkpoint; a reader sees the whole of it or nothing.

    Args:
        folder: folder to make.
        policy: name of the policy or network.
        schema_version: version of the fields of `config`.
        config: configuration as JSON values.
        weights: arrays of any shape by name.

    Raises:
        CheckpointError: the folder exists already.
    """
    if folder.exists():
        raise CheckpointError(f"{folder} exists already: give a folder for the checkpoint that does not.")
    unfinished = folder.with_name(folder.name + ".tmp")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    content = {"policy": policy, "schema_version": schema_version, **config}
    (unfinished / _CONFIG).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    np.savez(unfinished / _WEIGHTS, allow_pickle=False, **weights)
    unfinished.rename(folder)


def read_checkpoint(folder: Path, policy: str, schema_version: int) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Read a checkpoint: its configuration, and its weights by name in the shapes that were written.

    Args:
        folder: folder of the checkpoint.
        policy: expected name of the policy or network.
        schema_version: expected version.

    Raises:
        CheckpointError: there is none, it is damaged, or it is of another policy or schema.
    """
    if not folder.is_dir():
        raise CheckpointError(f"There is no checkpoint folder {folder}: give the folder that a training wrote.")
    try:
        config = json.loads((folder / _CONFIG).read_text(encoding="utf-8"))
        found = (config.pop("policy"), config.pop("schema_version"))
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise CheckpointError(
            f"{folder} is not a checkpoint of aitp-gym: its {_CONFIG} cannot be used ({type(error).__name__}: {error})."
        ) from error
    if found != (policy, schema_version):
        raise CheckpointError(
            f"{folder} is a checkpoint of policy {found[0]!r}, schema {found[1]}; expected policy {policy!r}, schema "
            f"{schema_version}. Give a checkpoint of this policy, or train a new one."
        )
    try:
        # Opened here, because numpy leaves a file open that turns out not to be an archive.
        with (folder / _WEIGHTS).open("rb") as file:
            archive = np.lib.npyio.NpzFile(file, allow_pickle=False)
            weights = {name: archive[name] for name in archive.files}
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile) as error:
        raise CheckpointError(
            f"The checkpoint {folder} is damaged: {_WEIGHTS} cannot be read ({type(error).__name__}). Train it again."
        ) from error
    return config, weights


def weights_digest(weights: Mapping[str, NDArray[Any]]) -> str:
    """Identity of weights: a SHA-256 of their names and values, in hexadecimal, whatever their order."""
    digest = hashlib.sha256()
    for name in sorted(weights):
        digest.update(name.encode() + weights[name].tobytes())
    return digest.hexdigest()
