"""A Lean in a sandbox, with the processes that it starts: their numbers, memory, CPU time and end."""

from __future__ import annotations

import contextlib
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil

from ...files import log_file
from .. import process, sandbox
from ..prover_process import ProverProcess
from .toolchain import Toolchain

__all__ = ["LeanProcess"]


class LeanProcess(ProverProcess[dict[str, Any]]):
    """`lean` with arguments, in the toolchain's folder; its processes end with this object.

    Args:
        toolchain: which Lean.
        command: what to run: the toolchain's `lean` and its arguments.
        memory_mb: resident memory of its processes beyond which they are killed.
        env: further variables of its environment.
        readable: further folders that it may read.
        children: whether it may start processes.
        pass_fds: our descriptors that it keeps open, under their numbers.
    """

    def __init__(
        self,
        toolchain: Toolchain,
        command: Sequence[str],
        memory_mb: float,
        *,
        env: Mapping[str, str] | None = None,
        readable: Sequence[Path] = (),
        children: bool = True,
        pass_fds: Sequence[int] = (),
    ) -> None:
        self._children: dict[int, process.ProcessHandle] = {}
        # Whether all of them were found.
        self._complete = False
        log = log_file("lean.log")
        # Tactics of a full Lean can run code.
        argv = sandbox.wrap(
            command,
            readable=(toolchain.directory, *toolchain.readable, *readable),
            runnable=toolchain.runnable,
            children=children,
            using=toolchain.sandbox,
        )
        self._process = process.spawn(
            argv, log, pipes=True, cwd=toolchain.directory, env={**toolchain.env, **(env or {})}, pass_fds=pass_fds
        )
        super().__init__(memory_mb)

    @property
    @abstractmethod
    def worn_out(self) -> bool:
        """Whether a new one should take its place: it is dead, or holds or has done much."""

    @property
    def pid(self) -> int:
        """Of the process that we started."""
        return self._process.pid

    @property
    def pids(self) -> list[int]:
        """Of that process and of those that it started."""
        if not self._complete:
            self._find_children()
        return [self.pid, *self._children]

    @property
    def resident_mb(self) -> float:
        """Memory that they hold now, pages of files such as the library's not counted."""
        return sum(process.resident_mb(pid, files=False) for pid in self.pids)

    @property
    def cpu_s(self) -> float:
        """CPU seconds that they have used."""
        return sum(process.cpu_s(pid) for pid in self.pids)

    def said(self) -> str:
        """The log and its end, for an error message."""
        return f"Its log, {self._process.log}, ends with:\n{process.tail(self._process.log)}"

    def _end(self) -> None:
        # They may be in sessions of their own, where a signal to the group does not reach them.
        self._find_children()
        self._process.close()
        for child in self._children.values():
            child.kill()

    def _let_go(self) -> None:
        self._process.let_go()
        while self._children:
            self._children.popitem()[1].close()

    def _find_children(self) -> None:
        with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
            for child in psutil.Process(self.pid).children(recursive=True):
                if child.pid not in self._children:
                    self._children[child.pid] = process.ProcessHandle(child.pid)
