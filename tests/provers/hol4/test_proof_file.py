"""Found proofs as a script, and HOL4's own word on it."""

from __future__ import annotations

import contextlib
import subprocess
from dataclasses import replace

import pytest

from aitp_gym.errors import BadInput
from aitp_gym.proof import Proof, ProofStep
from aitp_gym.provers.hol4.installation import Installation
from aitp_gym.provers.hol4.proof_file import LAST_WORD, Hol4ProofFile
from aitp_gym.theorems import load


def proof(*steps: tuple[str, tuple[int, ...]]) -> Proof:
    return Proof(tuple(ProofStep(tactic, "", children) for tactic, children in steps))


@pytest.fixture(scope="module")
def exporter(hol4):
    exporter = Hol4ProofFile()
    yield exporter
    exporter.close()


def _at_its_place() -> Proof:
    """Needs the simplifier with the rules from before the theorem: those of its own theory too."""
    return proof(("Induct", (1, 2)), ("simp [list.LENGTH, list.APPEND]", ()), ("rpt strip_tac", (3,)), CLOSES)


CLOSES = ("simp [list.LENGTH, list.APPEND, arithmetic.ADD_CLAUSES]", ())


@pytest.fixture(scope="module")
def found(hol4):
    statement = "!l:num list. LENGTH (REVERSE l) = LENGTH l"
    return [
        (hol4.parse(statement), proof(("Induct", (1, 2)), ("simp []", ()), ("strip_tac", (3,)), ("simp []", ()))),
        (hol4.parse("?n:num. n = 3"), proof(("qexists_tac ‘3’", (1,)), ("simp []", ()))),
        (load("hol4-core")["list.LENGTH_APPEND"], _at_its_place()),
    ]


def run(text: str, folder) -> subprocess.CompletedProcess[str]:
    script = folder / "found.sml"
    script.write_text(text)
    hol = Installation.find().hol
    return subprocess.run([hol, "run", script], capture_output=True, text=True, cwd=folder, timeout=120, check=False)


def test_hol4_proves_what_was_found(exporter, found, tmp_path):
    items = {theorem.name: exporter.theorem(theorem, found_proof) for theorem, found_proof in found}
    done = run(exporter.file(items), tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == LAST_WORD


def test_names_are_data_in_a_script(exporter, hol4, tmp_path):
    planted = tmp_path / "planted"
    theorem = hol4.parse("?n:num. n = 3")
    names = [
        f'x *) val _ = TextIO.closeOut (TextIO.openOut "{planted}"); (*',
        'a " (* b',
        f"a\nQED\n{LAST_WORD}\n",
        "‘p’ “q” `r`",
        "a b",
        "a_b",
    ]
    steps = proof(("qexists_tac ‘3’", (1,)), ("simp []", ()))
    items = {name: exporter.theorem(replace(theorem, name=name), steps) for name in names}
    done = run(exporter.file(items), tmp_path)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, LAST_WORD)
    assert not planted.exists()


def test_terms_are_data_in_a_script(exporter, hol4, tmp_path):
    """In quotes of a script, what follows one caret is ML, which our server never runs."""
    planted = tmp_path / "planted"
    run_it = f'^(TextIO.closeOut (TextIO.openOut "{planted}"); “3”)'
    theorem = hol4.parse("!$^ : num -> num -> num. ?n:num. n = 3")
    steps = proof(("gen_tac", (1,)), ("qexists_tac ‘3’", (2,)), ("simp []", ()))
    assert "^^" in exporter.theorem(theorem, steps)
    with contextlib.suppress(BadInput):
        text = exporter.theorem(theorem, proof(("gen_tac", (1,)), (f"qexists_tac ‘{run_it}’", (2,)), ("simp []", ())))
        run(exporter.file({theorem.name: text}), tmp_path)
    assert not planted.exists()
    assert run(exporter.file({theorem.name: exporter.theorem(theorem, steps)}), tmp_path).returncode == 0


def test_a_script_with_a_wrong_proof_fails(exporter, found, tmp_path):
    (theorem, found_proof), *_ = found
    text = exporter.file({theorem.name: exporter.theorem(theorem, found_proof)})
    done = run(text.replace("THENL [", ">> NO_TAC THENL ["), tmp_path)
    assert done.returncode != 0
    assert LAST_WORD not in done.stdout


def test_theorems_are_named_as_ml_values_and_quoted_terms_left_alone(exporter, hol4):
    theorem = hol4.parse("!x:num. ?y. y = x + 0")
    steps = proof(("gen_tac", (1,)), ("qexists_tac ‘x’", (2,)), ("metis_tac [arithmetic.ADD_CLAUSES]", ()))
    text = exporter.theorem(theorem, steps)
    assert "metis_tac [arithmeticTheory.ADD_CLAUSES]" in text
    assert "gen_tac\n  >> qexists_tac ‘x’\n  >> metis_tac" in text


def test_what_is_no_proof_is_not_exported(exporter, hol4):
    with pytest.raises(BadInput, match="is not accepted"):
        exporter.theorem(hol4.parse("p ==> q"), proof(("strip_tac", ())))
    with pytest.raises(BadInput, match="no proof to export"):
        exporter.file({})
