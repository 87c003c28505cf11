"""Whole proofs as text: read as the steps that a check replays, and checked like every other proof."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext

from ..errors import BadInput, StatementError
from ..proof import Proof, ProofStep, Theorem, Verdict
from ..text import unsendable

__all__ = ["VERIFY_TIMEOUT_S", "WholeProofs", "in_line", "script_tactics"]

VERIFY_TIMEOUT_S = 60.0
MAX_PROOF_CHARACTERS = 4 * 2**20
_BRACKETS = {"[": 1, "(": 1, "{": 1, "]": -1, ")": -1, "}": -1}


class WholeProofs(ABC):
    """A prover that takes whole proofs as text; what it makes of them goes through its `check`.

    Attributes:
        in_process: whether it works in this process, so that its time is this process's.
        versions: what identifies its behaviour; see `Prover`.
    """

    in_process: bool = False
    versions: Mapping[str, str]

    @abstractmethod
    def parse(self, statement: str) -> Theorem:
        """Read a user's own statement; see `Prover.parse`."""

    @abstractmethod
    def check(self, theorem: Theorem, proof: Proof, timeout_s: float) -> Verdict:
        """Judge a proof; see `Prover.check`."""

    @abstractmethod
    def read_proof(self, theorem: Theorem, text: str) -> Proof:
        """The steps of a proof's text.

        Raises:
            BadInput: it cannot be read as a proof of this theorem; the message says why.
        """

    @abstractmethod
    def close(self) -> None:
        """Release what it holds; see `Prover.close`."""

    def stated(self, statement: str) -> Theorem:
        """A statement that a proof comes with, read as far as a check needs it.

        Raises:
            StatementError: it cannot be read.
        """
        return self.parse(statement)

    def kept_warm(self) -> AbstractContextManager[None]:
        """Have what checks begin with done once for many, as long as this lasts; verdicts stay what they are."""
        return nullcontext()

    def verify(self, statement: str | Theorem, proof_text: str, timeout_s: float = VERIFY_TIMEOUT_S) -> Verdict:
        """Check a whole proof, as strictly as one that a search has found, and by the same `check`.

        Args:
            statement: in the prover's notation, or a theorem of a theorem set, whose place then counts.
            proof_text: of the proof, as the prover's own files have it behind the statement, or a script of tactics;
                where the prover reads files, a file that ends with the theorem and its proof.
            timeout_s: seconds for the check.

        Raises:
            StatementError: the statement cannot be read; that says nothing of the proof.
        """
        started = time.monotonic()
        theorem = self.stated(statement) if isinstance(statement, str) else statement
        if len(proof_text) > MAX_PROOF_CHARACTERS:
            return Verdict.refuse(f"the proof has over {MAX_PROOF_CHARACTERS} characters")
        if reason := unsendable(proof_text):
            return Verdict.refuse(f"the proof cannot be sent to the prover: {reason}")
        try:
            proof = self.read_proof(theorem, proof_text.replace("\r\n", "\n"))
        except StatementError:
            raise
        except BadInput as error:
            return Verdict.refuse(str(error), None, time.monotonic() - started)
        return self.check(theorem, proof, timeout_s)


def in_line(tactics: Sequence[str]) -> Proof:
    """A script as the steps of a proof, one after the other, for a check that replays them in that order.

    Raises:
        BadInput: it is empty.
    """
    if not tactics:
        raise BadInput("the proof is empty")
    last = len(tactics) - 1
    return Proof(tuple(ProofStep(t, "", (i + 1,) if i < last else ()) for i, t in enumerate(tactics)))


def script_tactics(text: str, *, then: Sequence[str], branches: str, between: str, quotes: str) -> list[str]:
    """The tactics of a script in the order in which a goal stack takes them: depth first, goals from left to right.

    A tactic stands on a line of its own, goes on over lines within brackets or quotes, or is joined to what follows on
    its one subgoal (`THEN`), or to the proofs of several (`THENL [ …; … ]`).

    Args:
        text: of the script; `(* … *)` is a comment.
        then: words that join a tactic to the next.
        branches: word that joins it to a list.
        between: what stands between the proofs of such a list.
        quotes: pairs of characters that enclose terms.

    Raises:
        BadInput: a bracket, a quotation or a comment is not closed, or closes nothing.
    """
    found: list[str] = []
    current = ""
    depth = 0
    # Depths at which lists of branches were opened.
    lists: list[int] = []

    def finish() -> None:
        nonlocal current
        if current.strip():
            found.append(" ".join(current.split()))
        current = ""

    awaits_list = False
    for piece in _pieces(text, quotes):
        level = lists[-1] if lists else 0
        if awaits_list and piece.strip() and piece != "[":
            raise BadInput(f"expected a list `[ … ]` after `{branches}` in the proof, found {piece[:40]!r}")
        if piece in _BRACKETS and len(piece) == 1:
            if awaits_list:
                depth += 1
                lists.append(depth)
                awaits_list = False
                continue
            if _BRACKETS[piece] < 0 and lists and depth == lists[-1] and piece == "]":
                finish()
                lists.pop()
                depth -= 1
                continue
            depth += _BRACKETS[piece]
            if depth < 0:
                raise BadInput(f"`{piece}` closes nothing in the proof")
            current += piece
        elif depth == level and (piece == "\n" or piece in then or (lists and piece == between)):
            finish()
        elif depth == level and piece == branches:
            finish()
            awaits_list = True
        else:
            current += piece
    if depth or lists:
        raise BadInput("a bracket is not closed in the proof")
    finish()
    return found


def _pieces(text: str, quotes: str) -> Iterator[str]:
    """Brackets, line ends, quotations, words and what is between, in order; comments are left out."""
    closing = dict(zip(quotes[::2], quotes[1::2], strict=True))
    place = 0
    while place < len(text):
        character = text[place]
        if text.startswith("(*", place):
            end = text.find("*)", place + 2)
            if end < 0:
                raise BadInput("a comment is not closed in the proof")
            place = end + 2
            yield " "
        elif character in closing:
            end = text.find(closing[character], place + 1)
            if end < 0:
                raise BadInput(f"a term that begins with {character} is not closed in the proof")
            yield text[place : end + 1]
            place = end + 1
        elif character in _BRACKETS or character in "\n;,":
            yield character
            place += 1
        else:
            end = place + 1
            kind = _kind(character)
            while end < len(text) and _kind(text[end]) == kind and text[end] not in closing:
                end += 1
            yield text[place:end]
            place = end


def _kind(character: str) -> int:
    """Words, symbols and white space go together with their like; brackets and line ends stand alone."""
    if character in _BRACKETS or character in "\n;,":
        return 0
    if character.isspace():
        return 1
    return 2 if character.isalnum() or character in "_'.%$" else 3
