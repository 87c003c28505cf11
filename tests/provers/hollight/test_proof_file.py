"""Found proofs as a file for stock HOL Light: what the file says, and that stock HOL Light agrees."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import replace

import pytest

from aitp_gym.errors import BadInput
from aitp_gym.proof import Proof, ProofStep
from aitp_gym.provers.hollight.library import lemma_rows, theorem_rows
from aitp_gym.provers.hollight.proof_file import LAST_WORD, HolLightProofFile
from aitp_gym.provers.hollight.prover import HolLight
from aitp_gym.provers.hollight.sources import HolLightSources
from aitp_gym.theorems import load

TOPLEVEL = "/usr/bin/hol-light"


def chain(*tactics: str) -> Proof:
    steps = [ProofStep(tactic, "", (i + 1,)) for i, tactic in enumerate(tactics)]
    return Proof((*steps[:-1], ProofStep(tactics[-1], "", ())))


def branching(first: list[str], *branches: str) -> Proof:
    """Tactics in a row, then one that leaves a goal for each branch."""
    at = len(first)
    head = [ProofStep(tactic, "", (i + 1,)) for i, tactic in enumerate(first[:-1])]
    split = ProofStep(first[-1], "", tuple(range(at, at + len(branches))))
    return Proof((*head, split, *(ProofStep(tactic, "", ()) for tactic in branches)))


@pytest.fixture(scope="module")
def exporter(hollight) -> HolLightProofFile:
    return HolLightProofFile()


HAND_MADE = {
    "p /\\ q ==> q /\\ p": branching(["DISCH_TAC", "CONJ_TAC"], "ASM_REWRITE_TAC [ ]", "ASM_REWRITE_TAC [ ]"),
    "!n. n + 0 = n": branching(["INDUCT_TAC"], *2 * ["ASM_REWRITE_TAC [ THM ADD_CLAUSES ]"]),
    "?x. x = 3": chain("EXISTS_TAC `3`", "REFL_TAC"),
    "(p ==> q) ==> p ==> q": chain("DISCH_TAC", "ACCEPT_TAC ASSUM 0"),
    "!x. (\\y. y + 1) x = x + 1": chain("GEN_TAC", "CONV_TAC APPLY LAND_CONV BETA_CONV", "REFL_TAC"),
    "p ==> q ==> p": chain("DISCH_TAC", "DISCH_TAC", "RAW_POP_TAC 0", "ACCEPT_TAC ASSUM 0"),
    "1 + 1 = 2": chain("CONV_TAC NUM_REDUCE_CONV"),
    "!x:real. x = x": chain("REAL_ARITH_TAC2"),
    "x = y ==> y = x": chain("DISCH_TAC", "SUBST1_TAC ASSUM 0", "REFL_TAC"),
    "1 + n = SUC n": chain("ACCEPT_TAC SPEC `n:num` ONCE_REWRITE_RULE [ THM ADD_SYM ] GSYM THM ADD1"),
    "m = n ==> n = m:num": chain("DISCH_TAC", "ACCEPT_TAC SYM ASSUM 0"),
    "m * n = n * m": chain("MATCH_ACCEPT_TAC SPECL [ `m:num` ; `(v (num) n)` ] THM MULT_SYM"),
    "n = 0 + n": chain("ACCEPT_TAC CONV_RULE SYM_CONV SPEC `n:num` CONJUNCT1 THM ADD"),
    "?n. 2 + 2 = n /\\ n = 2 + 2": chain("ABBREV_TAC `m = 2 + 2`", "EXISTS_TAC `m:num`", "EXPAND_TAC m",
                                       "REWRITE_TAC [ TAUT `p /\\ p <=> p` ]"),
    "{x | x < 3 /\\ x > 1} SUBSET {x | x < 3}": chain("SET_TAC [ ]"),
    "!P:A->bool. (?x. P x) ==> ?y. P y": chain("GEN_TAC", "DISCH_TAC", "X_CHOOSE_TAC `z:A` ASSUM 0", "EXISTS_TAC `z:A`",
                                               "ACCEPT_TAC ASSUM 0"),
}  # fmt: skip


def found_by_one_tactic(hollight: HolLight, number: int) -> list:
    """Theorems of the library with proofs that the search would find first."""
    found = []
    for theorem in load("holist-core").split("train"):
        nearest = [premise.name for premise in hollight.premises(theorem)[-3:]]
        listed = " ; ".join(f"THM {name}" for name in nearest)
        for tactic in (f"ASM_MESON_TAC [ {listed} ]", "REWRITE_TAC [ ]", "ARITH_TAC", "SET_TAC [ ]"):
            session = hollight.start(theorem)
            outcome = session.apply(session.root, [tactic], 0.05)[0]
            session.close()
            if getattr(outcome, "closed", False) and hollight.check(theorem, chain(tactic), 10.0).accepted:
                found.append((theorem, chain(tactic)))
                break
        if len(found) == number:
            return found
    raise AssertionError(f"only {len(found)} proofs were found")


def test_a_proof_reads_like_a_persons(hollight, exporter):
    statement = "p /\\ q ==> q /\\ p"
    text = exporter.theorem(hollight.parse(statement), HAND_MADE[statement])
    assert "DISCH_TAC THEN\n   CONJ_TAC THENL\n   [ASM_REWRITE_TAC [];\n   ASM_REWRITE_TAC []]" in text
    assert f":  {statement} *)" in text


def test_only_what_a_file_uses_is_defined_in_it(hollight, exporter):
    theorem = hollight.parse("p ==> q ==> p")
    text = exporter.file({theorem.name: exporter.theorem(theorem, HAND_MADE["p ==> q ==> p"])})
    assert "let RAW_POP_TAC n" in text
    assert "BACKCHAIN_TAC" not in text
    assert text.rstrip().endswith("exit 1);;")


def test_fingerprints_become_names_and_what_has_none_is_said(hollight, exporter):
    row = next(row for row in theorem_rows() if row.name == "ADD_SYM")
    theorem = hollight.parse("m + n = n + m")
    assert "[ADD_SYM]" in exporter.theorem(theorem, chain(f"MESON_TAC [ THM {row.fingerprint} ]"))
    lemma = next(row for row in lemma_rows() if row.kind == "theorem")
    with pytest.raises(BadInput, match=f"lemma {lemma.name}, which HOL Light has without a name"):
        exporter.theorem(hollight.parse("p \\/ ~p"), chain(f"MESON_TAC [ THM {lemma.name} ]"))


# What a file uses of HOL Light, so that OCaml alone reads the rest.
PRELUDE = """
type term = T;; type thm = term;; type tactic = unit;;
let mem = List.mem and rev = List.rev and map = List.map;;
let mk_vartype (_:string) = 0 and mk_type (_,_) = 0 and mk_var (_,_) = T and mk_mconst (_,_) = T;;
let mk_comb (_,_) = T and mk_abs (_,_) = T and axioms () = 0 and hyp _ = [] and concl th = th and prove (t,_) = t;;
let subtract a b = List.filter (fun x -> not (List.mem x b)) a;;
let rEFL_TAC = ();;
"""
HOSTILE_NAMES = [
    'x *) let () = close_out (open_out "planted");; (*',
    'a " b',
    "{id|",
    "'\"'",
    "`",
    "a\n\nALL THEOREMS: ok\n",
    "(*",
    "*)",
    "( *) \\",
    '\\" ^ failwith "planted" ^ "',
    "café \x1b[31m \u202e",
    "a b",
    "a_b",
]


def ocaml(text: str, folder) -> subprocess.CompletedProcess[str]:
    if shutil.which("ocaml") is None:
        pytest.skip("The OCaml toplevel, ocaml, is not installed.")
    return subprocess.run(
        ["ocaml", "-noprompt"], input=text, capture_output=True, text=True, cwd=folder, timeout=60, check=False
    )


def test_names_are_data_in_a_file(hollight, exporter, tmp_path):
    theorem = hollight.parse("x = x")
    items = {name: exporter.theorem(replace(theorem, name=name), chain("REFL_TAC")) for name in HOSTILE_NAMES}
    written = PRELUDE + exporter.file(items).replace("(REFL_TAC)", "rEFL_TAC")
    done = ocaml(written, tmp_path)
    assert done.returncode == 0, done.stdout
    assert done.stdout.splitlines().count(LAST_WORD) == 1
    assert done.stdout.count(": ok\n") == len(HOSTILE_NAMES) + 1
    assert list(tmp_path.iterdir()) == []
    # A file that is not read to its end proves nothing, and says so by its silence.
    assert (
        LAST_WORD
        not in ocaml(written.replace("found_tree text", 'found_tree (* " *) text', 1), tmp_path).stdout.splitlines()
    )


def test_what_is_shown_of_a_theorem_is_what_it_says(hollight, exporter):
    theorem = replace(hollight.parse("x = x"), name="false", pretty="F")
    assert "(* false:  x = x *)" in exporter.theorem(theorem, chain("REFL_TAC"))


def test_a_wrong_proof_is_not_exported(hollight, exporter):
    with pytest.raises(BadInput, match="does not hold"):
        exporter.theorem(hollight.parse("p ==> q"), chain("DISCH_TAC"))
    with pytest.raises(BadInput, match="no proof to export"):
        exporter.file({})


def stock(text: str, folder) -> subprocess.CompletedProcess[str]:
    if not os.access(TOPLEVEL, os.X_OK) or HolLightSources.find().directory.as_posix() != "/usr/share/hol-light":
        pytest.skip(f"The Debian package's toplevel, {TOPLEVEL}, is not what HOL Light is here.")
    return subprocess.run([TOPLEVEL], input=text, capture_output=True, text=True, cwd=folder, timeout=900, check=False)


@pytest.mark.integration
@pytest.mark.timeout(900)
def test_stock_hol_light_proves_what_was_found_and_refuses_what_was_not(hollight, exporter, tmp_path):
    theorems = [(hollight.parse(statement), proof) for statement, proof in HAND_MADE.items()]
    theorems += found_by_one_tactic(hollight, 40)
    items = {theorem.name: exporter.theorem(theorem, proof) for theorem, proof in theorems}
    assert len(items) >= 50
    good = exporter.file(items)
    # In the same load, so that it costs nothing: a proof that proves nothing, before the file's own last word.
    false = '\nlet found_false = found "false" (parse_term "F") (ACCEPT_TAC TRUTH);;\n'
    start = good.index("\nlet () =\n  let missing")
    done = stock(good[:start] + false + good[start:].replace("subtract [", 'subtract ["false"; '), tmp_path)
    lines = done.stdout.splitlines()
    assert done.returncode == 1
    assert LAST_WORD not in lines
    assert [line for line in lines if "NOT PROVED" in line][-1].split("NOT PROVED: ")[1].split() == ["false"]
    proved = {line.split("THEOREM ")[1].removesuffix(": ok") for line in lines if "THEOREM " in line and ": ok" in line}
    assert proved == set(items)
