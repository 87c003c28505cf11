"""Private folders."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from pathlib import Path

from ...errors import ProverUnavailable

__all__ = ["private_dir", "runtime_root"]

# A Unix socket's path may have 107 bytes; below the root come a folder and a file name.
_MAX_ROOT_BYTES = 70


def runtime_root() -> Path:
    """Folder for sockets and locks of this user: `$AITP_RUNTIME_DIR`, else below `$XDG_RUNTIME_DIR`, else in /tmp.

    Raises:
        ProverUnavailable: the folder asked for is too long for the path of a socket.
    """
    asked = os.environ.get("AITP_RUNTIME_DIR")
    if asked:
        if len(os.fsencode(asked)) > _MAX_ROOT_BYTES:
            raise ProverUnavailable(
                f"AITP_RUNTIME_DIR is too long for a socket: {asked!r} has over {_MAX_ROOT_BYTES} bytes. "
                "Name a shorter folder."
            )
        return Path(asked)
    session = os.environ.get("XDG_RUNTIME_DIR")
    if session and Path(session).is_dir() and len(os.fsencode(session)) < _MAX_ROOT_BYTES - 10:
        return Path(session) / "aitp-gym"
    name = f"aitp-{os.getuid()}"
    temporary = Path(tempfile.gettempdir()) / name
    return temporary if len(os.fsencode(temporary)) <= _MAX_ROOT_BYTES else Path("/tmp") / name


def private_dir(path: Path) -> Path:
    """Make the folder if needed, for us alone.

    Raises:
        ProverUnavailable: it belongs to somebody else, is open to others, or is not a folder.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o700)
    info = path.lstat()
    if not stat.S_ISDIR(info.st_mode) or info.st_uid != os.getuid() or stat.S_IMODE(info.st_mode) & 0o077:
        raise ProverUnavailable(
            f"{path} must be a folder of this user with mode 0700, found uid {info.st_uid} and mode "
            f"{stat.filemode(info.st_mode)}. Remove it, or set AITP_RUNTIME_DIR to another folder."
        )
    return path
