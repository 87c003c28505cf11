"""The library of the installed HOL Light, and HOList's theorem database, as theorem sets."""

from __future__ import annotations

from functools import lru_cache

from ...errors import BadInput
from ...proof import Theorem
from ...terms.skeletons import sexp_skeleton
from ...theorems import TheoremSet
from ...theorems.splits import split_by_hash, split_by_time
from .holist.database import Database
from .library import known, theorem_rows

__all__ = ["holist_core", "holist_database"]

# Below it a corpus is not there: a few theorems of complex and flyspeck happen to be in the core library too.
MIN_SHARE = 0.1


@lru_cache(maxsize=2)
def holist_core(*, temporal: bool = False) -> TheoremSet:
    """Every named theorem of HOL Light's core library that is proved there, in the order of the sources.

    Definitions and axioms have no proof to find and are left out, as are theorems with hypotheses. The first call on a
    machine builds and starts the HOL Light server.

    Args:
        temporal: split by time instead of by hash.

    Raises:
        ProverUnavailable: HOL Light is not installed.
    """
    name = "holist-core-temporal" if temporal else "holist-core"
    theorems = tuple(
        Theorem(row.name, row.statement, "hollight", name, position=row.position, pretty=row.pretty, provable=True)
        for row in theorem_rows()
        if row.kind == "theorem" and row.hypotheses == 0
    )
    return TheoremSet(name, (split_by_time if temporal else split_by_hash)(theorems, sexp_skeleton))


def holist_database(name: str) -> TheoremSet:
    """A corpus of HOList's theorem database, as far as the running HOL Light has it, with the published splits.

    The theorems are in the database's order and are named by their fingerprints. Entries that this HOL Light does not
    have bit for bit are left out, never assumed; `aitp conformance holist` lists them. The published splits do not keep
    twins together: of the 857 validation and test theorems of core, 260 are like one in training up to names and types.

    Args:
        name: `holist-db-core`, `holist-db-complex` or `holist-db-flyspeck`.

    Raises:
        BadInput: the database is not known here, or this HOL Light has nothing of the corpus.
        ProverUnavailable: HOL Light is not installed.
    """
    database = Database.load()
    rows = known()
    entries = database.corpus(name.rpartition("-")[2])
    theorems = tuple(
        Theorem(
            str(entry.fingerprint),
            rows[entry.fingerprint].statement,
            "hollight",
            name,
            entry.split,
            rows[entry.fingerprint].position,
            rows[entry.fingerprint].pretty,
            True,
        )
        for entry in entries
        if entry.kind == "theorem" and entry.fingerprint in rows and rows[entry.fingerprint].kind == "theorem"
    )
    if len(theorems) < MIN_SHARE * len(entries):
        raise BadInput(
            f"Of the {len(entries)} entries of {name} the running HOL Light has {len(theorems)}: it holds the core "
            "library alone. Use holist-db-core, or an original HOList server (backend=grpc)."
        )
    return TheoremSet(name, theorems)
