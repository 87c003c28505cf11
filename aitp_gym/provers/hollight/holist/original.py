"""An original HOList server as a `Prover`, over gRPC.

The original asserts theorems: whatever a client registers as a premise is taken to be true (`mk_thm`), and its
`VerifyProof` is the server's own word about its own work. So nothing found with it counts like a proof of `HolLight`:
its context is called `holist-grpc`, which every report names. Where our own HOL Light is ready and knows the premises,
it replays each found proof too, and its refusal counts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cached_property

from ....errors import BadInput, ProverUnavailable, StatementError
from ....proof import Library, Premise, Premises, Proof, Theorem, Verdict
from ....terms.hol_term import is_hol
from ....text import refuse_unsendable
from ..library import known
from ..replay import Replay
from ..status import status
from .database import Database
from .grammar import parse
from .original_server import CallFailed, OriginalServer, goal_message
from .original_session import OriginalSession, named_theorems

__all__ = ["SET_PREFIX", "OriginalHolist", "OriginalLibrary", "original_theorems"]

SET_PREFIX = "holist-original-"
"""Names of theorem sets for an original server begin so; positions in them are places in the database."""


def original_theorems(database: Database, corpus: str) -> tuple[Theorem, ...]:
    """All theorems of a corpus, named by fingerprint; none has to be known to a HOL Light here.

    Args:
        database: HOList's theorem database.
        corpus: `core`, `complex` or `flyspeck`.
    """
    return tuple(
        Theorem(str(e.fingerprint), e.conclusion, "hollight", SET_PREFIX + corpus, e.split, e.index, e.pretty, True)
        for e in database.corpus(corpus)
        if e.kind == "theorem"
    )


class OriginalLibrary:
    """The whole database as premises, in its order.

    Args:
        database: HOList's theorem database.
    """

    def __init__(self, database: Database) -> None:
        entries = tuple(Premise(str(e.fingerprint), e.conclusion, e.index) for e in database.entries)
        digest = hashlib.sha256(f"original {database.digest}".encode()).hexdigest()[:16]
        self.library = Library("holist-original", digest, entries)

    def premises(self, theorem: Theorem) -> Premises:
        """The entries before the theorem in the database; all of them for a user's own statement."""
        return Premises(self.library, range(self.end(theorem)))

    def end(self, theorem: Theorem) -> int:
        """How many entries come before a theorem."""
        return len(self.library.entries) if theorem.position is None else theorem.position


class OriginalHolist:
    """An original HOList server.

    Args:
        address: host and port of the server.
        database: HOList's theorem database, whose entries are registered with the server as premises, in its order.
            `None` for the one that `Database.load` finds.

    Attributes:
        versions: the server's address, the database, and the context, `holist-grpc`.

    Raises:
        BadInput: the database is not known here.
        ProverUnavailable: nothing answers at the address.
    """

    name: str = "hollight"
    nondeterministic: bool = True
    versions: Mapping[str, str]

    def __init__(self, address: str = "localhost:2000", database: Database | None = None) -> None:
        self._database = database if database is not None else Database.load()
        self._server = OriginalServer(address, self._database)
        if not self._server.reachable():
            raise ProverUnavailable(
                f"No HOList server answers at {address}. Start one (its port is 2000 unless told otherwise), and give "
                "its address, for example address=localhost:2000."
            )
        self.versions = {
            "holist_server": address,
            "holist_database": self._database.digest,
            "hollight_context": "holist-grpc",
        }

    @cached_property
    def _library(self) -> OriginalLibrary:
        return OriginalLibrary(self._database)

    def parse(self, statement: str) -> Theorem:
        """Take a statement that is a typed S-expression: the protocol has no call that would read another notation."""
        text = statement.strip()
        refuse_unsendable(text, "HOL Light")
        if not is_hol(text):
            raise StatementError(
                "An original HOList server is given statements as typed S-expressions, such as `(v (bool) p)`; "
                f"got {statement[:60]!r}."
            )
        name = f"statement-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
        return Theorem(name, text, self.name)

    def premises(self, theorem: Theorem) -> Premises:
        """The database's entries before the theorem."""
        return self._library.premises(theorem)

    def start(self, theorem: Theorem) -> OriginalSession:
        """Open a session; the server is told the theorem's premises first, which takes a while once."""
        if theorem.prover != self.name:
            raise BadInput(f"{theorem.name} is a theorem for {theorem.prover!r}, not for {self.name!r}.")
        end = self._library.end(theorem)
        places = self._database.by_fingerprint

        def may_use(name: str) -> bool:
            entry = places.get(int(name)) if name.isdecimal() else None
            return entry is not None and entry.index < end

        return OriginalSession(self._server, theorem, lambda: self._server.register_before(end), may_use)

    def check(self, theorem: Theorem, proof: Proof, timeout_s: float) -> Verdict:
        """Have the server verify the proof, over a connection of its own, and our HOL Light replay it if it can.

        Args:
            theorem: that the proof proves.
            proof: as found.
            timeout_s: for each of the two.

        Raises:
            ProverLost: this is a fork of the process that made the prover.
        """
        try:
            tactics = [str(parse(tactic)) for tactic in proof.script()]
        except BadInput as error:
            return Verdict.refuse(str(error))
        self._server.refuse_fork()
        goal = goal_message(theorem.statement)
        claimed = goal_message(theorem.statement)
        if theorem.name.isdecimal():
            claimed.fingerprint = int(theorem.name)
        server = OriginalServer(self._server.address, self._database)
        try:
            reply = server.verify_proof(goal, claimed, tactics, timeout_s)
        except CallFailed as error:
            return Verdict.unavailable(f"the HOList server does not verify the proof: {error}")
        finally:
            server.close()
        if not reply.sound:
            return Verdict.refuse(f"the HOList server does not find the proof sound: {reply.error_msg[:300]}")
        return _replayed(theorem, tactics, timeout_s)

    def close(self) -> None:
        """Close the connection; the server stays. Calling it twice is allowed."""
        self._server.close()


def _replayed(theorem: Theorem, tactics: list[str], timeout_s: float) -> Verdict:
    """The verdict of our own HOL Light on a proof that the server found sound; accepted where it cannot judge."""
    if not status().ready:
        return Verdict.accept()
    rows = known()
    names = {name for tactic in tactics for name in named_theorems(parse(tactic))}
    if not all(name.isdecimal() and int(name) in rows for name in names):
        return Verdict.accept()
    with Replay() as replay:
        verdict, _ = replay.check(theorem.statement, tactics, timeout_s)
    if verdict.status == "refused":
        return Verdict.refuse(f"HOL Light refuses what the HOList server found sound: {verdict.reason}", verdict.step)
    return Verdict.accept(verdict.elapsed_s)
