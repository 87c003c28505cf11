"""HOL4 as a `Prover`."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from typing import Any

from ...errors import BadInput, ProverUnavailable, StatementError
from ...proof import Library, Premises, Proof, Theorem, Verdict
from ...text import refuse_unsendable, unsendable_step
from ..pasted import pasted_hint
from ..pool import Pool
from ..prover_process import ProcessDied, ProcessFault
from ..whole_proofs import WholeProofs, in_line, script_tactics
from .heap import locate
from .library import Hol4TheoremRow, load_library, premise_indices, theorem_rows
from .session import Hol4Session, Hol4Setting, enter, microseconds, sendable
from .worker import Hol4Worker

__all__ = ["CONTEXTS", "Hol4"]

CONTEXTS = ("strict", "ungated")
MAX_STATEMENT_CHARACTERS = 64 * 1024
# What is often pasted and HOL4, which reads Unicode, does not know.
_SPELLINGS = {"→": "⇒", "⟹": "⇒", "↔": "⇔", "⟺": "⇔", "−": "-", "–": "-", "’": "'"}
_CHECK_GRACE_S = 2.0
_CHECK_TRIES = 2


class Hol4(WholeProofs):
    """The user's HOL4, through worker processes of our own.

    Args:
        context: `strict`: a theorem may use the theorems and simplifier rules that come before it in its theory, and
            those of the theories that its theory builds on. `ungated`: the same premises, but the simplifier as it is
            in the end; for comparison only.
        memory_mb: heap that one worker may have.

    Attributes:
        versions: HOL4's release, the hash of everything the workers are made of, and the context.

    Raises:
        BadInput: an argument is out of range.
        ProverUnavailable: HOL4 was not found.
    """

    name: str = "hol4"
    nondeterministic: bool = True
    versions: Mapping[str, str]

    def __init__(self, context: str = "strict", memory_mb: int = 600) -> None:
        if context not in CONTEXTS:
            raise BadInput(f"context must be one of {', '.join(CONTEXTS)}, got {context!r}.")
        if memory_mb < 200:
            raise BadInput(f"memory_mb must be at least 200, got {memory_mb}.")
        self.context = context
        self.memory_mb = memory_mb
        heap = locate()
        self._pool = Pool(lambda: Hol4Worker(heap, memory_mb))
        self.versions = {
            "hol4": heap.installation.version,
            "hol4_heap": heap.identity[:16],
            "hol4_context": context,
        }

    def __getstate__(self) -> dict[str, Any]:
        """Everything but the workers, which belong to one process."""
        return {"context": self.context, "memory_mb": self.memory_mb}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(**state)  # type: ignore[misc]  # the same as building it anew

    @property
    def library(self) -> Library:
        """HOL4's named theorems."""
        return load_library()

    def parse(self, statement: str) -> Theorem:
        """Read a statement in HOL4's notation, or a typed S-expression; it may use the whole library."""
        if len(statement) > MAX_STATEMENT_CHARACTERS:
            raise StatementError(f"The statement has over {MAX_STATEMENT_CHARACTERS} characters.")
        refuse_unsendable(statement, "HOL4")
        worker = self._pool.fresh()
        try:
            enter(worker, Hol4Setting("", 0, self.context))
            reply = worker.request({"op": "parse", "text": statement})
        except ProcessFault as error:
            raise StatementError(f"HOL4 cannot read the statement: {error}") from error
        finally:
            worker.close()
        if not reply["ok"]:
            hint = pasted_hint(statement, _SPELLINGS, "HOL4")
            raise StatementError(f"HOL4 cannot read the statement {statement[:200]!r}: {reply['message']}.{hint}")
        sexp = reply["statement"]
        name = f"statement-{hashlib.sha256(sexp.encode()).hexdigest()[:12]}"
        return Theorem(name, sexp, self.name, pretty=reply["pretty"])

    def typed_text(self, theorem: Theorem) -> str | None:
        """The statement in HOL4's notation, with types, if HOL4 reads that back as the same statement."""
        worker = self._pool.take()
        try:
            enter(worker, Hol4Setting("", 0, self.context))
            (text,) = worker.request({"op": "pretty", "terms": [theorem.statement], "types": True})["texts"]
            reply = worker.request({"op": "parse", "text": text})
        except (ProcessFault, KeyError):
            worker.close()
            return None
        self._pool.give_back(worker)
        return text if reply.get("statement") == theorem.statement else None

    def theory_of(self, theorem: Theorem) -> tuple[str, int] | None:
        """Theory and number of a theorem of the library; `None` for a user's own statement."""
        if theorem.position is None:
            return None
        row = self._row(theorem)
        return row.theory, row.number

    def premises(self, theorem: Theorem) -> Premises:
        """The theorems of the theories that this one's theory builds on, and what comes before it in its own."""
        library = self.library
        if theorem.position is None:
            return Premises(library, range(len(library.entries)))
        row = self._row(theorem)
        return Premises(library, premise_indices(row))

    def recorded(self, theorem: Theorem) -> list[str]:
        """Names of the premises that the library's own proof used directly: a reference, not something to search with.

        Those of `bool` are left out: tactics know them.
        """
        allowed = {premise.name for premise in self.premises(theorem)}
        return [name for name in self._row(theorem).dependencies if name in allowed and not name.startswith("bool.")]

    def _row(self, theorem: Theorem) -> Hol4TheoremRow:
        rows = theorem_rows()
        if theorem.position is None or not 0 <= theorem.position < len(rows):
            raise BadInput(f"{theorem.name} has position {theorem.position}; this HOL4 has {len(rows)} theorems.")
        return rows[theorem.position]

    def _setting(self, theorem: Theorem) -> Hol4Setting:
        if theorem.prover != self.name:
            raise BadInput(f"{theorem.name} is a theorem for {theorem.prover!r}, not for {self.name!r}.")
        if theorem.position is None:
            return Hol4Setting("", 0, self.context)
        row = self._row(theorem)
        return Hol4Setting(row.theory, row.number, self.context)

    def start(self, theorem: Theorem) -> Hol4Session:
        """Open a session on the theorem."""
        return Hol4Session(self._pool, theorem, self._setting(theorem))

    def read_proof(self, theorem: Theorem, text: str) -> Proof:
        """A script: tactics on lines of their own, or joined by `>>` and `THENL [ …, … ]`, one tactic to a goal."""
        return in_line(script_tactics(text, then=(">>", "THEN", "\\\\"), branches="THENL", between=",", quotes="‘’``"))

    def check(self, theorem: Theorem, proof: Proof, timeout_s: float) -> Verdict:
        """Replay the proof in a fresh process under the theorem's context, and audit what came out.

        The conclusion must be the statement up to the names of bound variables, without hypotheses; its tag must name
        no oracle and no axiom; and every saved theorem that HOL4 recorded as used, by the built-in facts of tactics
        too, must come before the theorem.

        The verdict is `unavailable` only if two tries in a row failed for other reasons than the proof's own.
        """
        started = time.monotonic()
        setting = self._setting(theorem)
        try:
            order = proof.order()
        except BadInput as error:
            return Verdict.refuse(str(error))
        if (found := unsendable_step(step.tactic for step in proof.steps)) is not None:
            return Verdict.refuse(found[1], found[0])
        request = {
            "op": "check",
            "hypotheses": [],
            "conclusion": theorem.statement,
            "tactics": [sendable(proof.steps[i].tactic) for i in order],
            "cpu_us": microseconds(timeout_s),
            "wall_us": microseconds(timeout_s),
        }
        reason = ""
        for _ in range(_CHECK_TRIES):
            try:
                reply = self._ask_fresh_worker(setting, request, timeout_s + _CHECK_GRACE_S)
            except (ProcessFault, ProverUnavailable) as error:
                reason = str(error)
                if isinstance(error, ProcessDied) and error.out_of_memory:
                    return Verdict.refuse(f"out of memory: {reason}", None, time.monotonic() - started)
                continue
            if reply.get("verdict") != "late":
                return _verdict(reply, order, time.monotonic() - started)
            reason = reply["reason"]
        return Verdict.unavailable(reason, time.monotonic() - started)

    def fresh_worker(self) -> Hol4Worker:
        """A worker of its own for the caller, who ends it.

        Raises:
            ProverUnavailable: HOL4 does not start.
        """
        return self._pool.fresh()

    def _ask_fresh_worker(self, setting: Hol4Setting, request: dict[str, Any], timeout_s: float) -> dict[str, Any]:
        worker = self._pool.fresh()
        try:
            enter(worker, setting)
            return worker.request(request, timeout_s)
        finally:
            worker.close()

    def close(self) -> None:
        """End the workers that are idle. Calling it twice is allowed."""
        self._pool.close()


def _verdict(reply: dict[str, Any], order: list[int], elapsed_s: float) -> Verdict:
    match reply:
        case {"verdict": "accepted"}:
            return Verdict.accept(elapsed_s)
        case {"verdict": "refused", "step": int(step), "reason": str(reason)}:
            return Verdict.refuse(reason, order[step] if step >= 0 else None, elapsed_s)
        case {"ok": False, "message": str(reason)}:
            return Verdict.refuse(reason, None, elapsed_s)
        case _:
            return Verdict.unavailable(f"the prover answered {reply}", elapsed_s)
