"""Stands for the `lean` program: runs Lean's own `main` inside Python, so that no C compiler is needed.

`python -I -S launcher.py FOLDER ARGUMENT…`, where FOLDER holds Lean's shared libraries. It imports nothing of ours, and
ends when its parent does: Lean itself notices only that its input ends, and not before it is done with a proof.
"""

import ctypes
import os
import select
import signal
import sys
import threading


def end_with(parent: int) -> None:
    """End this process when another one does."""
    try:
        handle = os.pidfd_open(parent)
    except OSError:
        # Started from outside of our namespace of processes: whoever made that namespace ends it.
        return
    if os.getppid() != parent:
        # It had ended before there was a handle, and the number may be another's now.
        os._exit(1)
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    poll.poll()
    os._exit(1)


def main() -> int:
    """Run Lean to its end."""
    folder, arguments = sys.argv[1], [b"lean", *map(os.fsencode, sys.argv[2:])]
    # Python's own ways with signals are not Lean's.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
    for name in ("libInit_shared.so", "libleanshared_2.so", "libleanshared_1.so"):
        ctypes.CDLL(f"{folder}/{name}", ctypes.RTLD_GLOBAL)
    lean = ctypes.CDLL(f"{folder}/libleanshared.so", ctypes.RTLD_GLOBAL)
    argv = (ctypes.c_char_p * (len(arguments) + 1))(*arguments, None)
    lean.lean_setup_args.restype = ctypes.c_void_p
    prepared = ctypes.c_void_p(lean.lean_setup_args(len(arguments), argv))
    return int(lean.lean_main(len(arguments), prepared))


if __name__ == "__main__":
    # Not `sys.exit`: Lean's threads may still hold what Python would free.
    status = main()
    ctypes.CDLL(None).fflush(None)
    os._exit(status)
