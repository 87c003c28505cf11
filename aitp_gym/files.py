"""Files shared with other processes and users: replaced in one piece, locked, private, and JSON read with care."""

from __future__ import annotations

import contextlib
import errno
import json
import math
import os
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from io import BufferedReader
from pathlib import Path
from typing import Any, BinaryIO, cast

from .errors import BadInput, NotWritable, ProverUnavailable, TraceError

__all__ = [
    "NOT_FINITE",
    "FolderLock",
    "file_lock",
    "is_unfinished",
    "is_writable",
    "json_numbers",
    "json_value",
    "log_file",
    "new_folder",
    "open_regular",
    "open_to_append",
    "private_dir",
    "read_bytes",
    "read_json",
    "read_text",
    "remove",
    "replacing",
    "runtime_problem",
    "runtime_root",
    "write_json",
    "write_output",
    "writing",
]

NOT_FINITE = ("NaN", "Infinity", "-Infinity")
"""Text that stands for a number that JSON does not have, as in protobuf's JSON mapping; `float` reads it."""

# <sys/un.h>: 108 bytes with the one that ends it.
_MAX_SOCKET_BYTES = 107
# What the path of a socket of ours adds to the runtime folder: a folder and a file name.
_SOCKET_BYTES = 37
_MAX_JSON_BYTES = 256 * 2**20
_UNFINISHED = ".unfinished"


@contextlib.contextmanager
def writing(path: Path, remedy: str = "Give a folder that you may write to.") -> Iterator[None]:
    """Turn what the operating system objects to inside the block into one sentence about `path`.

    Raises:
        NotWritable: the block raised an `OSError`.
    """
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            remedy = "Free disk space, or give a folder on another disk."
        raise NotWritable(f"{path} cannot be written: {error.strerror or error}. {remedy}") from error


def is_writable(folder: Path) -> bool:
    """Whether files can be made in a folder, which may have to be made itself."""
    while not os.path.lexists(folder) and folder != folder.parent:
        folder = folder.parent
    effective = os.access in os.supports_effective_ids
    return os.path.isdir(folder) and os.access(folder, os.W_OK | os.X_OK, effective_ids=effective)


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A new file beside `path` that takes its place when the block ends, and is removed when the block raises.

    A kill at any moment leaves the old file or the new one. The new file has a name that nobody can foresee and is
    made by this call alone, so that a link planted under its name is never followed.

    Args:
        path: the file to replace; its folder must exist.

    Yields:
        The path to write to. The block must leave nothing of it open.

    Raises:
        NotWritable: the folder does not take new files, the disk is full, or a folder has the name.
    """
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(8)}{_UNFINISHED}")
    with writing(path):
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


@contextlib.contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """A new folder beside `path` that takes its name when the block ends, and is removed when the block raises.

    Its name until then is its own, and nothing that lies there is followed.

    Yields:
        The folder to fill.

    Raises:
        NotWritable: the folder above it does not take new ones, the disk is full, or something has the name meanwhile.
    """
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(8)}{_UNFINISHED}")
    with writing(path):
        unfinished.parent.mkdir(parents=True, exist_ok=True)
        unfinished.mkdir()
        try:
            yield unfinished
            os.rename(unfinished, path)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise


def open_to_append(path: Path) -> BinaryIO:
    """Open a file to add to its end, made if needed; unbuffered.

    Raises:
        OSError: it cannot be opened, or is a link.
        BadInput: it is no regular file.
    """
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    return cast(BinaryIO, os.fdopen(_regular(os.open(path, flags, 0o666), path), "ab", buffering=0))


def remove(path: Path) -> None:
    """Remove whatever has this name: a folder with all that is in it, a link and not what it leads to, or nothing.

    Raises:
        OSError: it cannot be removed.
    """
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def is_unfinished(path: Path) -> bool:
    """Whether a file is one that `replacing` had not finished when its process was killed."""
    return path.name.startswith(".") and path.name.endswith(_UNFINISHED)


def open_regular(path: Path, max_bytes: int) -> BufferedReader:
    """Open a regular file for reading: never a pipe, which would wait, nor a device, which would not end.

    Args:
        path: the file; a link to one is followed.
        max_bytes: largest size that is read.

    Raises:
        OSError: it cannot be opened.
        BadInput: it is something else, or larger.
    """
    file = os.fdopen(_regular(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), path), "rb")
    size = os.fstat(file.fileno()).st_size
    if size > max_bytes:
        file.close()
        raise BadInput(f"{path} has {size} bytes; no more than {max_bytes} are read.")
    return file


def _regular(descriptor: int, path: Path) -> int:
    """The descriptor of a regular file; it is closed if it is something else's, which is told."""
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        raise BadInput(f"Expected a regular file at {path}, found {_KINDS.get(stat.S_IFMT(mode), 'something else')}.")
    return descriptor


