"""HOL Light as a `Prover`."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property

from ...errors import BadInput, StatementError
from ...proof import Library, Premises, Proof, Theorem, Verdict
from ...text import refuse_unsendable
from ..pasted import pasted_hint
from ..prover_process import ProcessFault
from ..whole_proofs import WholeProofs, in_line, script_tactics
from .build import locate
from .check import check
from .holist.database import Database
from .holist.premises import DatabaseLibrary
from .holist.prune import prune
from .library import known, load_library
from .progress import Progress
from .server import Server
from .session import CONTEXTS, HolLightSession
from .setting import HolLightSetting

__all__ = ["CONTEXTS", "HolLight"]

PREMISES = ("library", "database")
MAX_STATEMENT_CHARACTERS = 256 * 1024
# What HOL Light, which reads ASCII, writes for symbols that are often pasted.
_SPELLINGS: Mapping[str, str] = {
    **{"∀": "!", "∃": "?", "λ": "\\", "∧": "/\\", "∨": "\\/", "¬": "~", "⇒": "==>", "⟹": "==>", "→": "==>"},
    **{"⇔": "<=>", "↔": "<=>", "⟺": "<=>", "≤": "<=", "≥": ">=", "≠": "~(… = …)", "×": "#", "⊤": "T", "⊥": "F"},
    **{"∈": "IN", "∉": "~(… IN …)", "∪": "UNION", "∩": "INTER", "⊆": "SUBSET", "∅": "{}", "∘": "o", "ε": "@"},
    **{"ℕ": "num", "ℤ": "int", "ℝ": "real", "−": "-", "–": "-", "·": "*", "…": "..", "’": "'", "′": "'"},
}


class HolLight(WholeProofs):
    """HOL Light through the shared server, which is built and started when first needed.

    Args:
        context: `strict`: a theorem may use the premises, the tactics and the default rewrites that come before it in
            HOL Light's sources. `holist`: premises from before, but all tactics and rewrites, as in HOList, whose
            tactics then know facts proved later; for comparison only.
        memory_mb: heap that one child may have.
        progress: is told about building and starting; by default a bar on the terminal.
        premises: `library`: HOL Light's named theorems, by name. `database`: the entries of HOList's theorem database
            that this HOL Light has, unnamed lemmas included, by fingerprint and in the database's order; see
            `holist.database.Database.load` for where it is found.

    Attributes:
        versions: HOL Light's version, the hash of everything the server is made of, the context and, where premises
            come from it, the database.

    Raises:
        BadInput: an argument is out of range.
        ProverUnavailable: HOL Light or its compiler is not installed.
    """

    name: str = "hollight"
    nondeterministic: bool = True
    versions: Mapping[str, str]

    def __init__(
        self,
        context: str = "strict",
        memory_mb: int = 512,
        progress: Progress | None = None,
        premises: str = "library",
    ) -> None:
        if context not in CONTEXTS:
            raise BadInput(f"context must be one of {', '.join(CONTEXTS)}, got {context!r}.")
        if premises not in PREMISES:
            raise BadInput(f"premises must be one of {', '.join(PREMISES)}, got {premises!r}.")
        if memory_mb < 64:
            raise BadInput(f"memory_mb must be at least 64, got {memory_mb}.")
        self.context = context
        self.memory_mb = memory_mb
        self._progress = progress
        build = locate()
        self._server = Server.of(build)
        versions = {
            "hollight": build.hol_version,
            "hollight_server": build.identity[:16],
            "hollight_context": context,
        }
        self._database = Database.load() if premises == "database" else None
        if self._database is not None:
            versions["holist_database"] = self._database.digest
        self.versions = versions

    @cached_property
    def library(self) -> Library:
        """Where premises come from: HOL Light's named theorems, or the database's."""
        return load_library(self._progress) if self._database is None else self._database_library.library

    @cached_property
    def _database_library(self) -> DatabaseLibrary:
        assert self._database is not None
        return DatabaseLibrary(self._database, known(self._progress))

    @cached_property
    def _positions(self) -> list[int]:
        return [premise.position for premise in self.library.entries]

    def parse(self, statement: str) -> Theorem:
        """Read a statement in HOL Light's notation, or a typed S-expression; it may use the whole library.

        A text that is one whole S-expression is read as such, everything else in HOL Light's notation.
        """
        if len(statement) > MAX_STATEMENT_CHARACTERS:
            raise StatementError(f"The statement has over {MAX_STATEMENT_CHARACTERS} characters.")
        refuse_unsendable(statement, "HOL Light")
        child = self._server.open(self._progress)
        try:
            reply = child.request(["PARSE", statement])
        except ProcessFault as error:
            raise StatementError(f"HOL Light cannot read the statement: {error}") from error
        finally:
            child.close()
        if reply[0] != "ok":
            hint = pasted_hint(statement, _SPELLINGS, "HOL Light")
            raise StatementError(f"HOL Light cannot read the statement {statement[:200]!r}: {reply[1]}.{hint}")
        _, sexp, pretty, fingerprint = reply
        return Theorem(name=f"statement-{fingerprint}", statement=sexp, prover=self.name, pretty=pretty)

    def premises(self, theorem: Theorem) -> Premises:
        """The theorems of the library that come before this one in the sources, and in the database if that is used."""
        if self._database is not None:
            return self._database_library.premises(theorem)
        library = self.library
        before = len(library.entries)
        if theorem.position is not None:
            before = bisect_left(self._positions, theorem.position)
        return Premises(library, range(before))

    def _setting(self, theorem: Theorem) -> HolLightSetting:
        if theorem.prover != self.name:
            raise BadInput(f"{theorem.name} is a theorem for {theorem.prover!r}, not for {self.name!r}.")
        return HolLightSetting(theorem.position, self.context, self.memory_mb)

    def start(self, theorem: Theorem) -> HolLightSession:
        """Open a session on the theorem."""
        return HolLightSession(self._server, theorem, self._setting(theorem), self._progress)

    def read_proof(self, theorem: Theorem, text: str) -> Proof:
        """A script: tactics on lines of their own, or joined by `THEN` and `THENL [ …; … ]`, one tactic to a goal."""
        return in_line(script_tactics(text, then=("THEN",), branches="THENL", between=";", quotes="``"))

    def check(self, theorem: Theorem, proof: Proof, timeout_s: float) -> Verdict:
        """Replay the proof in a fresh child, under the theorem's context, and compare what was proved.

        What is accepted in the context `holist` is checked in the strict one too, which the verdict notes.

        The verdict is `unavailable` only if two tries in a row failed for other reasons than the proof's own: a child
        that was lost, or that the machine left too little time.
        """
        verdict = self._check(theorem, proof, timeout_s, self._setting(theorem))
        if self.context == "strict" or not verdict.accepted:
            return verdict
        strict = self._check(theorem, proof, timeout_s, replace(self._setting(theorem), context="strict"))
        known = None if strict.status == "unavailable" else strict.accepted
        return Verdict.accept(verdict.elapsed_s + strict.elapsed_s, known)

    def _check(self, theorem: Theorem, proof: Proof, timeout_s: float, setting: HolLightSetting) -> Verdict:
        try:
            order = proof.order()
        except BadInput as error:
            return Verdict.refuse(str(error))
        tactics = [proof.steps[i].tactic for i in order]
        verdict, _ = check(self._server, setting, theorem.statement, tactics, timeout_s, self._progress)
        return verdict if verdict.step is None else replace(verdict, step=order[verdict.step])

    def prune(self, theorem: Theorem, proof: Proof, timeout_s: float) -> Proof:
        """An accepted proof without the premises it does not need; see `holist.prune`.

        Args:
            theorem: that it proves.
            proof: accepted by `check`; the result has to be checked again.
            timeout_s: CPU seconds for each application of a tactic.

        Raises:
            ProverLost: HOL Light died and could not be started again.
        """
        session = self.start(theorem)
        try:
            return prune(session, proof, timeout_s)
        finally:
            session.close()

    def close(self) -> None:
        """Nothing is held between calls; the server stays for others."""
