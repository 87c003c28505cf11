"""Compile the HOL Light server, and other programs of ours around HOL Light's sources, once, into the user cache.

`python -m aitp_gym.provers.hollight.build` does it from a shell.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import shlex
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from ... import cache
from ...errors import ProverUnavailable
from ...files import file_lock, remove, writing
from .. import process
from .progress import Progress, console
from .sources import OCAML_DIR, Additions, HolLightSources

__all__ = ["PACKAGES", "SERVER", "Build", "Program", "build", "cache_root", "locate"]

PACKAGES = ("hol-light", "ocaml", "camlp5", "ocaml-findlib", "libnum-ocaml-dev", "libcamlp-streams-ocaml-dev", "gcc")
"""Debian packages that the build needs."""

_HOL_DIALECT = frozenset({"hol_all", "table"})
_STEP_TIMEOUT_S = 1800.0

_PREPROCESSOR = shlex.split(
    "ocamlfind ocamlc -linkall -package camlp-streams -I +camlp5 camlp_streams.cma odyl.cma camlp5.cma "
    "pa_o.cmo pa_op.cmo pr_dump.cmo pa_j.cmo quot.cmo odyl.cmo -o preprocessor"
)
_COMPILE = shlex.split("ocamlfind ocamlopt -package unix,num -I +camlp5 -w -a")


@dataclass(frozen=True, eq=False)
class Program:
    """A native program: HOL Light's sources and modules of ours.

    Attributes:
        name: file name of the executable.
        title: what it is, for messages.
        modules: ours, in the order of linking; they come after `track` and HOL Light.
        files: all that it is made of beside the server's own OCaml files; those in OCaml are compiled with them.
        additions: text of our own among HOL Light's phrases.
    """

    name: str
    title: str
    modules: tuple[str, ...]
    files: tuple[Path, ...] = ()
    additions: Additions = field(default_factory=Additions)


SERVER = Program(
    "hlserve",
    "the HOL Light server",
    (
        "digits",
        "farmhash",
        "wire",
        "limits",
        "sexp",
        "normal",
        "readable",
        "library",
        "reader",
        "table",
        "attempt",
        "check",
        "requests",
        "main",
    ),
)


@dataclass(frozen=True)
class Build:
    """A compiled program.

    Attributes:
        directory: where it lies; what belongs to it (the server's exported library) lies there too.
        identity: hash of everything it is made of: HOL Light's sources, our files, the compiler's version.
        hol_version: HOL Light's own version.
        program: what is compiled.
    """

    directory: Path
    identity: str
    hol_version: str
    program: Program = SERVER

    @property
    def executable(self) -> Path:
        """The program's file."""
        return self.directory / self.program.name

    @property
    def ready(self) -> bool:
        """Whether it has been built."""
        # Unlike `Path.is_file` this is false where nothing may be looked at.
        return os.path.isfile(self.executable)


def cache_root() -> Path:
    """Folder of all builds."""
    return cache.cache_root() / "hollight"


@functools.lru_cache(maxsize=1)
def _compiler_version() -> str:
    try:
        return subprocess.run(
            ["ocamlfind", "ocamlopt", "-version"], capture_output=True, text=True, check=True, timeout=60
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError) as error:
        raise ProverUnavailable(
            f"HOL Light needs the OCaml compiler and findlib, `ocamlfind ocamlopt -version` failed ({error}). "
            f"Install them: apt-get install {' '.join(PACKAGES)}"
        ) from error


def locate(program: Program = SERVER) -> Build:
    """Where the build of a program for the installed HOL Light lies, or will lie.

    Raises:
        ProverUnavailable: HOL Light or the compiler is not installed.
    """
    return _locate(str(HolLightSources.find().directory), program)


@functools.lru_cache(maxsize=4)
def _locate(directory: str, program: Program) -> Build:
    sources = HolLightSources(Path(directory))
    state = hashlib.sha256(f"{sources.digest()} {_compiler_version()}".encode())
    generator = [Path(__file__).with_name(name) for name in ("build.py", "sources.py", "recorder.py", "phrases.py")]
    for path in sorted([*OCAML_DIR.glob("*.ml"), *generator, *program.files]):
        state.update(path.name.encode() + b"\0" + path.read_bytes())
    identity = state.hexdigest()
    return Build(cache_root() / identity[:16], identity, sources.version, program)


def build(progress: Progress | None = None, program: Program = SERVER) -> Build:
    """Compile a program unless that was done before; takes about a minute.

    Only one process builds at a time, and a build appears whole or not at all.

    Args:
        progress: is told what happens; by default a bar on the terminal.
        program: what to compile; by default the server.

    Raises:
        ProverUnavailable: something that the build needs is missing, the cache cannot be written, or the compiler
            failed.
    """
    wanted = locate(program)
    if wanted.ready:
        return wanted
    cache.writable_cache(wanted.directory.parent)
    if progress is None:
        with console("Building HOL Light") as progress:
            return build(progress, program)
    progress("waiting for another build", 0.0)
    with file_lock(cache_root() / "build.lock"), writing(wanted.directory):
        if not wanted.ready:
            with tempfile.TemporaryDirectory(prefix="building-", dir=cache_root()) as work:
                _compile(wanted, Path(work), progress)
    progress("done", 1.0)
    return wanted


def _steps(program: Program) -> list[tuple[str, list[str], float]]:
    """What to do: a text, the command, and its share of the time."""
    steps = [
        ("the preprocessor", shlex.split("ocamlfind ocamlc -I +camlp5 -c quot.ml"), 0.01),
        ("the preprocessor", _PREPROCESSOR, 0.02),
    ]
    modules = ("track", "hol_all", *program.modules)
    for module in modules:
        large = module == "hol_all"
        source = [f"{module}.ml"]
        if module in _HOL_DIALECT:
            # `-o`, because pa_j writes a greeting to standard output.
            command = ["./preprocessor", "-impl", f"{module}.ml", "-o", f"{module}.ast"]
            steps.append(("reading the sources", command, 0.2 if large else 0.01))
            source = ["-impl", f"{module}.ast", "-o", f"{module}.cmx"]
        text = "compiling HOL Light" if large else f"compiling {program.title}"
        steps.append((text, [*_COMPILE, "-c", *source], 0.6 if large else 0.01))
    steps.append(("linking", [*_COMPILE, "-linkpkg", *(f"{m}.cmx" for m in modules), "-o", program.name], 0.04))
    return steps


def _compile(wanted: Build, work: Path, progress: Progress) -> None:
    sources = HolLightSources.find()
    program = wanted.program
    own = [path for path in program.files if path.suffix == ".ml"]
    for path in (*OCAML_DIR.glob("*.ml"), *own, *sources.directory.glob("pa_j.cm[io]")):
        shutil.copy(path, work)
    (work / "hol_all.ml").write_text(sources.joined(program.additions))
    log = work / "build.log"
    # The compiler recurses deeply on a file of two megabytes.
    limits = process.ProcessLimits(stack_mb=float("inf"))
    part = 0.0
    for text, command, share in _steps(program):
        progress(text, part)
        part += share
        status = process.run(command, log, timeout_s=_STEP_TIMEOUT_S, limits=limits, cwd=work)
        if status != 0:
            raise ProverUnavailable(
                f"{program.title[0].upper()}{program.title[1:]} could not be built: `{' '.join(command)[:200]}` "
                f"{'took too long' if status is None else f'ended with status {status}'}. "
                f"Needed: apt-get install {' '.join(PACKAGES)}\n{process.tail(log)}"
            )
    finished = work / "finished"
    finished.mkdir()
    for name in (program.name, "build.log"):
        shutil.move(work / name, finished / name)
    facts = {"identity": wanted.identity, "hol_version": wanted.hol_version, "ocaml_version": _compiler_version()}
    (finished / "build.json").write_text(json.dumps(facts, indent=2) + "\n")
    remove(wanted.directory)
    os.rename(finished, wanted.directory)


if __name__ == "__main__":
    print(build().executable)
