"""One process at a time in a folder."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from ..errors import BadInput

__all__ = ["FolderLock"]


class FolderLock:
    """An advisory lock on a file; the operating system drops it when the process ends, however it ends.

    Args:
        path: the lock file; it is created, and it stays (deleting it would let two processes hold "the" lock).
        purpose: what is being protected, for the message.

    Raises:
        BadInput: another process (or another object of this one) holds the lock.
    """

    def __init__(self, path: Path, purpose: str) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            _lock(self._descriptor)
        except OSError as error:
            os.close(self._descriptor)
            raise BadInput(
                f"{purpose} is in use by another running process (lock file {path}). Wait for it to end, or stop it."
            ) from error

    def release(self) -> None:
        """Let others in; calling it twice is allowed."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
