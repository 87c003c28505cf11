"""The user's HOL4 installation: its folder and its release."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from ...errors import ProverUnavailable

__all__ = ["Installation"]

_HOW = (
    "Build it as its README says (`poly --script tools/smart-configure.sml`, then `bin/build`; the sequence "
    "tools/sequences/upto-hol is enough) and set HOLDIR to its folder, or put its `bin/hol` on PATH."
)


@dataclass(frozen=True)
class Installation:
    """A HOL4 that has been built.

    Attributes:
        directory: its folder, with `bin/hol` and `bin/hol.state`.
    """

    directory: Path

    @classmethod
    def find(cls) -> Installation:
        """The one that `HOLDIR` names, else the one whose `hol` is on PATH.

        Raises:
            ProverUnavailable: there is none, or it has not been built.
        """
        named = os.environ.get("HOLDIR")
        on_path = shutil.which("hol")
        if named:
            directory = Path(named)
        elif on_path is not None:
            directory = Path(on_path).resolve().parent.parent
        else:
            raise ProverUnavailable(f"HOL4 was not found: HOLDIR is not set and PATH has no `hol`. {_HOW}")
        found = cls(directory)
        missing = [path for path in (found.hol, found.state) if not path.is_file()]
        if missing:
            raise ProverUnavailable(
                f"Expected a HOL4 that has been built in {directory}; {missing[0]} is not there. {_HOW}"
            )
        return found

    @property
    def hol(self) -> Path:
        """The launcher."""
        return self.directory / "bin" / "hol"

    @property
    def state(self) -> Path:
        """The heap with HOL4's standard theories."""
        return self.directory / "bin" / "hol.state"

    @property
    def identity(self) -> str:
        """Identifies launcher and heap, by when they were built: hashing 60 MB at each start would take too long."""
        state = hashlib.sha256()
        for path in (self.hol, self.state):
            facts = path.stat()
            state.update(f"{path.resolve()} {facts.st_size} {facts.st_mtime_ns}\n".encode())
        return state.hexdigest()

    @property
    def version(self) -> str:
        """HOL4's release, for example `Trindemossen 2`; `unknown` where its folder does not say."""
        try:
            text = (self.directory / "tools" / "Holmake" / "Systeml.sml").read_text(errors="replace")
        except OSError:
            return "unknown"
        release, number = re.search(r'val release = "([^"]+)"', text), re.search(r"val version = (\d+)", text)
        return f"{release[1]} {number[1]}" if release and number else "unknown"
