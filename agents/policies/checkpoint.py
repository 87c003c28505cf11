"""Checkpoints of policies and networks: a folder with `config.json` and `weights.npz`. Reading one cannot run code."""

from __future__ import annotations

import hashlib
import json
import math
import os
import struct
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aitp_gym.errors import CheckpointError, TrainingDiverged
from aitp_gym.files import json_value, new_folder, open_regular, read_text

__all__ = ["check_num_weights", "read_checkpoint", "weights_digest", "write_checkpoint"]

_CONFIG, _WEIGHTS = "config.json", "weights.npz"
_MAX_CONFIG_BYTES = 2**20
_MAX_WEIGHTS_BYTES = 16 * 2**30
# What `zipfile` and numpy raise for files that are none of theirs.
_UNREADABLE = (OSError, ValueError, EOFError, KeyError, RuntimeError, MemoryError, struct.error, zipfile.BadZipFile)


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
        NotWritable: it cannot be made.
    """
    if os.path.lexists(folder):
        raise CheckpointError(f"{folder} exists already: give a folder for the checkpoint that does not.")
    content = {"policy": policy, "schema_version": schema_version, **config}
    with new_folder(folder) as unfinished:
        (unfinished / _CONFIG).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
        np.savez(unfinished / _WEIGHTS, allow_pickle=False, **weights)


def read_checkpoint(folder: Path, policy: str, schema_version: int) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Read a checkpoint: its configuration, and its weights by name in the shapes that were written.

    Args:
        folder: folder of the checkpoint.
        policy: expected name of the policy or network.
        schema_version: expected version.

    Raises:
        CheckpointError: there is none, it is damaged, or it is of another policy or schema.
        TrainingDiverged: it has weights that are not finite.
    """
    if not folder.is_dir():
        raise CheckpointError(f"There is no checkpoint folder {folder}: give the folder that a training wrote.")
    try:
        config = json_value(read_text(folder / _CONFIG, _MAX_CONFIG_BYTES))
        found = (config.pop("policy"), config.pop("schema_version"))
    except (OSError, ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
        raise CheckpointError(
            f"{folder} is not a checkpoint of aitp-gym: its {_CONFIG} cannot be used ({type(error).__name__}: {error})."
        ) from error
    if found != (policy, schema_version):
        raise CheckpointError(
            f"{folder} is a checkpoint of policy {found[0]!r}, schema {found[1]}; expected policy {policy!r}, schema "
            f"{schema_version}. Give a checkpoint of this policy, or train a new one."
        )
    try:
        with open_regular(folder / _WEIGHTS, _MAX_WEIGHTS_BYTES) as file, zipfile.ZipFile(file) as archive:
            weights = dict(_arrays(archive))
    except _UNREADABLE as error:
        raise CheckpointError(
            f"The checkpoint {folder} is damaged: {_WEIGHTS} cannot be read ({type(error).__name__}: {error}). "
            "Train it again."
        ) from error
    diverged = [name for name, array in weights.items() if not np.isfinite(array).all()]
    if diverged:
        raise TrainingDiverged(f"The weights {diverged[0]!r} in {folder} are not finite: the training diverged.")
    return config, weights


def _arrays(archive: zipfile.ZipFile) -> Iterator[tuple[str, NDArray[Any]]]:
    """The arrays of an archive as `write_checkpoint` makes it, by name; nothing is made before its size fits.

    Raises:
        ValueError: an entry is packed, encrypted, no array of numbers, or of another size than it says.
    """
    seen: set[str] = set()
    for entry in archive.infolist():
        name = entry.filename.removesuffix(".npy")
        if name == entry.filename or name in seen or entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & 1:
            raise ValueError(f"{entry.filename!r} is not an array as it was written")
        seen.add(name)
        with archive.open(entry) as file:
            version = np.lib.format.read_magic(file)
            if version != (1, 0):
                raise ValueError(f"{entry.filename!r} has version {version} of numpy's format")
            shape, by_column, dtype = np.lib.format.read_array_header_1_0(file)
            left = entry.file_size - file.tell()
            if dtype.kind not in "fiu" or math.prod(shape) * dtype.itemsize != left:
                raise ValueError(f"{entry.filename!r} says shape {shape} of {dtype}, and {left} bytes are there")
            array = np.frombuffer(bytearray(file.read()), dtype).reshape(shape, order="F" if by_column else "C")
        yield name, array


def check_num_weights(least: int, weights: Mapping[str, NDArray[Any]]) -> None:
    """Object to a configuration that is not that of its weights, before anything of its sizes is made.

    Args:
        least: number of weights that a network of these sizes has at least.
        weights: those that came with the configuration.

    Raises:
        CheckpointError: there are fewer.
    """
    found = sum(array.size for array in weights.values())
    if found < least:
        raise CheckpointError(f"The config asks for at least {least} weights, and the checkpoint has {found}.")


def weights_digest(weights: Mapping[str, NDArray[Any]]) -> str:
    """Identity of weights: a SHA-256 of their names and values, in hexadecimal, whatever their order."""
    digest = hashlib.sha256()
    for name in sorted(weights):
        digest.update(name.encode() + weights[name].tobytes())
    return digest.hexdigest()
