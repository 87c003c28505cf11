"""Cache of this user: what is built or imported once, and read by every later process."""

from __future__ import annotations

import os
from pathlib import Path

from .errors import ProverUnavailable
from .files import is_writable

__all__ = ["VARIABLE", "cache_root", "needs_writing", "writable_cache"]

VARIABLE = "AITP_CACHE_DIR"
_HOW = f"Set {VARIABLE} to a folder that you may write to, or to a finished cache, which may be read-only."


def cache_root() -> Path:
    """Folder of the cache, whether or not it is there: `$AITP_CACHE_DIR`, else the system's place for caches.

    What lies in it is run as a program, so nobody but this user and the administrator may have put it there. A folder
    that AITP_CACHE_DIR names is trusted whoever owns it, for example one that a group shares.

    Raises:
        ProverUnavailable: there is no such place, or somebody else may write to it.
    """
    # Not at the top: the environment ids are registered without it.
    import platformdirs

    named = os.environ.get(VARIABLE)
    try:
        root = Path(named).absolute() if named else Path(platformdirs.user_cache_dir("aitp-gym"))
    except RuntimeError:
        root = Path()
    if not root.is_absolute():
        raise ProverUnavailable(
            f"There is no place for a cache: user {os.getuid()} has no home folder here, and HOME is not set. {_HOW}"
        )
    try:
        info = root.stat()
    except (FileNotFoundError, NotADirectoryError):
        return root
    except OSError as error:
        raise ProverUnavailable(f"The cache {root} cannot be entered: {error.strerror}. {_HOW}") from error
    if info.st_mode & 0o002:
        raise ProverUnavailable(f"Everybody may write to the cache {root}: `chmod o-w` it, or name another. {_HOW}")
    if not named and info.st_uid not in (0, os.getuid()):
        raise ProverUnavailable(
            f"The cache {root} belongs to user {info.st_uid}, who could put programs there; this is user "
            f"{os.getuid()}. {_HOW}"
        )
    return root


def needs_writing(folder: Path) -> str:
    """One sentence about a folder of the cache that is not finished and cannot be written; else empty."""
    if is_writable(folder):
        return ""
    return f"{folder} is not finished and cannot be written by user {os.getuid()}. {_HOW}"


def writable_cache(folder: Path) -> Path:
    """A folder of the cache, made if it is not there, in which something is about to be built.

    Raises:
        ProverUnavailable: it cannot be made or written to.
    """
    root = cache_root()
    try:
        if folder.is_relative_to(root):
            # `mkdir` gives the mode to the last folder alone, and what is below a private one is private.
            root.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ProverUnavailable(f"{folder} cannot be made: {error.strerror}. {_HOW}") from error
    if problem := needs_writing(folder):
        raise ProverUnavailable(problem)
    return folder
