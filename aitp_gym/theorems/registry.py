"""Theorem sets by name."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from ..errors import BadInput, UnknownName
from ..proof import Theorem
from .files import read_theorems
from .hol4 import hol4_core, tacticzero
from .holist import DATABASE_SETS, holist_core, holist_database
from .lean_embedded import lean_embedded
from .lean_files import lean_files
from .leandojo import LEANDOJO_SETS, leandojo
from .propositional import COUNTS, propositional
from .theorem_set import TheoremSet

__all__ = ["load"]

_PROPOSITIONAL = re.compile(rf"propositional-({'|'.join(COUNTS)})(?:-(\d+))?")
_LIBRARY_SETS = ("holist-core", "holist-core-temporal", "hol4-core", "hol4-core-temporal")
_KNOWN = (
    ", ".join((*_LIBRARY_SETS, "tacticzero", *DATABASE_SETS, "lean-embedded", *LEANDOJO_SETS))
    + ", "
    + ", ".join(f"propositional-{size}[-SEED]" for size in COUNTS)
)


def load(name: str | os.PathLike[str], *, parse: Callable[[str], Theorem] | None = None) -> TheoremSet:
    """A theorem set by its name, or from a file.

    Names: `holist-core` (split by hash) and `holist-core-temporal` (split by time): the library of the HOL Light that
    is installed; `holist-db-core`, `-complex`, `-flyspeck`: HOList's theorem database with its own splits, as far as
    that HOL Light has it; `propositional-small`, `-medium`, `-hard`, each with a seed if wanted
    (`propositional-small-7`; without one the seed is 0). `hol4-core` and `hol4-core-temporal`: the library of the
    user's HOL4, split like HOL Light's; `tacticzero`: those of them that are TacticZero's goals. `lean-embedded`: small
    theorems for the embedded Lean. `leandojo-random`, `leandojo-novel`: LeanDojo Benchmark 4, split in its two ways.

    Args:
        name: of the set, or the path of a `.lean` file or of a folder with such files, for `lean_files`, or of another
            file, for `read_theorems`.
        parse: `Prover.parse`, for a file.

    Raises:
        UnknownName: there is neither such a set nor such a file.
        ProverUnavailable: the set comes from the library of a prover that is not installed.
    """
    text = os.fspath(name)
    if text == "tacticzero":
        return tacticzero()
    if text in DATABASE_SETS:
        return holist_database(text)
    if text in LEANDOJO_SETS:
        return leandojo(text)
    if text == "lean-embedded" or text in _LIBRARY_SETS or _PROPOSITIONAL.fullmatch(text):
        return _build(text)
    if Path(text).suffix == ".lean" or any(Path(text).rglob("*.lean")):
        return lean_files(text)
    if not Path(text).is_file():
        raise UnknownName(f"Expected a theorem set ({_KNOWN}) or the path of a file of statements, got {text!r}.")
    if parse is None:
        raise BadInput(f"To read statements from {text!r} a prover has to parse them: pass parse=prover.parse.")
    return read_theorems(text, parse)


@lru_cache(maxsize=16)
def _build(name: str) -> TheoremSet:
    if name == "lean-embedded":
        return lean_embedded()
    match = _PROPOSITIONAL.fullmatch(name)
    if match:
        return propositional(match[1], int(match[2] or 0))
    library = hol4_core if name.startswith("hol4") else holist_core
    return library(temporal=name.endswith("-temporal"))
