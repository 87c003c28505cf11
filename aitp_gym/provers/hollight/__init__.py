"""HOL Light: the Debian package's sources, compiled to a server that forks a child for each attempt."""

from .build import Build, build
from .library import HolLightTheoremRow, known, left_out, lemma_rows, load_library, tactic_positions, theorem_rows
from .prover import HolLight
from .replay import Replay
from .server import Server, stop_all
from .session import HolLightSession
from .status import Readiness, status

__all__ = [
    "Build",
    "HolLight",
    "HolLightSession",
    "HolLightTheoremRow",
    "Readiness",
    "Replay",
    "Server",
    "build",
    "known",
    "left_out",
    "lemma_rows",
    "load_library",
    "status",
    "stop_all",
    "tactic_positions",
    "theorem_rows",
]
