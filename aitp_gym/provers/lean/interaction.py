"""The two ways to talk to Lean: a stepper that keeps proof states, and the language server."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from ..base import ProverSession
from ..pool import Pool
from .server import LeanServer
from .server_session import ServerSession
from .source import Source
from .stepper.process import Stepper, header_of
from .stepper.session import StepperSession
from .toolchain import Toolchain

__all__ = ["INTERACTIONS", "Interaction", "Servers", "Steppers"]

INTERACTIONS = ("stepper", "server")


class Interaction(Protocol):
    """A way to talk to Lean, with the processes that it keeps for that.

    Attributes:
        name: one of `INTERACTIONS`.
    """

    name: str

    def open(self, source: Source) -> ProverSession:
        """Open a theorem.

        Raises:
            ProverUnavailable: Lean does not start.
            StatementError: Lean does not accept the statement, or what stands before it.
        """
        ...

    def prepare(self, preamble: str) -> None:
        """Have a process ready for a theorem that stands after this text, before it is asked for."""
        ...

    def apart(self) -> Interaction:
        """The same with processes of its own, which nobody has used before."""
        ...

    def close(self) -> None:
        """End the processes that are idle. Calling it twice is allowed."""
        ...


class Servers:
    """Language servers.

    Args:
        toolchain: which Lean.
        memory_mb: resident memory that one may hold.
    """

    name = "server"

    def __init__(self, toolchain: Toolchain, memory_mb: float) -> None:
        self._toolchain, self._memory_mb = toolchain, memory_mb
        self._pool = Pool(lambda: LeanServer(toolchain, memory_mb))

    def open(self, source: Source) -> ServerSession:
        """Open a theorem with a server, by preference one that has read what stands before it."""
        return ServerSession(self._pool, source)

    def prepare(self, preamble: str) -> None:
        """Have a server ready."""
        self._pool.prepare()

    def apart(self) -> Servers:
        """The same with servers of its own."""
        return Servers(self._toolchain, self._memory_mb)

    def close(self) -> None:
        """End the idle servers."""
        self._pool.close()


class Steppers:
    """Steppers, which serve theorems of files with the same imports one after another.

    Args:
        toolchain: which Lean.
        built: folder with the compiled stepper.
        memory_mb: resident memory that one may hold.
    """

    name = "stepper"

    def __init__(self, toolchain: Toolchain, built: Path, memory_mb: float) -> None:
        self._toolchain, self._built, self._memory_mb = toolchain, built, memory_mb
        self._header = ""
        self._pool = self._pool_for("")

    def open(self, source: Source) -> StepperSession:
        """Open a theorem with a stepper that has its imports."""
        return StepperSession(self._with(header_of(source.preamble)), source)

    def prepare(self, preamble: str) -> None:
        """Have a stepper ready that has the imports of the text."""
        self._with(header_of(preamble)).prepare()

    def apart(self) -> Steppers:
        """The same with steppers of its own."""
        return Steppers(self._toolchain, self._built, self._memory_mb)

    def close(self) -> None:
        """End the idle steppers."""
        self._pool.close()

    def _with(self, header: str) -> Pool[Stepper]:
        """The pool of those with these imports. Imports may be large: nothing idle is kept for others."""
        if header != self._header:
            self._pool.close()
            self._header, self._pool = header, self._pool_for(header)
        return self._pool

    def _pool_for(self, header: str) -> Pool[Stepper]:
        return Pool(lambda: Stepper(self._toolchain, self._built, header, self._memory_mb))
