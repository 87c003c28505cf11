"""The theorems for the embedded Lean: all proved, no two alike, none in the library; and its canaries."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from aitp_gym.proof import Failure
from aitp_gym.provers.lean.embedded import theorem_sets
from aitp_gym.provers.lean.embedded.theorem_sets import generated, written
from aitp_gym.terms.skeletons import lean_skeleton
from aitp_gym.theorems import canaries, load

PROOFS = Path(theorem_sets.__file__).with_name("theorems.lean")
# What proves a generated theorem of each kind.
PROOF_OF = {
    "sum": "simp [Nat.add_comm, Nat.add_left_comm, Nat.add_assoc]",
    "product": "simp [Nat.mul_comm, Nat.mul_left_comm, Nat.mul_assoc]",
    "append": "simp [List.append_assoc]",
}


def with_proof(name: str, statement: str) -> str:
    kind = name.rpartition("_")[0]
    # A truth table, for tautologies.
    by_cases = [f"by_cases h{v} : {v}" for v in statement[1 : statement.index(" :")].split()]
    proof = PROOF_OF.get(kind) or " <;> ".join([*by_cases, "simp_all"])
    return f"theorem {name} {statement} := by\n  {proof}\n"


@pytest.fixture(scope="module")
def compiled(lean, tmp_path_factory) -> list[dict[str, object]]:
    """Lean's messages about all theorems with a proof of each, each printed at the end with its type."""
    names = [name for name, _ in (*written(), *generated())]
    file = tmp_path_factory.mktemp("theorems") / "all.lean"
    proofs = [PROOFS.read_text(encoding="utf-8"), *(with_proof(*theorem) for theorem in generated())]
    file.write_text("\n".join([*proofs, *(f"#check @{name}" for name in names)]), encoding="utf-8")
    command = [*lean.toolchain.lean, "--json", "-DmaxErrors=100000", str(file)]
    done = subprocess.run(command, env=dict(lean.toolchain.env), capture_output=True, text=True, timeout=120)
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_every_theorem_has_a_proof(compiled):
    assert [message["data"] for message in compiled if message["severity"] == "error"] == []
    assert not any("sorry" in str(message["data"]) for message in compiled)


def test_the_set_is_what_the_file_and_the_generator_hold():
    theorems = load("lean-embedded")
    assert len(theorems) > 300
    assert min(theorems.splits.values()) > 0.1 * len(theorems)
    assert {theorem.prover for theorem in theorems} == {"lean"}
    declared = PROOFS.read_text(encoding="utf-8").count("\ntheorem ")
    assert len(list(written())) == declared
    assert load("lean-embedded") is theorems


def test_no_two_are_alike_up_to_names():
    skeletons = [lean_skeleton(theorem.statement) for theorem in load("lean-embedded")]
    assert len(set(skeletons)) == len(skeletons)


def test_none_is_in_the_library(lean, compiled):
    def plain(type_: str) -> str:
        # Binders of every kind are alike, and so are types of every universe.
        text = re.sub(r"[{\[]([^{}\[\]]* : [^{}\[\]]*)[}\]]", r"(\1)", re.sub(r"(Type|Sort) u_\d", "Type", type_))
        return lean_skeleton(f"theorem t : {text}")

    known = {plain(premise.statement): premise.name for premise in lean.library.entries}
    printed = [str(message["data"]) for message in compiled if message["severity"] == "information"]
    assert len(printed) == len([*written(), *generated()])
    types = {text.partition(" : ")[0]: plain(" ".join(text.partition(" : ")[2].split())) for text in printed}
    assert {name: known[type_] for name, type_ in types.items() if type_ in known} == {}


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("theorem a (n m : Nat) : n + m = m", "theorem b (x y : Nat) : x + y = y", True),
        ("theorem a (n m : Nat) : n + m = m", "theorem b (x y : Nat) : x + y = x", False),
        ("theorem a (p : Nat → Prop) : ∃ x, p x", "theorem b (q : Nat → Prop) : ∃ y, q y", True),
        ("theorem a (l : List Nat) : l.length = 0", "theorem b (k : List Nat) : k.length = 0", True),
        ("theorem a (n : Nat) : n.succ = n", "theorem b (n : Nat) : n.pred = n", False),
        ("theorem a : ∀ x : Nat, x = x", "theorem b : ∀ y : Nat,  y = y", True),
    ],
)
def test_a_skeleton_forgets_names_and_nothing_else(one, other, alike):
    assert (lean_skeleton(one) == lean_skeleton(other)) is alike


def test_lean_starts_on_every_tenth_theorem_as_it_stands(lean):
    for theorem in load("lean-embedded").theorems[::10]:
        session = lean.start(theorem)
        assert session.root.text
        session.close()


def test_no_single_tactic_closes_a_canary(lean):
    tactics = ["simp_all", "trivial", "decide", "simp", "rfl", "(unhygienic intros) <;> simp_all", "constructor"]
    alarms = canaries(lean)
    assert len(alarms) > 20
    for theorem in alarms:
        session = lean.start(theorem)
        for tactic, outcome in zip(tactics, session.apply(session.root, tactics, 1.0), strict=False):
            assert isinstance(outcome, Failure) or outcome.goals, (theorem.name, tactic)
        session.close()
