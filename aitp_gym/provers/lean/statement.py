"""A user's own statement: a proposition, a declaration, or a file that ends with one."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from ...errors import StatementError
from ...proof import Theorem
from ...text import refuse_unsendable
from .declarations import declarations
from .lexer import masked, tokens
from .source import Source

__all__ = ["SPELLINGS", "read_statement", "source_of"]

SPELLINGS: Mapping[str, str] = {
    **{"==>": "→", "<=>": "↔", "/\\": "∧", "\\/": "∨", "~": "¬", "⇒": "→", "⇔": "↔", "!": "∀", "?": "∃"},
}
"""What Lean writes for symbols of HOL provers; for `provers.pasted.pasted_hint`."""

# A proof that is missing, in each of the ways in which one writes that.
_NO_PROOF = re.compile(r"\s*:=(?:\s*by\b)?(?:\s*sorry\b)?\s*\Z")
_KEYWORD = re.compile(r"(?m)^.*?\b(theorem|lemma|example)\b")


def read_statement(text: str, header: str = "") -> Source:
    """Take a statement apart.

    Args:
        text: a proposition (`∀ n : Nat, n + 0 = n`), a declaration without a proof or with `:= sorry` or `:= by sorry`,
            or a whole file whose last declaration is such a one.
        header: what stands before a statement that has no preamble of its own; empty, or ends with a line break.

    Raises:
        StatementError: it is empty, cannot be sent to Lean as it is, or the last declaration has a proof.
    """
    refuse_unsendable(text, "Lean")
    text = text.strip()
    if not text:
        raise StatementError("Expected a proposition or a declaration such as `theorem t (n : Nat) : n + 0 = n`.")
    name = f"statement_{hashlib.sha256(text.encode()).hexdigest()[:12]}"
    keywords = list(_KEYWORD.finditer(masked(text)))
    if not keywords:
        return Source(header, f"theorem {name} : {text}")
    if keywords[-1][1] == "example":
        # A theorem without a name.
        text = f"{text[: keywords[-1].start(1)]}theorem {name}{text[keywords[-1].end(1) :]}"
    text = _without_remarks_at_the_end(text)
    open_text = _NO_PROOF.sub("", text) + " := sorry"
    found = declarations(open_text)
    if not found or not found[-1].unproved or found[-1].end < len(open_text):
        raise StatementError(f"Expected a theorem at the end, without a proof or with `:= sorry`; got {text[-200:]!r}.")
    source = found[-1].source(open_text)
    before = source.preamble.strip("\n")
    return Source(before + "\n" if before.strip() else header, source.signature)


def _without_remarks_at_the_end(text: str) -> str:
    for token in reversed(list(tokens(text))):
        if token.kind != "comment" or token.end < len(text):
            break
        text = text[: token.start].rstrip()
    return text


def source_of(theorem: Theorem, header: str = "") -> Source:
    """Where a theorem stands: its payload, or what its statement says of itself."""
    return theorem.payload if isinstance(theorem.payload, Source) else read_statement(theorem.statement, header)
