"""Found proofs as a file that Lean compiles by itself."""

import subprocess

import pytest

from aitp_gym.errors import BadInput
from aitp_gym.proof import Proof, ProofStep, Theorem
from aitp_gym.provers.lean.proof_file import LeanProofFile
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
    exporter = LeanProofFile()
    refl = theorem("refl", "(n : Nat) : n = n")
    items = {
        "swap": exporter.theorem(SWAP, SWAP_PROOF),
        "refl": exporter.theorem(refl, Proof((ProofStep("rfl", "", ()),))),
    }
    file = tmp_path / "found.lean"
    file.write_text(exporter.file(items))
    command = [*lean.toolchain.lean, "-DwarningAsError=true", file]
    done = subprocess.run(command, env=dict(lean.toolchain.env), capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")
    assert "  rfl\n" in file.read_text()
    # Had a proof been wrong, Lean would have said so.
    file.write_text(file.read_text().replace("exact h.2", "exact h.1"))
    assert subprocess.run(command, env=dict(lean.toolchain.env), capture_output=True).returncode == 1


def test_theorems_of_different_files_are_told_apart():
    exporter = LeanProofFile()
    exporter.theorem(SWAP, SWAP_PROOF)
    other = Theorem("t", "theorem t : True", "lean", payload=Source("open Nat\n", "theorem t : True"))
    with pytest.raises(BadInput, match="a text of its own"):
        exporter.theorem(other, Proof((ProofStep("trivial", "", ()),)))
