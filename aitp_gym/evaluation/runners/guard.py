"""Ends what a killed driver leaves of the Ray that it had started on this machine.

Ray's servers end with their driver and runners with the servers, in seconds, but two helpers of the node keep looking
for them for over a minute. The guard is a small process that holds all of them by pidfds and waits for the driver's end
of a pipe: a word means that Ray was shut down in order, silence that the driver was killed. It then ends them, and
removes the folder in which they were at work.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

__all__ = ["guarded"]

_END_S = 5.0


@contextlib.contextmanager
def guarded(processes: Iterable[int], folder: Path) -> Iterator[None]:
    """Have these processes end if this one is killed inside the block.

    Without pidfds (other systems than Linux) it does nothing: Ray's helpers go by themselves, later.

    Args:
        processes: ids of descendants of this process, which cannot have gone to strangers yet.
        folder: their folder.
    """
    if not hasattr(os, "pidfd_open"):
        yield
        return
    with contextlib.ExitStack() as handles:
        held = []
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                held.append(os.pidfd_open(process))
                handles.callback(os.close, held[-1])
        # A session of its own, so that what is sent to the driver's whole group spares it.
        guard = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__, os.fspath(folder), *map(str, held)],
            stdin=subprocess.PIPE,
            pass_fds=held,
            start_new_session=True,
        )
    try:
        yield
    finally:
        # It may have been killed by somebody: then there is nobody to tell.
        with contextlib.suppress(BrokenPipeError):
            guard.communicate(b"done")


def _main() -> None:
    if sys.stdin.buffer.read():
        return
    folder, *handles = sys.argv[1:]
    for handle in map(int, handles):
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(handle, signal.SIGKILL)
    for handle in map(int, handles):
        # What still runs would write into the folder.
        select.select([handle], [], [], _END_S)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    _main()
