"""Found proofs as a script of `Theorem … Proof … QED` that HOL4 runs."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...errors import BadInput
from ...proof import Proof, Theorem
from ..nested_script import nested_script
from ..written import ml_comment, ml_identifier
from .prover import Hol4

__all__ = ["LAST_WORD", "Hol4ProofFile"]

LAST_WORD = "ALL THEOREMS: ok"
_CHECK_TIMEOUT_S = 60.0

_HEAD = """\
(* Proofs found by aitp-gym, for HOL4 {version}. Run it with:  hol run THIS_FILE | grep -x '{last_word}'
   A theorem that fails ends the run, and that line is printed last, where all were proved. Without it nothing is. *)
open HolKernel boolLib bossLib Parse;

(* Puts the simplifier where it was when the theorem of a theory with that number was proved. *)
fun simplifier_before (theory, number) =
  let
    fun keep (ThmSetData.ADD (_, th)) =
          (case Tag.dep_of (Thm.tag th) of Dep.DEP_SAVED ((_, n), _) => n < number | _ => false)
      | keep _ = false
    val rules = ThmSetData.added_thms (List.filter keep (ThmSetData.theory_data {{settype = "simp", thy = theory}}))
  in
    BasicProvers.recreate_sset_at_parentage (parents theory);
    if null rules then () else BasicProvers.augment_srw_ss [simpLib.rewrites rules]
  end;
val whole_simplifier = BasicProvers.srw_ss ();
"""
_LAST = """
val () =
  if List.all (fn th => null (hyp th) andalso null (#2 (Tag.dest_tag (Thm.tag th)))) [{names}]
  then print "{last_word}\\n" else (print "NOT PROVED\\n"; OS.Process.exit OS.Process.failure);
"""
# Terms in quotes are left alone.
_QUOTED = re.compile(r"(‘[^’]*’|`[^`]*`)")
_THEOREM = re.compile(r"\b([A-Za-z]\w*)\.(\w[\w']*)")


class Hol4ProofFile:
    """Writes proofs for HOL4.

    A proof was found with the simplifier as of its theorem's place in the library, so the script puts it there first.

    Raises:
        ProverUnavailable: HOL4 was not found.
    """

    def __init__(self) -> None:
        self._prover = Hol4()

    def theorem(self, theorem: Theorem, proof: Proof) -> str:
        """One theorem with its proof.

        Raises:
            BadInput: the check does not accept the proof, or HOL4 does not read back what it prints of the statement.
        """
        verdict = self._prover.check(theorem, proof, _CHECK_TIMEOUT_S)
        if not verdict.accepted:
            raise BadInput(f"The proof of {theorem.name} is not accepted: {verdict.reason}.")
        statement = self._prover.typed_text(theorem)
        if statement is None:
            raise BadInput(f"HOL4 prints the statement of {theorem.name} in a way that reads back as something else.")
        place = self._prover.theory_of(theorem)
        context = (
            f'val () = simplifier_before ("{place[0]}", {place[1]});'
            if place is not None
            else "val () = BasicProvers.temp_setsimpset whole_simplifier;"
        )
        name = ml_identifier(theorem.name)
        branches = ("\n  THENL [\n    ", ",\n    ", "]")
        script = nested_script(proof, _tactic, then="\n  >> ", branches=branches)
        written = f"Theorem {name}:\n  {_literal(statement)}\nProof\n  {script}\nQED\n"
        return f"(* {ml_comment(theorem.name)} *)\n{context}\n{written}"

    def file(self, items: Mapping[str, str]) -> str:
        """The whole file.

        Args:
            items: by name of the theorem, what `theorem` gave for it.

        Raises:
            BadInput: there is none.
        """
        if not items:
            raise BadInput("There is no proof to export.")
        head = _HEAD.format(version=self._prover.versions["hol4"], last_word=LAST_WORD)
        names = ", ".join(map(ml_identifier, items))
        return head + "\n" + "\n".join(items.values()) + _LAST.format(names=names, last_word=LAST_WORD)

    def close(self) -> None:
        """End the workers."""
        self._prover.close()


def _tactic(text: str) -> str:
    """A tactic as a script writes it: theorems by the name of their ML value."""
    pieces = _QUOTED.split(text)
    return "".join(_literal(piece) if i % 2 else _THEOREM.sub(r"\1Theory.\2", piece) for i, piece in enumerate(pieces))


def _literal(term: str) -> str:
    """A term that stands in quotes of a script, where one caret would have what follows it run as ML."""
    return term.replace("^", "^^")
