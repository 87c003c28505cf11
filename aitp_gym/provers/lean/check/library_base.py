"""The embedded engine's library as data, read once for all checks of a process."""

from __future__ import annotations

import threading
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

from ..toolchain import Toolchain
from .closure import Closure, block_of, collect, mentioned
from .constants import Constant
from .objects import Region
from .olean import Module
from .terms import Terms

__all__ = ["LIBRARY", "LibraryBase", "Name", "library_base"]

LIBRARY = "Init"
"""The one module of the library."""

Name: TypeAlias = tuple[str | int, ...]
"""Components of a name, which mean the same in all `Terms`."""


class LibraryBase:
    """The library's constants, and what they rest on.

    Args:
        toolchain: the embedded engine.

    Attributes:
        terms: of the library alone.
        closure: those of its constants that the kernel holds to its rules, with all that they rest on, in an order in
            which it can take them.
    """

    def __init__(self, toolchain: Toolchain) -> None:
        self.terms = Terms()
        self._module = Module(Region.load(Path(toolchain.env["LEAN_PATH"]) / f"{LIBRARY}.olean"), self.terms)
        whole = collect(self.terms, sorted(self._module.names), self._find)
        # By name, what is wrong with it or with what it rests on; empty if nothing is. Then the axioms below it.
        self._faults: dict[int, str] = {}
        self._axioms: dict[int, frozenset[int]] = {}
        safe = []
        for block in whole.declarations:
            if not self._add(block):
                safe.append(block)
        for name in self._module.names - self._faults.keys():
            # A recursor: it comes with its type.
            first = block_of(self.terms, self._module.constant(name), self._find)[0][0].name
            self._faults[name], self._axioms[name] = self._faults[first], self._axioms[first]
        self.closure = Closure(tuple(safe), frozenset())

    def fault(self, name: Name) -> str | None:
        """What is wrong with a constant of the library or with what it rests on: an empty text if nothing is.

        It is `None` where the library has none of that name.
        """
        number = self._numbers.get(name)
        return None if number is None else self._faults[number]

    def axioms(self, name: Name) -> list[Name]:
        """Names of the axioms that a constant of the library rests on."""
        return [self.terms.components(axiom) for axiom in self._axioms[self._numbers[name]]]

    @cached_property
    def _numbers(self) -> dict[Name, int]:
        return {self.terms.components(number): number for number in self._module.names}

    def _find(self, name: int) -> Constant | None:
        return self._module.constant(name) if name in self._module else None

    def _add(self, block: tuple[Constant, ...]) -> str:
        """Take note of constants that are declared together; what is wrong with them, or nothing."""
        members = {constant.name for constant in block}
        below = sorted(mentioned(self.terms, block, self._find) - members)
        faults = [f"{self.terms.show(c.name)} is {c.safety}" for c in block if c.safety != "safe"]
        faults += [fault for name in below if (fault := self._faults.get(name, ""))]
        own = frozenset(constant.name for constant in block if constant.kind == "axiom")
        axioms = own.union(*(self._axioms.get(name, frozenset()) for name in below))
        fault = faults[0] if faults else ""
        self._faults |= dict.fromkeys(members, fault)
        self._axioms |= dict.fromkeys(members, axioms)
        return fault


_bases: dict[str, LibraryBase] = {}
_lock = threading.Lock()


def library_base(toolchain: Toolchain) -> LibraryBase:
    """The library of the embedded engine, read when it is asked for first."""
    with _lock:
        if toolchain.identity not in _bases:
            _bases[toolchain.identity] = LibraryBase(toolchain)
        return _bases[toolchain.identity]
