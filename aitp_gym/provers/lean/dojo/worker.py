"""Process that holds a Dojo, watched so that an answer always comes."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
import weakref
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psutil

from ....errors import ProverUnavailable
from ....files import log_file
from ... import process, sandbox
from ...frames import SizedFrames
from ...prover_process import ProcessDied, ProcessFault, ProcessSilent, ProverProcess
from .repository import TracedRepository

__all__ = ["DojoWorker", "Reply"]

_HOST = Path(__file__).with_name("host.py")
_START_TIMEOUT_S = 120.0
# For the host to notice that its Lean is gone.
_GRACE_S = 5.0


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, and what it cost.

    Attributes:
        fields: as `host.py` describes them. A Lean that we stopped makes it `timeout` or `crash`.
        elapsed_s, cpu_s: wall seconds, and CPU seconds of Lean.
    """

    fields: dict[str, Any]
    elapsed_s: float
    cpu_s: float

    @property
    def kind(self) -> str:
        """What was answered."""
        return str(self.fields["kind"])

    @property
    def message(self) -> str:
        """The message of whoever answered: Lean, LeanDojo or we; often empty."""
        return str(self.fields.get("message", ""))


class DojoWorker(ProverProcess[dict[str, Any]]):
    """A host with at most one Dojo in it; one after another.

    It runs in a sandbox: of the repository it can change nothing but a folder for the files that Lean is given, and it
    has no network.

    Args:
        traced: the repository.
        memory_mb: resident memory of Lean beyond which it is killed.
        using: which sandbox.

    Attributes:
        states: how many states the Dojo keeps now.
        version: of LeanDojo.

    Raises:
        ProverUnavailable: LeanDojo cannot be imported.
    """

    def __init__(self, traced: TracedRepository, memory_mb: float, using: sandbox.Sandbox) -> None:
        self.states = 0
        self._lean: list[process.ProcessHandle] = []
        self._traced = traced
        traced.scratch.mkdir(exist_ok=True)
        private = Path(tempfile.mkdtemp(prefix="aitp-dojo-"))
        self._remove_private = weakref.finalize(self, _remove, private, os.getpid())
        self._log = log_file("dojo.log")
        argv = sandbox.wrap(
            [sys.executable, _HOST],
            readable=_readable(traced),
            writable=[private, traced.scratch, *_terminals(using)],
            using=using,
        )
        self._process = process.spawn(argv, self._log, pipes=True, cwd=private, env=_environment(private, memory_mb))
        super().__init__(memory_mb)
        try:
            self._frames = SizedFrames.over(self._process)
            deadline = process.Deadline.after(_START_TIMEOUT_S)
            self.version = str(self._message(lambda: self._watch(deadline))["version"])
        except ProcessFault as error:
            self.close()
            raise ProverUnavailable(
                f"LeanDojo cannot be imported: {error}. Its log, {self._log}, ends with:\n{process.tail(self._log)}"
            ) from error
        except BaseException:
            self.close()
            raise

    @property
    def pid(self) -> int:
        """Of the host."""
        return self._process.pid

    @property
    def lean_pids(self) -> list[int]:
        """Of the processes that the host started and that still run."""
        return [handle.pid for handle in self._lean if handle.alive()]

    @property
    def resident_mb(self) -> float:
        """Memory that Lean holds now."""
        return sum(process.resident_mb(handle.pid, files=False) for handle in self._lean)

    @property
    def worn_out(self) -> bool:
        """Whether a new one should take its place: it was given up."""
        return not self.usable

    def open(self, file: str, name: str, timeout_s: float) -> Reply:
        """Enter a theorem; whatever was entered before is left.

        Args:
            file: path in the repository.
            name: the theorem's full name.
            timeout_s: wall seconds.

        Raises:
            ProcessFault: it died, or took longer by far and was killed.
        """
        self._forget_lean()
        traced, scratch = str(self._traced.directory), str(self._traced.scratch)
        request = {"op": "open", "traced": traced, "scratch": scratch, "file": file, "name": name}
        reply = self._ask({**request, "timeout_s": timeout_s}, timeout_s, timeout_s)
        self.states = int(reply.kind == "state")
        return reply

    def run(self, state: int, tactic: str, cpu_limit_s: float, wall_limit_s: float) -> Reply:
        """Apply a tactic to a state.

        After `timeout` and `crash` no theorem is open any more.

        Args:
            state: a number from an earlier reply.
            tactic: any text.
            cpu_limit_s: CPU seconds after which Lean is stopped.
            wall_limit_s: likewise, on the wall clock.

        Raises:
            ProcessFault: the host died or did not answer.
        """
        reply = self._ask(
            {"op": "run", "state": state, "tactic": tactic, "timeout_s": wall_limit_s}, cpu_limit_s, wall_limit_s
        )
        self.states += reply.kind == "state"
        return reply

    def leave(self) -> None:
        """Leave the theorem.

        Raises:
            ProcessFault: the host died or did not answer.
        """
        self._ask({"op": "close"}, _GRACE_S, _GRACE_S)
        self._forget_lean()
        self.states = 0

    def _end(self) -> None:
        # Lean has a session of its own, where a signal to the host's group does not reach it.
        self._find_lean()
        self._process.close()
        for handle in self._lean:
            handle.kill()
        self._remove_private()

    def _let_go(self) -> None:
        self._process.let_go()
        self._forget_lean()

    def _ask(self, request: dict[str, Any], cpu_limit_s: float, wall_limit_s: float) -> Reply:
        started, cpu_started = time.monotonic(), self._cpu_s()
        stopped: dict[str, Any] | None = None
        # The Dojo has the same wall limit and should be the one to notice; we are there for the case that it hangs.
        end = started + wall_limit_s + _GRACE_S

        def watch() -> None:
            nonlocal stopped, end
            if stopped is None:
                stopped = self._excess(request, cpu_started, cpu_limit_s)
                if stopped is not None:
                    end = time.monotonic() + _GRACE_S
            if time.monotonic() >= end:
                raise ProcessSilent("the Dojo gave no answer in time and was killed")

        try:
            with self._exchange() as number:
                self._send(self._frames.numbered(request, number))
                fields = self._reply(watch)
        except ProcessDied as error:
            raise ProcessDied(f"the process that holds the Dojo is gone: {error}") from error
        if request["op"] == "open":
            self._find_lean()
        cpu_s = self._cpu_s() - cpu_started
        if stopped is not None and fields["kind"] in ("crash", "timeout", "init_error"):
            fields = stopped
            cpu_s = max(cpu_s, min(cpu_limit_s, time.monotonic() - started))
        return Reply(fields, time.monotonic() - started, max(0.0, cpu_s))

    def _excess(self, request: dict[str, Any], cpu_started: float, cpu_limit_s: float) -> dict[str, Any] | None:
        """What Lean was stopped for, if it took too much."""
        if request["op"] == "open":
            # Nobody else knows yet what it has started.
            self._forget_lean()
            self._find_lean()
        if (held_mb := self.resident_mb) > self.memory_mb:
            reason: dict[str, Any] = {
                "kind": "crash",
                "message": f"Lean held {held_mb:.0f} MB of memory; the limit is {self.memory_mb:.0f}",
                "out_of_memory": True,
            }
        elif request["op"] == "run" and self._cpu_s() - cpu_started > cpu_limit_s:
            reason = {"kind": "timeout", "message": f"over {cpu_limit_s:g} s of CPU time"}
        else:
            return None
        for handle in self._lean:
            handle.kill()
        return reason

    def _find_lean(self) -> None:
        if self._lean:
            return
        try:
            found = psutil.Process(self.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return
        for child in found:
            try:
                self._lean.append(process.ProcessHandle(child.pid))
            except ProcessLookupError:
                continue

    def _forget_lean(self) -> None:
        for handle in self._lean:
            handle.close()
        self._lean = []

    def _cpu_s(self) -> float:
        return sum(process.cpu_s(handle.pid) for handle in self._lean)


def _remove(private: Path, owner: int) -> None:
    """Remove a worker's private folder, if this is the process that made it and not a fork of that."""
    if os.getpid() == owner:
        shutil.rmtree(private, ignore_errors=True)


def _readable(traced: TracedRepository) -> list[Path]:
    """What LeanDojo and Lean are made of."""
    elan = Path(os.environ.get("ELAN_HOME") or Path.home() / ".elan")
    tools = [Path(tool) for name in ("lake", "lean", "git") if (tool := shutil.which(name))]
    package = find_spec("lean_dojo")
    installed = [Path(place).parent for place in package.submodule_search_locations or ()] if package else []
    return [
        traced.directory,
        elan,
        *(tool.parent for tool in tools),
        *(tool.resolve().parent.parent for tool in tools),
        Path(sys.prefix),
        Path(sys.base_prefix),
        *installed,
        _HOST,
    ]


def _terminals(using: sandbox.Sandbox) -> list[Path]:
    """What a Dojo talks to Lean through; bubblewrap has its own."""
    return [Path("/dev/ptmx"), Path("/dev/pts")] if using == "landlock" else []


def _environment(private: Path, memory_mb: float) -> dict[str, str]:
    """Ours, so changed that LeanDojo asks nobody on the network anything, and writes where it may."""
    return {
        **os.environ,
        # With a token it would ask GitHub who we are when it is imported.
        "GITHUB_ACCESS_TOKEN": "",
        "DISABLE_REMOTE_CACHE": "1",
        # It makes this folder, and a lock beside it.
        "CACHE_DIR": os.fspath(private / "cache"),
        # It asks git for its version and minds every word of the answer.
        "GIT_CONFIG_GLOBAL": os.devnull,
        "TMPDIR": os.fspath(private),
        "TACTIC_MEMORY_LIMIT": f"{max(1, round(memory_mb / 1024))}g",
    }
