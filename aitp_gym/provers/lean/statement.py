"""A user's own statement: a proposition, a declaration, or a file that ends with one."""

from __future__ import annotations

import hashlib
import re

from ...errors import StatementError
from ...proof import Theorem
from .source import Source

__all__ = ["read_statement", "source_of"]

_DECLARES = re.compile(r"(?m)^[^\n]*?\b(?:theorem|lemma|example)\b")
# The proof that is left out, if one stands there: `:= by sorry`, `:= sorry`, `:= by`, `:=`.
_PROOF = re.compile(r"\s*:=\s*(?:by\b\s*)?(?:sorry\b)?\s*\Z")
_ATTRIBUTES = re.compile(r"(?:\s*(?:@\[[^\]]*\]|/--.*?-/))+\s*\Z", re.DOTALL)


def read_statement(text: str, header: str = "") -> Source:
    """Take a statement apart.

    Args:
        text: a proposition (`∀ n : Nat, n + 0 = n`), a declaration without a proof or with `:= sorry` or `:= by sorry`,
            or a whole file whose last declaration is such a one.
        header: what stands before a statement that has no preamble of its own; empty, or ends with a line break.

    Raises:
        StatementError: it is empty, or the last declaration has a proof.
    """
    text = text.strip()
    if not text:
        raise StatementError("Expected a proposition or a declaration such as `theorem t (n : Nat) : n + 0 = n`.")
    starts = [match.start() for match in _DECLARES.finditer(text)]
    if not starts:
        name = f"statement_{hashlib.sha256(text.encode()).hexdigest()[:12]}"
        return Source(header, f"theorem {name} : {text}")
    before, declaration = text[: starts[-1]], text[starts[-1] :]
    # What belongs to the declaration and stands before its keyword.
    if attached := _ATTRIBUTES.search(before):
        before, declaration = before[: attached.start()], before[attached.start() :].lstrip() + declaration
    signature = _PROOF.sub("", declaration)
    if re.search(r":=\s*by\b(?!\s*sorry\b)\s*\S|:=\s*(?!by\b|sorry\b)\S", signature.rpartition("\n")[2]):
        raise StatementError(f"Expected `:= by sorry`, or nothing, after the statement; got {declaration[-200:]!r}.")
    return Source(before.rstrip("\n") + "\n" if before.strip() else header, signature)


def source_of(theorem: Theorem, header: str = "") -> Source:
    """Where a theorem stands: its payload, or what its statement says of itself."""
    return theorem.payload if isinstance(theorem.payload, Source) else read_statement(theorem.statement, header)
