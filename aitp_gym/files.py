"""Files shared with other processes and users: replaced in one piece, locked, private, and JSON read with care."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import stat
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .errors import BadInput, ProverUnavailable, TraceError

__all__ = [
    "FolderLock",
    "file_lock",
    "is_unfinished",
    "private_dir",
    "read_json",
    "replacing",
    "runtime_root",
    "write_json",
]

# A Unix socket's path may have 107 bytes; below the root come a folder and a file name.
_MAX_ROOT_BYTES = 70
_UNFINISHED = ".unfinished"


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A new file beside `path` that takes its place when the block ends, and is removed when the block raises.

    A kill at any moment leaves the old file or the new one. The new file has a name that nobody can foresee and is
    made by this call alone, so that a link planted under its name is never followed.

    Args:
        path: the file to replace; its folder must exist.

    Yields:
        The path to write to. The block must leave nothing of it open.
    """
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(8)}{_UNFINISHED}")
    os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
    try:
        yield unfinished
        descriptor = os.open(unfinished, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def is_unfinished(path: Path) -> bool:
    """Whether a file is one that `replacing` had not finished when its process was killed."""
    return path.name.startswith(".") and path.name.endswith(_UNFINISHED)


def read_json(path: Path) -> dict[str, Any]:
    """The JSON object in a file.

    Raises:
        TraceError: the file is missing or does not hold one.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise TraceError(f"{path} cannot be read: {error.strerror}. Give the folder of a run.") from error
    except ValueError as error:
        raise TraceError(f"{path} is not JSON ({error}); it is damaged or not from a run.") from error
    if not isinstance(content, dict):
        raise TraceError(f"{path} must hold a JSON object, got {type(content).__name__}; it is not from a run.")
    return content


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Replace a file by a JSON object in one piece: a kill leaves the old file or the new one."""
    with replacing(path) as unfinished, unfinished.open("w", encoding="utf-8") as file:
        json.dump(content, file, indent=2, ensure_ascii=False, allow_nan=False)
        file.write("\n")


class FolderLock:
    """Lock that one process holds on a folder; the operating system drops it when the process ends, however it ends.

    Args:
        path: the lock file; it is created, and it stays (deleting it would let two processes hold "the" lock).
        purpose: what is being protected, for the message.

    Raises:
        BadInput: another process (or another object of this one) holds the lock.
    """

    def __init__(self, path: Path, purpose: str) -> None:
        from filelock import FileLock, Timeout

        self._lock = FileLock(path, timeout=0, thread_local=False)
        try:
            self._lock.acquire()
        except Timeout:
            raise BadInput(
                f"{purpose} is in use by another running process (lock file {path}). Wait for it to end, or stop it."
            ) from None

    def release(self) -> None:
        """Let others in; calling it twice is allowed."""
        self._lock.release()


@contextlib.contextmanager
def file_lock(path: Path) -> Iterator[None]:
    """Wait for an exclusive lock between processes and hold it; it ends with its holder, however that ends."""
    from filelock import FileLock

    with FileLock(path, thread_local=False, poll_interval=0.01):
        yield


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
    """Folder at `path` that no other user can enter, made if needed.

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
