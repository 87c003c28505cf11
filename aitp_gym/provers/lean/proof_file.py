"""Found proofs as a Lean file."""

from __future__ import annotations

from collections.abc import Mapping

from ...errors import BadInput
from ...proof import Proof, Theorem
from .script import proof_block, readable
from .statement import source_of

__all__ = ["LeanProofFile"]


class LeanProofFile:
    """Writes theorems with their proofs, in a file that Lean compiles.

    All theorems of a file stand under the same text: the imports and openings of the first one. Theorems that stand in
    files of their own are left out; their proofs belong there.
    """

    def __init__(self) -> None:
        self._preamble: str | None = None

    def theorem(self, theorem: Theorem, proof: Proof) -> str:
        """A theorem with its proof.

        Raises:
            BadInput: it cannot stand in a file with the others, or its proof has goals that share metavariables.
        """
        source = source_of(theorem)
        if self._preamble is None:
            self._preamble = source.preamble
        if source.preamble != self._preamble:
            raise BadInput(f"{theorem.name} stands after a text of its own, not after that of the others.")
        try:
            block = proof_block(proof, write=readable)
        except BadInput as error:
            raise BadInput(f"{theorem.name}: {error}") from error
        return f"{source.signature} := by\n{block.text}\n"

    def file(self, items: Mapping[str, str]) -> str:
        """A file of theorems, by name."""
        return "\n".join([self._preamble or "", *items.values()]).lstrip("\n")
