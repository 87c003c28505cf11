"""Our server in a heap of its own over the user's HOL4, built once into the user cache."""

from __future__ import annotations

import functools
import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ... import cache
from ...errors import ProverUnavailable
from ...files import file_lock, remove, writing
from .. import process
from .installation import Installation

__all__ = ["SML_DIR", "Heap", "build", "locate"]

SML_DIR = Path(__file__).parent / "sml"
# In the order of loading.
_FILES = ("json", "sexp", "limits", "context", "tactics", "attempt", "check", "library", "server")
_BUILD_TIMEOUT_S = 300.0

_BUILD_SCRIPT = """\
val _ = List.app use [{files}];
val _ = PolyML.shareCommonData PolyML.rootFunction;
val _ = PolyML.SaveState.saveChild ({heap}, length (PolyML.SaveState.showHierarchy ()));
"""
_MAIN_SCRIPT = "val _ = AitpServer.main ();\n"


@dataclass(frozen=True)
class Heap:
    """A saved heap.

    Attributes:
        directory: where it lies; what belongs to it (the exported library) lies there too.
        identity: hash of what it is made of: the HOL4 below it and our files.
        installation: the HOL4 below it.
    """

    directory: Path
    identity: str
    installation: Installation

    @property
    def file(self) -> Path:
        """The heap."""
        return self.directory / "server.heap"

    @property
    def ready(self) -> bool:
        """Whether it has been built."""
        # Unlike `Path.is_file` this is false where nothing may be looked at.
        return os.path.isfile(self.file)

    def argv(self, max_heap_mb: int) -> list[str]:
        """Command that runs the server; options of Poly/ML come before HOL4's."""
        hol = os.fspath(self.installation.hol)
        # One thread for collecting garbage: several would spend CPU time that tactics are charged for.
        poly = ["--maxheap", str(max_heap_mb), "--gcthreads=1"]
        return [hol, *poly, "run", f"--holstate={self.file}", os.fspath(self.directory / "main.sml")]


def cache_root() -> Path:
    """Folder of all heaps."""
    return cache.cache_root() / "hol4"


def locate() -> Heap:
    """Where the heap over the installed HOL4 lies, or will lie.

    Raises:
        ProverUnavailable: HOL4 was not found.
    """
    installation = Installation.find()
    return _locate(installation, installation.identity)


@functools.lru_cache(maxsize=4)
def _locate(installation: Installation, identity: str) -> Heap:
    state = hashlib.sha256(f"{identity} {_BUILD_SCRIPT}".encode())
    for name in _FILES:
        state.update((SML_DIR / f"{name}.sml").read_bytes())
    return Heap(cache_root() / state.hexdigest()[:16], state.hexdigest(), installation)


def build() -> Heap:
    """Build the heap unless that was done before; takes about a second.

    Only one process builds at a time, and a heap appears whole or not at all.

    Raises:
        ProverUnavailable: HOL4 was not found, the cache cannot be written, or HOL4 cannot load the server.
    """
    wanted = locate()
    if wanted.ready:
        return wanted
    cache.writable_cache(wanted.directory)
    with file_lock(wanted.directory / "lock"), writing(wanted.directory):
        if not wanted.ready:
            with tempfile.TemporaryDirectory(prefix="building-", dir=wanted.directory) as work:
                _build(wanted, Path(work))
    return wanted


def _build(wanted: Heap, work: Path) -> None:
    files = ", ".join(_sml_string(SML_DIR / f"{name}.sml") for name in _FILES)
    script, log, heap = work / "build.sml", wanted.directory / "build.log", work / "server.heap"
    script.write_text(_BUILD_SCRIPT.format(files=files, heap=_sml_string(heap)))
    for path in (log, wanted.directory / "main.sml", wanted.file):
        remove(path)
    (wanted.directory / "main.sml").write_text(_MAIN_SCRIPT)
    argv = [os.fspath(wanted.installation.hol), "run", os.fspath(script)]
    status = process.run(argv, log, timeout_s=_BUILD_TIMEOUT_S, cwd=work)
    if status != 0 or not heap.is_file():
        raise ProverUnavailable(
            f"The server could not be loaded into the HOL4 in {wanted.installation.directory} "
            f"({wanted.installation.version}): `{' '.join(argv)}` "
            f"{'took too long' if status is None else f'ended with status {status}'}. HOL4 has `hol run` since 2026; "
            f"the log, {log}, ends with:\n{process.tail(log)}"
        )
    os.replace(heap, wanted.file)


def _sml_string(path: Path) -> str:
    text = os.fspath(path)
    if not text.isascii() or '"' in text or "\\" in text or not text.isprintable():
        raise ProverUnavailable(f"HOL4's loader cannot name {text!r}: it needs a path of plain characters.")
    return f'"{text}"'
