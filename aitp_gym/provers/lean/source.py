"""A theorem's place in Lean source: the text before it, and its own without a proof."""

from __future__ import annotations

from dataclasses import dataclass

from ...errors import StatementError
from .outline import LeanWord, commands

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

    def renamed(self, number: int) -> str:
        """The signature under another name in the same namespace, which decides what names inside it mean.

        Raises:
            StatementError: it declares no theorem.
        """
        written = self._written()
        if written is None:
            raise StatementError(
                f"Expected a declaration such as `theorem name (n : Nat) : n + 0 = n`, got {self.signature[:200]!r}."
            )
        space, dot, _ = written.text.rpartition(".")
        end = written.token.end
        return f"{self.signature[: written.token.start]}{space}{dot}aitp_copy_{number}{self.signature[end:]}"

    @property
    def name(self) -> str:
        """The name as it is written; empty if it declares no theorem."""
        written = self._written()
        return written.text if written is not None else ""

    def _written(self) -> LeanWord | None:
        """The name in the signature; `None` if it declares no theorem."""
        last = next(reversed(commands(self.signature)), None)
        return last.name if last is not None and last.keyword in ("theorem", "lemma") else None
