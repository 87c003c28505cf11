"""HOL4: a server in a heap of its own over the user's installation, a process for each session."""

from .heap import Heap, build
from .installation import Installation
from .library import Hol4TheoremRow, load_library, theorem_rows
from .prover import Hol4
from .session import Hol4Session
from .status import status

__all__ = [
    "Heap",
    "Hol4",
    "Hol4Session",
    "Hol4TheoremRow",
    "Installation",
    "build",
    "load_library",
    "status",
    "theorem_rows",
]