_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}


def read_bytes(path: Path, max_bytes: int) -> bytes:
    """The content of a regular file; raises what `open_regular` does."""
    with open_regular(path, max_bytes) as file:
        # Python makes room for as much as it is asked for. A file that grows meanwhile is no reason to read more.
        return file.read(os.fstat(file.fileno()).st_size)


def read_text(path: Path, max_bytes: int) -> str:
    """The text of a regular file in UTF-8; raises what `open_regular` does, and `UnicodeDecodeError`."""
    return read_bytes(path, max_bytes).decode("utf-8")


def read_json(path: Path) -> dict[str, Any]:
    """The JSON object in a file.

    Raises:
        TraceError: the file is missing, is no regular file, or does not hold one.
    """
    try:
        content = json_value(read_text(path, _MAX_JSON_BYTES))
    except OSError as error:
        raise TraceError(f"{path} cannot be read: {error.strerror}. Give the folder of a run.") from error
    except BadInput as error:
        raise TraceError(str(error)) from error
    except (ValueError, RecursionError) as error:
        raise TraceError(f"{path} is not JSON ({error}); it is damaged or not from a run.") from error
    if not isinstance(content, dict):
        raise TraceError(f"{path} must hold a JSON object, got {type(content).__name__}; it is not from a run.")
    return content


def json_value(text: str) -> Any:
    """The value that a JSON text from a file stands for.

    Raises:
        ValueError: it is not JSON, or names half of a surrogate pair, which nothing can be written with.
        RecursionError: it is nested too deeply.
    """
    value = json.loads(text)
    if "\\ud" in text.lower():
        json.dumps(value, ensure_ascii=False).encode()
    return value


