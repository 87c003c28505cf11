"""The modules that a file imports, as far as they are read: which constants they declare, and which are Lean's own."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from ....errors import BadInput
from ..toolchain import Toolchain
from .axioms import Axiom
from .constants import Constant
from .objects import Region
from .olean import Module
from .terms import Terms, dotted

__all__ = ["ImportedModules"]


class ImportedModules:
    """Modules of a toolchain, read one by one.

    Args:
        toolchain: where they are looked for, in the order in which Lean does.
        terms: what their names and expressions are numbers of.
    """

    def __init__(self, toolchain: Toolchain, terms: Terms) -> None:
        self._terms = terms
        search = [Path(folder) for folder in toolchain.env.get("LEAN_PATH", "").split(os.pathsep) if folder]
        self._own = {folder.resolve() for folder in toolchain.own}
        self._search = list(dict.fromkeys((*search, *toolchain.own)))
        self._modules: dict[int, tuple[Module, bool]] = {}

    def load(self, imports: Iterable[int]) -> None:
        """Read modules and all that they import.

        Raises:
            BadInput: one is not there or cannot be read.
        """
        pending = list(imports)
        while pending:
            name = pending.pop()
            if name not in self._modules:
                pending += self.load_one(name).imports

    def load_one(self, name: int) -> Module:
        """Read a module, but not what it imports.

        Raises:
            BadInput: it is not there or cannot be read.
        """
        if name not in self._modules:
            folder, place = self._place(name)
            self._modules[name] = Module(Region.load(place), self._terms), folder.resolve() in self._own
        return self._modules[name][0]

    def find(self, name: int) -> Constant | None:
        """A constant of the modules that were read."""
        return next((module.constant(name) for module, _ in self._modules.values() if name in module), None)

    def axiom(self, name: int) -> Axiom:
        """An axiom, which may be declared elsewhere."""
        for module, own in self._modules.values():
            if name in module:
                return Axiom(name, module.constant(name), own)
        return Axiom(name, None, False)

    def _place(self, name: int) -> tuple[Path, Path]:
        """The folder in which a module is found, and its file: the first that has its root decides, as in Lean."""
        parts = dotted(self._terms.components(name)).split(".")
        for folder in self._search:
            root = folder / parts[0]
            if root.is_dir() or root.with_name(f"{parts[0]}.olean").is_file():
                place = folder.joinpath(*parts)
                place = place.with_name(f"{parts[-1]}.olean")
                if place.is_file():
                    return folder, place
                break
        raise BadInput(f"The module {self._terms.show(name)} is in none of {', '.join(map(str, self._search))}.")
