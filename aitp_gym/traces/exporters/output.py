"""Parts that exporters share: the folder they write, and the libraries they write for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from ...errors import BadInput, DependencyNotInstalled
from ...files import new_folder, write_json
from .episode import PresetEpisodes

__all__ = ["library", "output_folder", "write_preset"]


def library(module: str, extra: str) -> Any:
    """A module of an optional library.

    Raises:
        DependencyNotInstalled: it is not there; the message names the extra.
    """
    try:
        return import_module(module)
    except ImportError as error:
        missing = module.partition(".")[0]
        raise DependencyNotInstalled(
            f"This export needs {missing}, which is not installed: pip install 'aitp-gym[{extra}]'."
        ) from error


@contextmanager
def output_folder(path: Path) -> Iterator[Path]:
    """A folder to fill, which gets its name when it is complete, and is removed when the block raises.

    Raises:
        BadInput: something has that name.
        NotWritable: the folder cannot be made.
    """
    if os.path.lexists(path):
        raise BadInput(f"{path} exists already: name another folder.")
    with new_folder(path) as unfinished:
        yield unfinished


def write_preset(folder: Path, episodes: PresetEpisodes) -> None:
    """Write `preset.json`: the `id` and the `arguments` with which `gymnasium.make` makes the preset."""
    write_json(folder / "preset.json", {"id": episodes.spec.id, "arguments": episodes.spec.kwargs})