def json_numbers(value: Any) -> Any:
    """A JSON value in which numbers that JSON does not have are text, one of `NOT_FINITE`."""
    if isinstance(value, Mapping):
        return {key: json_numbers(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [json_numbers(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        nan, infinity, minus_infinity = NOT_FINITE
        return nan if math.isnan(value) else infinity if value > 0 else minus_infinity
    return value


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Replace a file by a JSON object in one piece: a kill leaves the old file or the new one.

    Numbers that JSON does not have are refused with a `ValueError`; `json_numbers` makes them text.

    Raises:
        NotWritable: the file or its folder cannot be written.
    """
    with writing(path), replacing(path) as unfinished, unfinished.open("w", encoding="utf-8") as file:
        json.dump(content, file, indent=2, ensure_ascii=False, allow_nan=False)
        file.write("\n")


def write_output(path: Path, text: str) -> None:
    """Write a text where a user asked for it: a new file in the place of what is there, or into a pipe or a device.

    Raises:
        NotWritable: it cannot be written.
    """
    with writing(path, "Name another file."):
        if path.exists() and not path.is_file():
            path.write_text(text, encoding="utf-8")
            return
        # A link that somebody left there is replaced, and what it leads to stays.
        with replacing(path) as unfinished:
            unfinished.write_text(text, encoding="utf-8")


class FolderLock:
    """Lock that one process holds on a folder; the operating system drops it when the process ends, however it ends.

    Args:
        path: the lock file; it is created, and it stays (deleting it would let two processes hold "the" lock).
        purpose: what is being protected, for the message.

    Raises:
        BadInput: another process (or another object of this one) holds the lock.
        NotWritable: the lock file cannot be made or opened.
    """

    def __init__(self, path: Path, purpose: str) -> None:
        from filelock import FileLock, Timeout

        self._lock = FileLock(path, timeout=0, mode=0o600, thread_local=False)
        with writing(path):
            try:
                self._lock.acquire()
            except Timeout:
                raise BadInput(
                    f"{purpose} is in use by another running process (lock file {path}). Wait for it to end, or stop "
                    "it."
                ) from None

    def release(self) -> None:
        """Let others in; calling it twice is allowed."""
        self._lock.release()


@contextlib.contextmanager
def file_lock(path: Path) -> Iterator[None]:
    """Wait for an exclusive lock between processes and hold it; it ends with its holder, however that ends.

    Raises:
        NotWritable: the lock file cannot be made or opened: it is a link or a folder, for example.
    """
    from filelock import FileLock

    lock = FileLock(path, mode=0o600, thread_local=False, poll_interval=0.01)
    with writing(path, "Remove what is in its place, or name another folder."):
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def runtime_root(socket_bytes: int = _SOCKET_BYTES, *, bulky: bool = False) -> Path:
    """Short private folder of this user for sockets, locks and logs; `private_dir` makes it.

    The first that leaves room for a socket's path of: `$AITP_RUNTIME_DIR`; below `$XDG_RUNTIME_DIR`, where that is this
    user's alone; below the folder for temporary files (`$TMPDIR`); in `/tmp`.

    Args:
        socket_bytes: what the longest path of a socket in it adds to its own.
        bulky: whether more than sockets, locks and logs is put there; `$XDG_RUNTIME_DIR` is kept in memory.

    Raises:
        ProverUnavailable: AITP_RUNTIME_DIR is too long for any socket.
    """
    longest = _MAX_SOCKET_BYTES - socket_bytes
    asked = os.environ.get("AITP_RUNTIME_DIR")
    if asked and len(os.fsencode(asked)) > _MAX_SOCKET_BYTES - _SOCKET_BYTES:
        raise ProverUnavailable(
            f"AITP_RUNTIME_DIR is too long for a socket: {asked!r} has over {_MAX_SOCKET_BYTES - _SOCKET_BYTES} bytes. "
            "Name a shorter folder."
        )
    candidates = [Path(asked)] if asked else []
    session = os.environ.get("XDG_RUNTIME_DIR")
    if session and not bulky and _is_private(Path(session)):
        candidates.append(Path(session) / "aitp-gym")
    name = f"aitp-{os.getuid()}"
    # Where no folder for temporary files can be written, the last one says so.
    with contextlib.suppress(OSError):
        candidates.append(Path(tempfile.gettempdir()) / name)
    last = Path("/tmp") / name
    return next((folder for folder in candidates if len(os.fsencode(folder.absolute())) <= longest), last)


def log_file(name: str) -> Path:
    """File for what a process of ours says on its standard error, in the runtime folder.

    Raises:
        ProverUnavailable: the runtime folder cannot be used.
    """
    return private_dir(runtime_root()) / name


def runtime_problem() -> str:
    """One sentence about a runtime folder that cannot be used; else empty."""
    try:
        private_dir(runtime_root())
    except ProverUnavailable as error:
        return str(error)
    return ""


def private_dir(path: Path) -> Path:
    """Folder at `path` that no other user can enter, made if needed.

    Raises:
        ProverUnavailable: it cannot be made, belongs to somebody else, is open to others, or is not a folder.
    """
    another = "set AITP_RUNTIME_DIR to another folder"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            path.mkdir(mode=0o700)
        info = path.lstat()
    except OSError as error:
        raise ProverUnavailable(
            f"{path}, for sockets and logs, cannot be made: {error.strerror}. To use another place, {another}."
        ) from error
    if not _is_private(path):
        raise ProverUnavailable(
            f"{path} must be a folder of this user with mode 0700, found uid {info.st_uid} and mode "
            f"{stat.filemode(info.st_mode)}. Remove it, or {another}."
        )
    return path


def _is_private(path: Path) -> bool:
    """Whether `path` is a folder, and no link to one, that belongs to this user and that nobody else can enter."""
    try:
        info = path.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(info.st_mode) and info.st_uid == os.getuid() and not stat.S_IMODE(info.st_mode) & 0o077
