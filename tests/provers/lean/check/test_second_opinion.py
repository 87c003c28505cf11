"""Other checkers, by stand-ins that say yes, say no, or do not answer."""

from __future__ import annotations

import json
import pickle
import sys
from pathlib import Path

import pytest

from aitp_gym.errors import BadInput
from aitp_gym.proof import Proof, ProofStep
from aitp_gym.provers.lean.check.second_opinion import read_opinions
from aitp_gym.provers.lean.check.verify import verify
from aitp_gym.provers.lean.prover import Lean
from aitp_gym.provers.lean.source import Source

SWAP = Source("", "theorem A.swap (p q : Prop) (h : p ∧ q) : q ∧ p")
PROOF = "  exact ⟨h.2, h.1⟩"


def program(folder: Path, name: str, script: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def ask(engine, *commands: str, body: str = PROOF, timeout_s: float = 30.0):
    return verify(engine, SWAP, body, timeout_s, opinions=read_opinions(commands))


def test_it_is_given_both_files_their_compiled_forms_and_what_comparator_reads(engine, tmp_path):
    kept = tmp_path / "kept"
    kept.mkdir()
    copy = program(tmp_path, "copy", f'for file in "$@"; do cp "$file" {kept}; done; echo "$1" > {kept}/theorem')
    finding = ask(engine, f"{copy} {{statement}} {{proof}} {{statement_olean}} {{proof_olean}} {{config}}")
    assert (finding.status, finding.reason) == ("accepted", "")
    assert (kept / "Challenge.lean").read_text() == SWAP.with_proof("  sorry")
    assert (kept / "Solution.lean").read_text() == SWAP.with_proof(PROOF)
    assert {(kept / f"{name}.olean").read_bytes()[:5] for name in ("Challenge", "Solution")} == {b"olean"}
    assert json.loads((kept / "config.json").read_text()) == {
        "challenge_module": "Challenge",
        "solution_module": "Solution",
        "theorem_names": ["A.swap"],
        "permitted_axioms": ["Classical.choice", "Quot.sound", "propext"],
    }


def test_the_words_of_a_command_stay_apart_whatever_is_in_them(engine, tmp_path):
    seen = tmp_path / "seen"
    count = program(tmp_path, "count", f'printf "%s\\n" "$@" > {seen}')
    assert ask(engine, f"{count} '$(exit 1); a b' {{theorem}} --in={{folder}}").status == "accepted"
    first, second, third = seen.read_text().splitlines()
    assert (first, second) == ("$(exit 1); a b", "A.swap")
    assert third.startswith("--in=/")


def test_one_that_disagrees_decides(engine, tmp_path):
    yes, no = (
        program(tmp_path, "yes-checker", "exit 0"),
        program(tmp_path, "no", "echo 'axiom not allowed: bad'; exit 3"),
    )
    finding = ask(engine, f"{yes}", f"{no}")
    assert finding.status == "refused"
    assert finding.reason == "no, asked for a second opinion, does not accept the proof: axiom not allowed: bad"


@pytest.mark.parametrize(
    ("script", "words"),
    [(None, "was not found"), ("kill -9 $$", "ended with signal 9"), ("sleep 60", "did not come to an end in 1 s")],
)
def test_one_that_does_not_answer_is_named_and_nothing_is_accepted(engine, tmp_path, monkeypatch, script, words):
    monkeypatch.setattr(sys.modules[verify.__module__], "_OPINION_FACTOR", 1 / 30)
    path = tmp_path / "lost"
    if script is not None:
        program(tmp_path, "lost", script)
    finding = ask(engine, f"{path} {{proof}}")
    assert finding.status == "unavailable"
    assert finding.reason.startswith("the second opinion of lost is not to be had: ")
    assert words in finding.reason


def test_what_ours_refuses_nobody_else_is_asked_about(engine, tmp_path):
    asked = tmp_path / "asked"
    yes = program(tmp_path, "yes-checker", f"touch {asked}")
    assert ask(engine, f"{yes}", body="  exact h").status == "refused"
    assert not asked.exists()


@pytest.mark.parametrize("command", ["", "checker {unknown}", "checker {", "checker {0}", "checker 'open"])
def test_a_command_that_is_none_is_an_error(command):
    with pytest.raises(BadInput, match="second_opinion"):
        read_opinions([command])


def test_a_prover_names_whom_it_asks_and_heeds_them(engine, tmp_path):
    no = program(tmp_path, "strict-checker", "echo no; exit 1")
    prover = Lean(backend="embedded", second_opinion=f"{no} {{proof}}")
    try:
        assert prover.versions["lean_second_opinion"] == "strict-checker"
        assert pickle.loads(pickle.dumps(prover)).versions == prover.versions
        theorem = prover.parse("theorem t (p : Prop) (h : p) : p")
        verdict = prover.check(theorem, Proof((ProofStep("exact h", "", ()),)), 30)
        assert (verdict.status, "strict-checker" in verdict.reason) == ("refused", True)
    finally:
        prover.close()
    assert read_opinions("lake env comparator {config}")[0].name == "comparator"
