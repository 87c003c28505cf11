"""HOL Light: the Debian package's sources, compiled to a server that forks a child for each attempt."""

from .build import Build, build
from .library import TheoremRow, left_out, load_library, tactic_positions, theorem_rows
from .prover import HolLight
from .server import Server, stop_all
from .session import HolLightSession
from .status import Status, status

__all__ = [
    "Build",
    "HolLight",
    "HolLightSession",
    "Server",
    "Status",
    "TheoremRow",
    "build",
    "left_out",
    "load_library",
    "status",
    "stop_all",
    "tactic_positions",
    "theorem_rows",
]
