"""A Lean that keeps proof states: one theorem after another, a tactic at a time, each from a state named by number."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ....errors import ProverUnavailable, StatementError
from ....files import file_lock, private_dir, runtime_root
from ... import process
from ...frames import LineFrames
from ...prover_process import ProcessDied, ProcessFault, ProcessSilent
from ..goals import LeanGoal, parse_goal
from ..lean_process import LeanProcess
from ..lexer import masked
from ..script import wrapped
from ..source import Source
from ..toolchain import Toolchain

__all__ = ["Stepped", "Stepper", "StepperLimits", "header_of"]

_OPTIONS = ("-DElab.async=false", "-Dlinter.all=false")
# Requests come on descriptor 3 and answers go to 4: what Lean prints has a place of its own, the log.
_WIRES = 'exec "$@" 3<&0 4>&1 </dev/null >&2'
_START_TIMEOUT_S = 60.0
_READ_TIMEOUT_S = 600.0
# A tactic that is told to stop does so in milliseconds; some loops of the kernel look up after a second, some never.
_STOP_S = 1.5
_MAX_THEOREMS = 1_000
_MAX_SCOPES = 64
_IMPORTS = re.compile(r"(?:\s*(?:module|prelude|(?:public\s+)?(?:meta\s+)?import(?:\s+(?:all|runtime))?\s+\S+)(?!\S))*")
# What Lean puts before a message: a file, a place, and how bad it is.
_PREFIX = re.compile(r"\A[^\n]*?:\d+:\d+: (?:(?:error|warning|info)(?:\([^)\n]*\))?: )?")


@dataclass(frozen=True, slots=True)
class StepperLimits:
    """Limits of one tactic.

    Attributes:
        cpu_s: CPU seconds after which it is told to stop; it then has a moment to do so.
        wall_s: wall seconds, likewise.
        heartbeats: Lean's own limit, in thousands of small allocations; 0 for none.
    """

    cpu_s: float
    wall_s: float
    heartbeats: int = 0


@dataclass(frozen=True, slots=True)
class Stepped:
    """Answer to a tactic.

    Attributes:
        status: `ok`; `parse`: it is no tactic, or ends before its text does; `error`, `logged`: it failed; `stopped`: a
            limit was reached first; `unproved`: what it closes has a `sorry`.
        state: number of the state that it left, if it is `ok`.
        goals: what is left to prove, if it is `ok`.
        message: Lean's words, otherwise.
        elapsed_s, cpu_s: wall and CPU seconds it took.
    """

    status: str
    state: int
    goals: tuple[LeanGoal, ...]
    message: str
    elapsed_s: float
    cpu_s: float


def header_of(preamble: str) -> str:
    """The imports that a text begins with, and what stands before and between them; empty if there are none."""
    match = _IMPORTS.match(masked(preamble))
    end = match.end() if match is not None else 0
    return preamble[:end]


class Stepper(LeanProcess):
    """A Lean with our stepper in it, for theorems of files with the same imports.

    The theorem that is open carries a name that nobody can guess, so that no tactic can cite it, and the numbers of
    requests, which answers repeat, begin with such a one: nothing that a tactic writes looks like an answer.

    Args:
        toolchain: which Lean.
        built: folder with the compiled stepper.
        header: the imports; empty for Lean's own library alone.
        memory_mb: resident memory beyond which it is killed.

    Attributes:
        header: the imports.
        theorems: how many it has opened.
        steps: how many tactics it has tried.

    Raises:
        ProverUnavailable: Lean does not start.
        StatementError: it cannot import what the header says.
    """

    def __init__(self, toolchain: Toolchain, built: Path, header: str, memory_mb: float) -> None:
        self.header = header
        self.theorems = self.steps = 0
        self._name = self._shown_name = ""
        read, self._stops = os.pipe()
        # Out of the way of the numbers that the shell gives to requests and answers.
        stops = fcntl.fcntl(read, fcntl.F_DUPFD_CLOEXEC, 10)
        os.close(read)
        path = os.pathsep.join(filter(None, (toolchain.env.get("LEAN_PATH"), os.fspath(built))))
        command = ["/bin/sh", "-c", _WIRES, "sh", *toolchain.lean, *_OPTIONS, os.fspath(built / "Serve.lean")]
        try:
            super().__init__(
                toolchain,
                command,
                memory_mb,
                env={"LEAN_PATH": path},
                readable=(built,),
                children=toolchain.kind != "embedded",
                pass_fds=(stops,),
            )
        except BaseException:
            os.close(self._stops)
            raise
        finally:
            os.close(stops)
        self._number = secrets.randbits(56)
        try:
            self._frames = LineFrames.over(self._process)
            self.request({"op": "hello", "stops": f"/dev/fd/{stops}"}, _START_TIMEOUT_S)
            with _import_slot() if header else contextlib.nullcontext():
                reply = self.request(_text("header", header), _READ_TIMEOUT_S)
            if reply.get("status") != "ok":
                raise StatementError(_objection(header, reply))
            self._find_children()
            self._complete = True
        except ProcessFault as error:
            self.close()
            raise ProverUnavailable(f"Lean's stepper did not start: {error}. {self.said()}") from error
        except BaseException:
            self.close()
            raise
        # Texts that stand before theorems, without the header, and the numbers of what they lead to.
        self._scopes = {"": int(reply["scope"])}

    @property
    def worn_out(self) -> bool:
        """Whether a new one should take its place: it is dead, or holds or has done much."""
        return (
            not self.usable
            or self.theorems >= _MAX_THEOREMS
            or len(self._scopes) >= _MAX_SCOPES
            or self.resident_mb > self.memory_mb / 2
        )

    def open(self, source: Source) -> tuple[LeanGoal, ...]:
        """Open a theorem, as state 0; what was open before is closed.

        Raises:
            ProcessFault: the process was lost.
            StatementError: Lean does not accept the theorem, or what stands before it.
        """
        self.leave()
        scope = self._scope(source.preamble)
        self.theorems += 1
        name = f"aitp_{secrets.token_hex(16)}"
        opening = _text("theorem", f"{source.signature} := by skip\n") | {"scope": scope, "name": name}
        reply = self.request(opening, _READ_TIMEOUT_S)
        shown_name = source.name.rpartition(".")[2]
        if reply.get("status") != "ok":
            words = _first(reply).replace(name, shown_name)
            raise StatementError(f"Lean cannot read the statement {source.signature[:200]!r}: {words}")
        self._name, self._shown_name = name, shown_name
        try:
            return self._goals(reply)
        except ValueError as error:
            raise StatementError(f"Lean cannot show the statement {source.signature[:200]!r}: {error}") from error

    def leave(self) -> None:
        """Close the theorem that is open, with all of its states.

        Raises:
            ProcessFault: the process was lost.
        """
        if self._name:
            self._name = ""
            self.request({"op": "close"})

    def step(
        self, state: int, places: Sequence[int], tactic: str, limits: StepperLimits, drop: Sequence[int] = ()
    ) -> Stepped:
        """Run a tactic on some goals of a state.

        Args:
            state: number of the state.
            places: of the goals among the state's; ascending.
            tactic: its text.
            limits: what it may use.
            drop: numbers of states that nobody will ask for again.

        Raises:
            ProcessDied: the process ended, or held too much memory.
            ProcessSilent: the tactic did not stop and the process was killed.
        """
        message = {
            "op": "try",
            "state": state,
            "goals": list(places),
            "tactic": "\n".join(wrapped(tactic, "")),
            "heartbeats": limits.heartbeats,
            "drop": list(drop),
        }
        self.steps += 1
        started, cpu_started = time.monotonic(), self.cpu_s
        stopped: float | None = None

        def watch() -> None:
            nonlocal stopped
            now = time.monotonic()
            # Memory, and that it is there at all.
            self._watch(process.Deadline.after(1.0))
            if stopped is None:
                if now - started >= limits.wall_s or self.cpu_s - cpu_started >= limits.cpu_s:
                    stopped = now
                    self._stop()
            elif now - stopped >= _STOP_S:
                raise ProcessSilent("the tactic went on after it was told to stop, and its process was killed")

        with self._exchange() as number:
            self._send(self._frames.numbered(message, number))
            reply = self._reply(watch)
            status = str(reply.get("status"))
            if status == "lost":
                raise ProcessDied("Lean has lost the state")
        goals: tuple[LeanGoal, ...] = ()
        if status == "ok":
            try:
                goals = self._goals(reply)
            except ValueError as error:
                status, reply = "error", {"messages": [str(error)]}
        if status in ("interrupted", "exhausted") or (stopped is not None and status != "ok"):
            status = "stopped"
        words = "" if status == "ok" else self._unveiled(_first(reply))
        elapsed_s = time.monotonic() - started
        cpu_s = max(0.0, self.cpu_s - cpu_started)
        return Stepped(status, int(reply.get("state", -1)), goals, words, elapsed_s, cpu_s)

    def _stop(self) -> None:
        """Tell the tactic under way to stop; a tactic that comes after it does not hear of it."""
        with contextlib.suppress(OSError):
            os.write(self._stops, b"%d\n" % self._number)

    def _let_go(self) -> None:
        super()._let_go()
        stops, self._stops = self._stops, -1
        if stops >= 0:
            os.close(stops)

    def _goals(self, reply: dict[str, Any]) -> tuple[LeanGoal, ...]:
        """The goals of a reply; names that Lean made of the secret one are those that it would make of the real one.

        Raises:
            ValueError: they cannot be read.
        """
        try:
            texts = [[self._unveiled(text) for text in goal] for goal in reply["goals"]]
            return tuple(parse_goal(pretty, exact) for pretty, exact in texts)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise ValueError(f"Lean's print of the goals cannot be read: {error}") from error

    def _unveiled(self, text: str) -> str:
        return text.replace(self._name, self._shown_name) if self._name else text

    def _scope(self, preamble: str) -> int:
        """What a text before a theorem leads to; what it has in common with an earlier one is not read again."""
        text = preamble[len(self.header) :]
        if not masked(text).strip():
            # A text of comments holds no command.
            text = ""
        if text in self._scopes:
            return self._scopes[text]
        known = max((before for before in self._scopes if text.startswith(before)), key=len)
        # What stands on the next line may go on with what seemed to end.
        reply: dict[str, Any] = {}
        for before in dict.fromkeys((known, "")):
            commands = _text("commands", text[len(before) :]) | {"scope": self._scopes[before]}
            reply = self.request(commands, _READ_TIMEOUT_S)
            if reply.get("status") == "ok":
                self._scopes[text] = int(reply["scope"])
                return self._scopes[text]
        raise StatementError(_objection(text, reply, self.header.count("\n")))


@contextlib.contextmanager
def _import_slot() -> Iterator[None]:
    """One of as many places for imports as there are processors: hundreds of imports at once stall a machine."""
    number = os.getpid() % (os.cpu_count() or 1)
    with file_lock(private_dir(runtime_root()) / f"lean-import-{number}.lock"):
        yield


def _text(op: str, text: str) -> dict[str, Any]:
    return {"op": op, "text": text, "bytes": len(text.encode())}


def _objection(text: str, reply: dict[str, Any], lines_before: int = 0) -> str:
    """What is wrong with a text before a theorem, and the line where the command begins that is to blame."""
    place = len(text.encode()[: int(reply.get("at", 0))].decode(errors="ignore"))
    # Remarks stand before the command.
    rest = masked(text[place:])
    place += len(rest) - len(rest.lstrip())
    line = lines_before + text[:place].count("\n") + 1
    return f"Lean objects to line {line}, before the theorem: {_first(reply)}"


def _first(reply: dict[str, Any]) -> str:
    """The first error among Lean's messages; a proof that breaks off leaves goals, and what broke it says more."""
    messages = [str(message) for message in reply.get("messages") or ["Lean does not say why"]]
    wrong = [message for message in messages if not re.match(r"[^\n]*?:\d+:\d+: (?:warning|info)", message)] or messages
    words = [_PREFIX.sub("", message).strip() for message in wrong]
    return next((text for text in words if not text.startswith("unsolved goals")), words[0])
