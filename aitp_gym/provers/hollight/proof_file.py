"""Found proofs as a file that stock HOL Light runs: each becomes a theorem there, or the closing line is missing."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...errors import BadInput
from ...proof import Proof, Theorem
from ...terms.hol_term import is_hol
from ..nested_script import nested_script
from ..written import ml_comment, ml_identifier, ml_string
from .holist.grammar import (
    Applied,
    Argument,
    Assum,
    Composed,
    Computed,
    Conversion,
    Conversional,
    Int,
    LabelArgument,
    TermArgument,
    TermArguments,
    Theorems,
    Thm,
    named,
    parse,
)
from .library import known
from .prover import HolLight
from .sources import OCAML_DIR

__all__ = ["LAST_WORD", "HolLightProofFile"]

LAST_WORD = "ALL THEOREMS: ok"
_CHECK_TIMEOUT_S = 60.0

_PREAMBLE = """\
(* Proofs found by aitp-gym, for HOL Light {version}.

   Run it with a HOL Light toplevel, for example:  hol-light < THIS_FILE | grep -x '{last_word}'
   Every theorem is proved from its statement, and that line is printed last, where all were. Without it nothing is. *)

(* TermArguments as typed S-expressions: (v TYPE NAME), (c TYPE NAME), (a TERM TERM), (l TERM TERM). *)
type found_sexp = Found_word of string | Found_node of found_sexp list;;

let found_tree text =
  let size = String.length text in
  let rec word_end i = if i < size && not (mem text.[i] ['('; ')'; ' ']) then word_end (i + 1) else i in
  let rec read i nodes =
    match text.[i],nodes with
      ' ',_ -> read (i + 1) nodes
    | '(',_ -> read (i + 1) ([]::nodes)
    | ')',[last] -> Found_node (rev last)
    | ')',inner::outer::rest -> read (i + 1) ((Found_node (rev inner)::outer)::rest)
    | _,inner::rest -> let j = word_end i in read j ((Found_word (String.sub text i (j - i))::inner)::rest)
    | _ -> failwith "found_tree" in
  read 0 [];;

let rec found_type tree =
  match tree with
    Found_word name -> mk_vartype name
  | Found_node (Found_word name::args) -> mk_type(name,map found_type args)
  | _ -> failwith "found_type";;

let rec found_term tree =
  match tree with
    Found_node [Found_word "v"; ty; Found_word name] -> mk_var(name,found_type ty)
  | Found_node [Found_word "c"; ty; Found_word name] -> mk_mconst(name,found_type ty)
  | Found_node [Found_word "a"; f; x] -> let f' = found_term f in mk_comb(f',found_term x)
  | Found_node [Found_word "l"; v; body] -> let v' = found_term v in mk_abs(v',found_term body)
  | _ -> failwith "found_term";;

let sexp text = found_term (found_tree text);;

let found_axioms = axioms();;
let found_names = ref ([]:string list);;

(* The statement exactly, no hypotheses, no new axioms. *)
let found name statement tactic =
  let th = prove(statement,tactic) in
  if not (hyp th = [] && concl th = statement && axioms() == found_axioms) then
    failwith ("not proved: "^String.escaped name)
  else (found_names := name::!found_names; print_string ("THEOREM "^String.escaped name^": ok\\n"); th);;
"""

_END = """
let () =
  let missing = subtract [{names}] !found_names in
  if missing = [] then (print_string "\\n{last_word}\\n"; exit 0)
  else (print_string ("NOT PROVED: "^String.concat " " (map String.escaped missing)^"\\n"); exit 1);;
