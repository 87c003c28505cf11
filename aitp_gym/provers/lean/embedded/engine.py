"""The embedded Lean as a `Toolchain`, built once into the user cache."""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ....cache import cache_root, writable_cache
from ....errors import ProverUnavailable
from ....files import file_lock, remove, writing
from ... import process
from ..toolchain import Toolchain
from .sources import library_text
from .wheel import LEAN_VERSION, Wheel

__all__ = ["Engine", "locate", "toolchain"]

_LAUNCHER = Path(__file__).with_name("launcher.py")
_BUILD_TIMEOUT_S = 300.0
# A proof must not depend on what else a user has set.
_INHERITED = ("HOME", "PATH", "TMPDIR", "LANG", "LC_ALL")


@dataclass(frozen=True)
class Engine:
    """The engine with its library, on this machine.

    Attributes:
        directory: where it lies, or will lie: `bin/lean` and `lib/lean/Init.olean`.
        identity: hash of what decides its behaviour, the same on every machine: Lean's files and the library.
        wheel: Lean's files.
    """

    directory: Path
    identity: str
    wheel: Wheel

    @property
    def ready(self) -> bool:
        """Whether it has been built."""
        # Unlike `Path.is_file` this is false where nothing may be looked at.
        return os.path.isfile(self.directory / "bin" / "lean")

    @property
    def toolchain(self) -> Toolchain:
        """How to run it."""
        lean = os.fspath(self.directory / "bin" / "lean")
        return Toolchain(
            kind="embedded",
            version=LEAN_VERSION,
            lean=(lean,),
            env=_environment(self.directory, lean),
            identity=self.identity,
            directory=self.directory,
            # A name that is misspelt in a statement is an error, as it is in Mathlib, and not a variable.
            header="set_option autoImplicit false\n",
            readable=tuple(dict.fromkeys((self.wheel.directory, Path(sys.prefix), Path(sys.base_prefix)))),
            runnable=(Path("/bin/sh"), Path(lean), Path(sys.executable)),
            own=(self.directory / "lib" / "lean",),
        )


def toolchain() -> Toolchain:
    """The embedded Lean, built when it is asked for the first time, which takes about two seconds.

    Only one process builds at a time, and what it builds appears whole or not at all.

    Raises:
        ProverUnavailable: the wheel is missing or another one, this platform cannot run it, or the cache cannot be
            written.
    """
    wanted = locate()
    if not wanted.ready:
        writable_cache(wanted.directory.parent)
        with file_lock(wanted.directory.with_suffix(".lock")), writing(wanted.directory):
            if not wanted.ready:
                _build(wanted)
    return wanted.toolchain


def locate() -> Engine:
    """Where the engine lies, or will lie; it is neither built nor run.

    Raises:
        ProverUnavailable: the wheel is missing, or this platform cannot run it.
    """
    wheel = Wheel.find()
    identity = _identity()
    # The launcher names this Python and the wheel's folder, so each environment has a prefix of its own. It exists only
    # if these very files were verified.
    place = hashlib.sha256(f"{identity}\n{sys.executable}\n{wheel.facts}".encode()).hexdigest()
    return Engine(_cache_root() / place[:16], identity, wheel)


@lru_cache(maxsize=1)
def _identity() -> str:
    parts = (Wheel.identity(), library_text(), _LAUNCHER.read_text(encoding="utf-8"))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _cache_root() -> Path:
    return cache_root() / "lean"


def _environment(prefix: Path, lean: str) -> dict[str, str]:
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    # Lean looks for its library beside its program and takes that for Python's; its server starts workers the same way.
    return inherited | {"LEAN_PATH": os.fspath(prefix / "lib" / "lean"), "LEAN_WORKER_PATH": lean}


def _build(wanted: Engine) -> None:
    wanted.wheel.verify()
    work, log = wanted.directory.with_suffix(".building"), wanted.directory.with_suffix(".log")
    # What a killed build has left.
    for path in (work, log, wanted.directory):
        remove(path)
    modules = work / "lib" / "lean"
    modules.mkdir(parents=True)
    shutil.copyfile(_LAUNCHER, work / "launcher.py")
    # Not by a link to the cache, which may be gone when the cache is still there.
    _write_program(work / "bin" / "lean", wanted.directory.resolve() / "launcher.py", wanted.wheel.directory)
    (modules / "Init.lean").write_text(library_text(), encoding="utf-8")
    building = work / "bin" / "building"
    _write_program(building, work / "launcher.py", wanted.wheel.directory)
    argv = [os.fspath(building), "-o", "Init.olean", "-i", "Init.ilean", "Init.lean"]
    status = process.run(
        argv, log, timeout_s=_BUILD_TIMEOUT_S, cwd=modules, env=_environment(work, os.fspath(building))
    )
    if status != 0 or not (modules / "Init.olean").is_file():
        raise ProverUnavailable(
            f"The embedded Lean could not compile its library: `{shlex.join(argv)}` in {modules} "
            f"{'took too long' if status is None else f'ended with status {status}'}. The log, {log}, ends with:\n"
            f"{process.tail(log)}"
        )
    building.unlink()
    os.rename(work, wanted.directory)


def _write_program(program: Path, launcher: Path, libraries: Path) -> None:
    """A program that stands for `lean`: one path, because Lean's server takes no more for its workers."""
    command = shlex.join([sys.executable, "-I", "-S", os.fspath(launcher), os.fspath(libraries)])
    program.parent.mkdir(exist_ok=True)
    program.write_text(f'#!/bin/sh\nexec {command} "$@"\n', encoding="utf-8")
    program.chmod(0o755)
