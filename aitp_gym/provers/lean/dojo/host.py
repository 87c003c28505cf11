"""The process that holds a `lean_dojo.Dojo`; run as a script, it needs nothing of aitp-gym.

LeanDojo changes the working directory, sets up logging, and may ask GitHub when it is imported, and a Dojo cannot be
interrupted. So each lives in a process of its own, which is killed when it does not answer.

Requests and replies are frames: a length in decimal, a newline, and as many bytes of JSON. A request has a number, its
`id`, which its reply repeats. Requests:

    {"op": "open", "traced", "scratch", "file", "name", "timeout_s"}    a theorem of a traced repository
    {"op": "run", "state", "tactic", "timeout_s"}                       a tactic on one of its states
    {"op": "close"}                                                     leave the theorem

Replies have `kind`: `state` (with `state` and `text`), `finished`, `given_up`, `error`, `timeout`, `crash` (with
`out_of_memory`), `unreadable`, `init_error` or `closed`, and mostly a `message`.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import sys
import tempfile
import termios
from pathlib import Path
from typing import Any

_TAPE_CHARACTERS = 4000
_KILLED = 9
# What LeanDojo takes for the mark of a process that the kernel killed for its memory.
_KILLED_STATUS = 128 + _KILLED
_LFLAG = 3
_LAST_MOMENT_MS = 200
_CHUNK = 1 << 16
_SHOWN_CHARACTERS = 500


class Tape:
    """The last of what Lean printed, for the message of a Dojo that does not start."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> None:
        """Keep the end of it."""
        self.text = (self.text + text)[-_TAPE_CHARACTERS:]

    def flush(self) -> None:
        """Nothing is held back."""


def tuned_dojo(scratch: str) -> type[Any]:
    """`lean_dojo.Dojo`, without its pauses, its limit on the length of a tactic, and its files among the sources.

    Args:
        scratch: folder in the repository for the files that Lean is given.
    """
    import lean_dojo

    class TunedDojo(lean_dojo.Dojo):  # type: ignore[misc]  # the package has no types
        def __init__(self, *arguments: Any, **settings: Any) -> None:
            super().__init__(*arguments, **settings)
            self.tape: Tape | None = None

        def _modify_file(self, traced_file: Any) -> None:
            # It is the caller who takes it away, which is after this call.
            self.modified_file = tempfile.NamedTemporaryFile("wt", dir=scratch, suffix=".lean")  # noqa: SIM115
            self.modified_file.write(self._get_modified_proof(traced_file))
            self.modified_file.flush()

        def _read_next_line(self) -> tuple[str, str]:
            if self.tape is None:
                self.tape = self.proc.logfile_read = Tape()
                self._tune()
            line, message = super()._read_next_line()
            # What was read beyond the line is still to come.
            return line.partition("\n")[0], message

        def _tune(self) -> None:
            # pexpect waits 50 ms before it sends anything, for programs that ask for passwords.
            self.proc.delaybeforesend = None
            # LeanDojo has it read single characters, with a pause after each: a second for a state of some kilobytes.
            self.proc.maxread, self.proc.delayafterread = _CHUNK, None
            # A terminal holds lines of 4095 bytes, and a longer request would be cut.
            attributes = termios.tcgetattr(self.proc.child_fd)
            attributes[_LFLAG] &= ~termios.ICANON
            termios.tcsetattr(self.proc.child_fd, termios.TCSANOW, attributes)

    return TunedDojo


def repository(traced: Path) -> Any:
    """A `LeanGitRepo` for what lies traced in the cache, without asking GitHub about it as LeanDojo would."""
    from lean_dojo import LeanGitRepo

    class TracedRepo(LeanGitRepo):  # type: ignore[misc]  # the package has no types
        url, commit, name = str(traced), "", traced.name

        def __post_init__(self) -> None:
            """Nothing has to be found out."""

        def get_cache_dirname(self) -> Path:
            # Being absolute it stands for itself, wherever the cache is.
            return traced.parent

    return TracedRepo(str(traced), "")


