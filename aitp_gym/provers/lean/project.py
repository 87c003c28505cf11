"""A user's own Lean: a project with `lake`, or a `lean` on PATH for single files."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path

from ...errors import ProverUnavailable
from .toolchain import Toolchain

__all__ = ["project_toolchain"]

_TIMEOUT_S = 600.0
_LAKEFILES = ("lakefile.lean", "lakefile.toml")
# What decides which libraries a project sees, and in which state.
_STATE_FILES = ("lean-toolchain", "lake-manifest.json", *_LAKEFILES)
_HOW = "Install elan (https://github.com/leanprover/elan) so that `lake` and `lean` are on PATH"


@lru_cache(maxsize=16)
def project_toolchain(directory: Path) -> Toolchain:
    """The Lean of a project folder; of one without a lakefile, the `lean` that runs there.

    Args:
        directory: root of the project, or any folder.

    Raises:
        ProverUnavailable: it is not there, or Lean cannot be run in it; the message says what to do.
    """
    directory = directory.resolve()
    if not directory.is_dir():
        raise ProverUnavailable(f"Expected the folder of a Lean project, found none at {directory}.")
    env = dict(os.environ)
    if any((directory / name).is_file() for name in _LAKEFILES):
        env |= _lake_environment(directory)
    lean = env.get("LEAN") or shutil.which("lean", path=env.get("PATH"))
    if not lean:
        raise ProverUnavailable(f"Lean was not found: {directory} has no lakefile and PATH has no `lean`. {_HOW}.")
    said = _run([lean, "--version"], directory, env)
    match = re.search(r"version ([^\s,]+)", said)
    if match is None:
        raise ProverUnavailable(f"Expected `{lean} --version` to name a version, it says {said[:200]!r}.")
    search = [Path(folder) for folder in env.get("LEAN_PATH", "").split(os.pathsep) if folder]
    # `lean` may be elan's, which starts that of the toolchain.
    proxy = Path(lean).resolve()
    root = Path(env.get("LEAN_SYSROOT") or _run([lean, "--print-prefix"], directory, env).strip())
    return Toolchain(
        kind="project",
        version=match[1],
        lean=(lean,),
        env=env,
        identity=_identity(directory, said),
        directory=directory,
        readable=tuple(dict.fromkeys((directory, root, proxy.parent.parent, *search))),
        runnable=(Path("/bin/sh"), proxy, root / "bin" / "lean") if _is_program(proxy) else None,
        own=(root / "lib" / "lean",),
    )


def _is_program(path: Path) -> bool:
    """Whether a file is a program itself, and no script that starts who knows what."""
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def _lake_environment(directory: Path) -> dict[str, str]:
    """What `lake env` adds to the environment: where the project's modules and its toolchain are."""
    if shutil.which("lake") is None:
        raise ProverUnavailable(f"The Lean project {directory} needs `lake`, which is not on PATH. {_HOW}.")
    # Other lines than NAME=VALUE are continuations or what lake has to say.
    listed = (line.partition("=") for line in _run(["lake", "env"], directory, None).splitlines())
    return {name: value for name, equals, value in listed if equals and re.fullmatch(r"[A-Z][A-Z0-9_]*", name)}


def _run(argv: list[str], directory: Path, env: dict[str, str] | None) -> str:
    try:
        done = subprocess.run(
            argv, cwd=directory, env=env, capture_output=True, text=True, timeout=_TIMEOUT_S, check=True
        )
    except subprocess.CalledProcessError as error:
        words = (error.stderr or error.stdout).strip()[-500:]
        raise ProverUnavailable(f"`{' '.join(argv)}` failed in {directory}: {words}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ProverUnavailable(f"`{' '.join(argv)}` cannot be run in {directory}: {error}") from error
    return done.stdout


def _identity(directory: Path, version: str) -> str:
    state = hashlib.sha256(version.encode())
    for name in _STATE_FILES:
        path = directory / name
        state.update(name.encode() + b"\0" + (path.read_bytes() if path.is_file() else b"") + b"\0")
    return state.hexdigest()
