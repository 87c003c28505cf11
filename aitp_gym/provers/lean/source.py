"""Where a theorem stands: the text before it, and its own without a proof."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Source"]


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