"""


class HolLightProofFile:
    """Writes proofs for stock HOL Light.

    Stock HOL Light runs the file with everything loaded, so a proof has to hold under the default rewrites as they are
    in the end, also if it was found in the strict context; that is checked first, in the running HOL Light.

    Raises:
        ProverUnavailable: HOL Light is not installed.
    """

    def __init__(self) -> None:
        self._prover = HolLight(context="holist")

    def file(self, items: Mapping[str, str]) -> str:
        """The whole file.

        Args:
            items: by name of the theorem, what `theorem` gave for it.

        Raises:
            BadInput: there is none.
        """
        if not items:
            raise BadInput("There is no proof to export.")
        names = "; ".join(map(ml_string, items))
        text = "\n".join(items.values())
        preamble = _PREAMBLE.format(version=self._prover.versions["hollight"], last_word=LAST_WORD)
        return f"{preamble}{_added(text)}\n{text}{_END.format(names=names, last_word=LAST_WORD)}"

    def theorem(self, theorem: Theorem, proof: Proof) -> str:
        """One theorem with its proof, to stand after the preamble.

        Raises:
            BadInput: the proof does not hold with everything loaded, or names a lemma that has no name in HOL Light.
        """
        verdict = self._prover.check(theorem, proof, _CHECK_TIMEOUT_S)
        if not verdict.accepted:
            raise BadInput(
                f"The proof of {theorem.name} does not hold where HOL Light has loaded everything: {verdict.reason}."
            )
        # What came with the theorem as its readable form may say anything.
        pretty = self._prover.parse(theorem.statement).pretty or theorem.statement
        branches = (" THENL\n   [", ";\n   ", "]")
        script = nested_script(proof, _tactic, then=" THEN\n   ", branches=branches)
        return (
            f"\n(* {ml_comment(theorem.name)}:  {ml_comment(pretty)} *)\n"
            f"let {ml_identifier(theorem.name)} = found {ml_string(theorem.name)}\n"
            f"  {_sexp(theorem.statement)}\n"
            f"  ({script});;\n"
        )


def _tactic(text: str) -> str:
    call = parse(text)
    arguments = [_argument(argument) for argument in call.arguments]
    pair = call.tactic == "SPEC_TAC"
    written = f"SPEC_TAC({', '.join(arguments)})" if pair else " ".join((call.tactic, *arguments))
    if any(isinstance(theorem, Assum) for theorem in named(call)):
        return f"ASSUM_LIST(fun asl -> {written})"
    return written


def _argument(argument: Argument) -> str:
    match argument:
        case Thm(name):
            return _theorem_name(name)
        case Assum(index):
            return f"(el {index} asl)"
        case Computed(rule, arguments):
            return f"({' '.join((rule, *map(_argument, arguments)))})"
        case Theorems(items) | TermArguments(items):
            return f"[{'; '.join(map(_argument, items))}]"
        case TermArgument(text):
            return _sexp(text) if is_hol(text.strip()) else _quoted(text)
        case Int(value):
            return str(value)
        case LabelArgument(text):
            return ml_string(text)
        case Conversion(name) | Conversional(name):
            return name
        case Applied(function, inner):
            return f"({_argument(function)} {_argument(inner)})"
        case Composed(items):
            return f"({' o '.join(map(_argument, items))})" if items else "I"
        case _:
            raise BadInput(f"{argument} has no place in a proof.")


def _theorem_name(name: str) -> str:
    if not name.isdecimal():
        return name
    row = known().get(int(name))
    if row is None or row.name.isdecimal():
        raise BadInput(f"The proof uses the lemma {name}, which HOL Light has without a name: it cannot be exported.")
    return row.name


def _sexp(text: str) -> str:
    return f"(sexp {ml_string(' '.join(text.splitlines()))})"


def _quoted(text: str) -> str:
    """A term in HOL Light's notation, in its quotation marks where it cannot mean more there than the term."""
    if text.isascii() and text.isprintable() and not text.lstrip().startswith(":") and '"' not in text:
        return f"`{text}`"
    return f"(parse_term {ml_string(text)})"


def _added(text: str) -> str:
    """Definitions of the tactics that HOList added to HOL Light, as far as the text uses them."""
    source = (OCAML_DIR / "table.ml").read_text()
    definitions = re.findall(r"^let ([A-Z_]+_TAC)\b.*?;;$", source, re.MULTILINE | re.DOTALL)
    found = []
    for name in definitions:
        if re.search(rf"\b{name}\b", text):
            definition = re.search(rf"^let {name}\b.*?;;$", source, re.MULTILINE | re.DOTALL)
            assert definition is not None
            found.append(definition[0])
    if re.search(r"\bREAL_ARITH_TAC2\b", text):
        found.append("let REAL_ARITH_TAC2 = REAL_ARITH_TAC;;")
    if not found:
        return ""
    return "\n(* Tactics that HOList added to HOL Light. *)\n" + "\n\n".join(found) + "\n"