class Host:
    """At most one Dojo, and its states by number."""

    def __init__(self) -> None:
        self._dojo: Any = None
        self._states: dict[int, Any] = {}

    def handle(self, request: dict[str, Any]) -> dict[str, Any]:
        """Carry out a request."""
        match request.pop("op"):
            case "open":
                return self.open(**request)
            case "run":
                return self.run(**request)
            case _:
                self.close()
                return {"kind": "closed"}

    def open(self, traced: str, scratch: str, file: str, name: str, timeout_s: float) -> dict[str, Any]:
        """Enter a theorem."""
        import lean_dojo

        self.close()
        theorem = lean_dojo.Theorem(repository(Path(traced)), Path(file), name)
        self._dojo = tuned_dojo(scratch)(theorem, timeout=timeout_s)
        try:
            _, state = self._dojo.__enter__()
        except Exception as error:  # whatever it is, the theorem cannot be entered
            printed = self._dojo.tape.text if self._dojo.tape else ""
            self.close()
            return {"kind": "init_error", "message": _words(error), "printed": printed}
        # Lean has read it. If this process is killed, nobody would take it away.
        os.unlink(self._dojo.modified_file.name)
        return self._state(state)

    def run(self, state: int, tactic: str, timeout_s: float) -> dict[str, Any]:
        """Apply a tactic."""
        import lean_dojo

        if self._dojo is None or state not in self._states:
            return {"kind": "crash", "message": "the Dojo has no such state", "out_of_memory": False}
        self._dojo.proc.timeout = timeout_s
        self._dojo.tape.text = ""
        try:
            result = self._dojo.run_tac(self._states[state], tactic)
        except lean_dojo.DojoTacticTimeoutError:
            # What Lean still says would be taken for the answer to the next tactic.
            self.close()
            return {"kind": "timeout", "message": "no answer within the Dojo's time limit"}
        except lean_dojo.DojoCrashError as error:
            return self._crash(error, error.is_out_of_memory)
        except Exception as error:  # one of LeanDojo's assertions
            if _ended(self._dojo.proc.pid, 0):
                return self._crash(error, False)
            return {"kind": "unreadable", "message": _words(error)}
        match result:
            case lean_dojo.TacticState():
                return self._state(result)
            case lean_dojo.ProofFinished():
                return {"kind": "finished"}
            case lean_dojo.ProofGivenUp():
                return {"kind": "given_up"}
            case _:
                return {"kind": "error", "message": result.error}

    def close(self) -> None:
        """Leave the theorem, if there is one."""
        self._end()

    def _crash(self, error: Exception, out_of_memory: bool) -> dict[str, Any]:
        printed = self._dojo.tape.text.strip()
        message = _words(error) + (f" after {printed[-_SHOWN_CHARACTERS:]!r}" if printed else "")
        return {"kind": "crash", "message": message, "out_of_memory": self._end() or out_of_memory}

    def _state(self, state: Any) -> dict[str, Any]:
        self._states[state.id] = state
        return {"kind": "state", "state": state.id, "text": state.pp, "message": state.message or ""}

    def _end(self) -> bool:
        """End the Dojo; whether the kernel seems to have killed it."""
        dojo, self._dojo, self._states = self._dojo, None, {}
        if dojo is None:
            return False
        killed = False
        if hasattr(dojo, "proc"):
            with contextlib.suppress(Exception):
                killed = _ended(dojo.proc.pid, _LAST_MOMENT_MS) and (
                    not dojo.proc.isalive()
                    and (dojo.proc.exitstatus == _KILLED_STATUS or dojo.proc.signalstatus == _KILLED)
                )
            with contextlib.suppress(FileNotFoundError):
                dojo.__exit__(None, None, None)
            with contextlib.suppress(Exception):
                dojo.proc.wait()
                dojo.proc.ptyproc.fileobj.close()
        elif hasattr(dojo, "modified_file"):
            dojo.modified_file.__exit__(None, None, None)
        return killed


def _ended(pid: int, moment_ms: int) -> bool:
    """Whether the process has ended; it gets a moment for it, because its output ends a little before."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        return bool(poll.poll(moment_ms))
    finally:
        os.close(handle)


def _words(error: BaseException) -> str:
    text = str(error)
    return text if type(error).__name__.startswith("Dojo") else f"{type(error).__name__}: {text}"


def main() -> None:
    """Answer requests until there are no more."""
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # Whatever prints must not end up among the replies, nor read the requests.
    os.dup2(2, 1)
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    import lean_dojo

    def reply(message: dict[str, Any]) -> None:
        payload = json.dumps(message).encode()
        replies.write(b"%d\n%b" % (len(payload), payload))
        replies.flush()

    host = Host()
    reply({"kind": "hello", "version": lean_dojo.__version__})
    while header := requests.readline():
        request = json.loads(requests.read(int(header)))
        number = request.pop("id")
        reply({**host.handle(request), "id": number})
    host.close()


if __name__ == "__main__":
    sys.path.pop(0)  # this folder, whose modules are not for import by bare name
    main()
