"""A Lean that can be run: its command, its environment and its identity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..sandbox import Sandbox

__all__ = ["Toolchain"]


@dataclass(frozen=True, slots=True)
class Toolchain:
    """Commands and folders of a Lean, the same for the embedded engine and for a user's project.

    Attributes:
        kind: `embedded` (the engine that comes with pip, and a small library of ours) or `project` (elan and lake).
        version: Lean's release, for example `4.35.0`.
        lean: the command that stands for `lean`; arguments follow it.
        env: the whole environment of every process started with it (`LEAN_PATH` and the like included).
        identity: hash of everything that decides its behaviour: engine, library or project revision.
        directory: folder to run it in: the project's root, or the engine's prefix.
        readable: further folders that a sandbox must let it read (libraries, toolchain).
        runnable: the only programs that it runs; `None` where that is not known.
        own: folders of Lean's own modules, as opposed to those of a project.
        sandbox: what its processes run in; `None` for what holds on this system.
        header: what stands before a statement without a text of its own before it, for example `import Mathlib`; empty,
            or ends with a line break.
    """

    kind: str
    version: str
    lean: tuple[str, ...]
    env: Mapping[str, str] = field(repr=False)
    identity: str
    directory: Path
    readable: tuple[Path, ...] = ()
    runnable: tuple[Path, ...] | None = None
    own: tuple[Path, ...] = ()
    sandbox: Sandbox | None = None
    header: str = ""
