"""A theorem's place in Lean source: the text before it, and its own without a proof."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ...errors import StatementError
from .lexer import masked

__all__ = ["Source"]

_NAME_PART = r"(?:«[^»]*»|[^\s.«»(){}\[\]:⦃⦄,]+)"
# The keyword and the name of a declaration.
_HEAD = re.compile(rf"\b(theorem|lemma)\s+((?:{_NAME_PART}\.)*)({_NAME_PART})")


@dataclass(frozen=True, slots=True)
class Source:
    """A theorem as Lean source text. Trusted: it is the user's or the library's, never a policy's.

    Attributes:
        preamble: everything before the declaration (imports, `open`, `variable`, earlier declarations); empty, or ends
            with a line break.
        signature: the declaration from its first modifier up to, not including, `:=`; for example
            `theorem add_zero' (n : Nat) : n + 0 = n`.
    """

    preamble: str
    signature: str

    def with_proof(self, body: str) -> str:
        """The file that ends with this theorem and a proof.

        Args:
            body: lines of tactics as they stand under `by`, each indented by two spaces or more.
        """
        return f"{self.preamble}{self.signature} := by\n{body}\n"

    def renamed(self, number: int) -> str:
        """The signature under another name in the same namespace, which decides what names inside it mean.

        Raises:
            StatementError: it declares no theorem.
        """
        match = _HEAD.search(masked(self.signature))
        if match is None:
            raise StatementError(
                f"Expected a declaration such as `theorem name (n : Nat) : n + 0 = n`, got {self.signature[:200]!r}."
            )
        return f"{self.signature[: match.start(3)]}aitp_copy_{number}{self.signature[match.end(3) :]}"

    @property
    def name(self) -> str:
        """The name as it is written; empty if it declares no theorem."""
        match = _HEAD.search(masked(self.signature))
        return match[2] + match[3] if match else ""
