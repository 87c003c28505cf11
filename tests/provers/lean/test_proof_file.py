"""Found proofs as a file that Lean compiles by itself."""

import subprocess

import pytest

from aitp_gym.errors import BadInput
from aitp_gym.proof import Proof, ProofStep, Theorem
from aitp_gym.provers.lean.proof_file import LAST_WORD, LeanProofFile
from aitp_gym.provers.lean.source import Source


def theorem(name, statement):
    return Theorem(name, f"theorem {name} {statement}", "lean")


SWAP = theorem("swap", "(p q : Prop) (h : p ∧ q) : q ∧ p")
SWAP_PROOF = Proof(
    (
        ProofStep("constructor", "⊢ q ∧ p", (1, 2)),
        ProofStep("exact h.2 -- the right one", "⊢ q", ()),
        ProofStep("cases h with\n| intro a b => exact a", "⊢ p", ()),
    )
)


def test_an_exported_file_compiles(lean, tmp_path):
    exporter = LeanProofFile(lean)
    refl = theorem("refl", "(n : Nat) : n = n")
    items = {
        "swap": exporter.theorem(SWAP, SWAP_PROOF),
        "refl": exporter.theorem(refl, Proof((ProofStep("rfl", "", ()),))),
    }
    file = tmp_path / "found.lean"
    file.write_text(exporter.file(items))
    command = [*lean.toolchain.lean, "-DwarningAsError=true", file]
    done = subprocess.run(command, env=dict(lean.toolchain.env), capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, f"{LAST_WORD}\n")
    assert "  rfl\n" in file.read_text()
    # Had a proof been wrong, Lean would have said so.
    file.write_text(file.read_text().replace("exact h.2", "exact h.1"))
    assert subprocess.run(command, env=dict(lean.toolchain.env), capture_output=True).returncode == 1


@pytest.mark.parametrize("tactic", ["exact h", "sorry", "trivial\n#exit"])
def test_what_lean_does_not_accept_is_not_exported(lean, tactic):
    exporter = LeanProofFile(lean)
    with pytest.raises(BadInput, match="swap is not accepted"):
        exporter.theorem(SWAP, Proof((ProofStep(tactic, "", ()),)))
    with pytest.raises(BadInput, match="no proof to export"):
        exporter.file({})


def test_a_name_stands_once_in_a_file(lean):
    exporter = LeanProofFile(lean)
    exporter.theorem(SWAP, SWAP_PROOF)
    with pytest.raises(BadInput, match="another theorem of the file is called swap"):
        exporter.theorem(Theorem("other", SWAP.statement, "lean"), SWAP_PROOF)


def test_theorems_of_different_files_are_told_apart(lean):
    exporter = LeanProofFile(lean)
    exporter.theorem(SWAP, SWAP_PROOF)
    other = Theorem("t", "theorem t : True", "lean", payload=Source("open Nat\n", "theorem t : True"))
    with pytest.raises(BadInput, match="a text of its own"):
        exporter.theorem(other, Proof((ProofStep("trivial", "", ()),)))
