"""Menus by name: TOML files in the folders that provers bring."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path

from ..discovery import look_further
from ..errors import UnknownName

__all__ = ["add_menus", "find_menu", "menu_names"]

_folders: list[Path] = []


def add_menus(folder: Path) -> None:
    """Make the menus of a folder known, each by its file's name; a name that is known already stays as it is."""
    _folders.append(folder)


def menu_names() -> list[str]:
    """Names of all menus: of aitp-gym's provers, and of those that other distributions add."""
    look_further()
    return sorted({file.stem for file in _files()})


def find_menu(name: str | Path) -> Path:
    """The file of a menu, given its name or, for one of the user's own, its path.

    Raises:
        UnknownName: there is no menu of that name, and no such file.
    """
    if (file := _find(str(name))) is not None:
        return file
    if Path(name).is_file():
        return Path(name)
    known = menu_names()
    if (file := _find(str(name))) is not None:
        return file
    close = difflib.get_close_matches(str(name), known, n=1)
    hint = f"Did you mean {close[0]!r}? " if close else ""
    raise UnknownName(f"There is no menu {str(name)!r}. {hint}Known menus: {', '.join(known)}; or give a file.")


def _find(name: str) -> Path | None:
    return next((file for file in _files() if file.stem == name), None)


def _files() -> Iterator[Path]:
    for folder in _folders:
        yield from folder.glob("*.toml")
