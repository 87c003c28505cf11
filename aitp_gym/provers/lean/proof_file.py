"""Found proofs as a Lean file."""

from __future__ import annotations

from collections.abc import Mapping

from ...errors import BadInput
from ...proof import Proof, Theorem
from .check.verify import verify
from .prover import Lean
from .script import proof_block, readable
from .statement import source_of

__all__ = ["LAST_WORD", "LeanProofFile"]

LAST_WORD = "ALL THEOREMS: ok"
_CHECK_TIMEOUT_S = 120.0
_CHECK_MEMORY_MB = 4096.0

_HEAD = f"""\
/- Proofs found by aitp-gym. Run it with:
   lean -DwarningAsError=true THIS_FILE > found.log && grep -x '{LAST_WORD}' found.log
   It is printed last; without it, or after an error, not all theorems are proved. -/
"""


class LeanProofFile:
    """Writes theorems with their proofs, in a file that Lean compiles.

    All theorems of a file stand under the same text: the imports and openings of the first one. Theorems that stand in
    files of their own are left out; their proofs belong there. Each proof is checked as it is written.

    Args:
        prover: the Lean that checks; `None` means the embedded one, which has no project's theorems.

    Raises:
        ProverUnavailable: the embedded Lean is not installed.
    """

    def __init__(self, prover: Lean | None = None) -> None:
        self._prover = prover or Lean(backend="embedded")
        self._names: set[str] = set()
        self._preamble: str | None = None

    def theorem(self, theorem: Theorem, proof: Proof) -> str:
        """A theorem with its proof.

        Raises:
            BadInput: it cannot stand in a file with the others, its proof has goals that share metavariables, or the
                check does not accept it.
        """
        source = source_of(theorem, self._prover.header)
        if self._preamble not in (None, source.preamble):
            raise BadInput(f"{theorem.name} stands after a text of its own, not after that of the others.")
        try:
            block = proof_block(proof, write=readable)
        except BadInput as error:
            raise BadInput(f"{theorem.name}: {error}") from error
        if source.name in self._names:
            raise BadInput(f"{theorem.name}: another theorem of the file is called {source.name}.")
        finding = verify(self._prover.toolchain, source, block.text, _CHECK_TIMEOUT_S, memory_mb=_CHECK_MEMORY_MB)
        if finding.status != "accepted":
            raise BadInput(
                f"The proof of {theorem.name} is not accepted by {self._prover.toolchain.kind} Lean: {finding.reason}"
            )
        self._preamble = source.preamble
        self._names.add(source.name)
        return f"{source.signature} := by\n{block.text}\n"

    def file(self, items: Mapping[str, str]) -> str:
        """A file of theorems, by name.

        Raises:
            BadInput: there is none.
        """
        if not items:
            raise BadInput("There is no proof to export.")
        # Imports come first; a comment may stand before them.
        return "\n".join([_HEAD + (self._preamble or ""), *items.values(), f'#print "{LAST_WORD}"\n'])

    def close(self) -> None:
        """End the servers."""
        self._prover.close()
