"""A process that forks itself for each command: what all of them begin with has been done once, before any of them.

`python -I -S warm_host.py compiler FOLDER` has Lean's libraries loaded and initialised; `… kernel FOLDER FILE` has
besides, in a kernel's environment, the declarations of FILE checked, which are the library's. FOLDER holds the embedded
engine's shared libraries. It imports nothing of ours but what stands beside it.

On its standard input it is told what to run, a JSON object per line, and answers each with one:

    {"argv": […], "log": FILE, "cpu_s": N}    forks, and answers {"pid": N}
    {"wait": true}                            answers {"status": N} when that process has ended

`argv` is the command that a process of its own would have been started with, the sandbox's launcher included. The fork
takes the launcher's restrictions upon itself, for itself alone, and only then does what the command would: it compiles
a file, or checks declarations. This process reads nothing that belongs to a command but that line, so that no command
finds anything of another; it is not in the sandboxes of its forks, which cannot reach it. When its input ends, it ends
the fork that runs, and itself.
"""

import ctypes
import json
import os
import resource
import select
import signal
import sys
from collections.abc import Callable
from typing import Any, NoReturn

_DIE_WITH_PARENT = 1


class Compiler:
    """Lean, loaded and initialised.

    Args:
        folder: with the shared libraries.
    """

    def __init__(self, folder: str) -> None:
        for name in ("libInit_shared.so", "libleanshared_2.so", "libleanshared_1.so"):
            ctypes.CDLL(f"{folder}/{name}", ctypes.RTLD_GLOBAL)
        self._lean = ctypes.CDLL(f"{folder}/libleanshared.so", ctypes.RTLD_GLOBAL)
        self._lean.lean_initialize()

    def run(self, command: list[str]) -> int:
        """Do what `lean` does with these arguments, to its end."""
        # It initialises itself again, which finds nearly everything done.
        arguments = [b"lean", *map(os.fsencode, command[1:])]
        argv = (ctypes.c_char_p * (len(arguments) + 1))(*arguments, None)
        self._lean.lean_setup_args.restype = ctypes.c_void_p
        prepared = ctypes.c_void_p(self._lean.lean_setup_args(len(arguments), argv))
        return int(self._lean.lean_main(len(arguments), prepared))


class LibraryKernel:
    """A kernel's environment with a library in it, of which every declaration has been checked.

    Args:
        folder: with the shared libraries.
        file: the library's declarations.
    """

    def __init__(self, folder: str, file: str) -> None:
        sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
        import kernel  # type: ignore[import-not-found]  # beside this file

        self._check = kernel.check
        self._objects = kernel.Objects(folder)
        self._environment = kernel.Environment(self._objects)
        if found := self._check(self._objects, self._environment, file):
            raise SystemExit(f"the kernel does not accept the library: {found}")

    def run(self, command: list[str]) -> int:
        """Check what a file declares, and say so."""
        print(self._check(self._objects, self._environment, command[-1]) or "accepted")
        sys.stdout.flush()
        return 0


class Launchers:
    """The sandbox's launchers, as what a fork does to itself."""

    def __init__(self) -> None:
        self._code: dict[str, Any] = {}

    def prepare(self, argv: list[str]) -> None:
        """Read and compile a launcher, if that is what the command begins with."""
        if self._is_launcher(argv) and argv[3] not in self._code:
            with open(argv[3], encoding="utf-8") as file:
                self._code[argv[3]] = compile(file.read(), argv[3], "exec")

    def become(self, argv: list[str], run: Callable[[list[str]], int]) -> NoReturn:
        """Do in this process what a command would do in one of its own."""
        if not self._is_launcher(argv):
            os._exit(run(argv) & 0xFF)

        def instead(file: str, arguments: list[str]) -> NoReturn:
            self.become(list(arguments), run)

        # A launcher ends by becoming the command that it was given.
        os.execvp = instead  # type: ignore[assignment]
        sys.argv = argv[3:]
        exec(self._code[argv[3]], {"__name__": "__main__", "__file__": argv[3]})
        os._exit(70)

    @staticmethod
    def _is_launcher(argv: list[str]) -> bool:
        return argv[1:3] == ["-I", "-S"] and "--" in argv


def fork(launchers: Launchers, request: dict[str, Any], run: Callable[[list[str]], int]) -> int:
    """Fork for a command."""
    launchers.prepare(request["argv"])
    pid = os.fork()
    if pid:
        return pid
    status = 70
    try:
        _settle(request)
        launchers.become(request["argv"], run)
    except SystemExit as ended:
        print(ended.code, file=sys.stderr)
        status = 1
    except BaseException as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _settle(request: dict[str, Any]) -> None:
    """What a process of its own would begin with: a session, its outputs, its limits, no descriptor of ours."""
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
    os.setsid()
    log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
    nowhere = os.open(os.devnull, os.O_RDONLY)
    for descriptor, place in ((nowhere, 0), (log, 1), (log, 2)):
        os.dup2(descriptor, place)
    os.closerange(3, 1024)
    resource.setrlimit(resource.RLIMIT_CPU, (request["cpu_s"], request["cpu_s"]))
    for number in (signal.SIGPIPE, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)


def main() -> None:
    """Serve until the input ends."""
    kind, *arguments = sys.argv[1:]
    prepared = Compiler(*arguments) if kind == "compiler" else LibraryKernel(*arguments)
    launchers, child = Launchers(), 0
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    out, lines = os.fdopen(os.dup(1), "w", encoding="utf-8"), os.fdopen(os.dup(0), "rb", buffering=0)

    def answer(content: dict[str, Any]) -> None:
        print(json.dumps(content), file=out, flush=True)

    answer({"ready": True})
    while line := lines.readline():
        request = json.loads(line)
        if "argv" in request:
            child = fork(launchers, request, prepared.run)
            answer({"pid": child})
            continue
        if not _ended(child, lines.fileno()):
            break
        _, status = os.waitpid(child, 0)
        child = 0
        answer({"status": os.waitstatus_to_exitcode(status)})
    if child:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _ended(child: int, told: int) -> bool:
    """Wait for a fork's end; false if our input ends before."""
    handle = os.pidfd_open(child)
    try:
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        poll.register(told, select.POLLIN)
        while True:
            ready = dict(poll.poll())
            if handle in ready:
                return True
            if told in ready:
                return False
    finally:
        os.close(handle)


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    # Not `sys.exit`: what Lean still holds lies in memory that Python would free.
    os._exit(0)
