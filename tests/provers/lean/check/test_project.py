"""The check with a Lean of the user's own: its whole library, its kernel, and code in tactics."""

from __future__ import annotations

import shutil

import pytest

from aitp_gym.errors import ProverUnavailable
from aitp_gym.provers.lean.check import verify
from aitp_gym.provers.lean.check.audit import Refused
from aitp_gym.provers.lean.check.verify import examine
from aitp_gym.provers.lean.project import project_toolchain
from aitp_gym.provers.lean.source import Source
from aitp_gym.provers.lean.toolchain import Toolchain

FALSE = Source("import Lean\n", "theorem t : 1 = 2")
DOUBLE = "def f : Nat → Nat\n  | 0 => 0\n  | n + 1 => f n + 2\n"
# Adds a theorem to the environment that no kernel has seen, and uses it.
UNCHECKED = """  run_tac do
    let bad : Lean.TheoremVal := {
      name := `bad, levelParams := [], type := ← Lean.Elab.Tactic.getMainTarget, value := Lean.mkConst ``True.intro }
    match (← Lean.getEnv).toKernelEnv.addDeclWithoutChecking (.thmDecl bad) with
    | .ok env => Lean.setEnv (.ofKernelEnv env)
    | .error _ => throwError "refused"
    (← Lean.Elab.Tactic.getMainGoal).assign (Lean.mkConst `bad)"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Toolchain:
    if shutil.which("lean") is None:
        pytest.skip("No Lean of the user's own: `lean` is not on PATH (install elan)")
    try:
        return project_toolchain(tmp_path_factory.mktemp("files"))
    except ProverUnavailable as error:
        pytest.skip(f"No Lean of the user's own: {error}")


@pytest.mark.parametrize(
    ("preamble", "signature", "body"),
    [
        ("", "theorem t (p q : Prop) (h : p ∧ q) : q ∧ p", "  exact ⟨h.2, h.1⟩"),
        ("", "theorem t (m n : Nat) (h : m < n) : m + 1 ≤ n", "  omega"),
        ("", "theorem t (p : Prop) : p ∨ ¬p", "  exact Classical.em p"),
        ("", 'theorem t : "ab" ++ "c" = "abc"', "  decide"),
        ("inductive Light where | on | off deriving DecidableEq\n", "theorem t : Light.on ≠ .off", "  decide"),
        (
            DOUBLE,
            "theorem t (n : Nat) : f n = 2 * n",
            "  induction n with\n  | zero => rfl\n  | succ n ih => simp [f, ih]; omega",
        ),
        ("import Lean\nopen Lean\n", "theorem t (n : Name) : n = n", "  rfl"),
    ],
)
def test_proofs_over_the_whole_library_are_accepted(project, preamble, signature, body):
    finding = verify(project, Source(preamble, signature), body, 120)
    assert (finding.status, finding.reason) == ("accepted", "")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("  set_option debug.skipKernelTC true in decide +kernel", "the kernel does not accept"),
        ("  exact «sorryAx» _ false", "unproved"),
        ("  rfl", "Lean reports"),
    ],
)
def test_cheats_are_refused(project, body, reason):
    finding = verify(project, FALSE, body, 120)
    assert finding.status == "refused"
    assert reason in finding.reason


def test_compiled_code_is_not_trusted(project):
    # Depending on the release the axiom is Lean's own or one that the tactic declares.
    with pytest.raises(Refused, match="axiom"):
        examine(project, Source("", "theorem t : (List.range 1000).length = 1000"), "  native_decide", 120)


def test_a_theorem_that_no_kernel_has_seen_is_refused(project):
    with pytest.raises(Refused):
        examine(project, FALSE, UNCHECKED, 120)


def test_code_in_a_tactic_writes_no_file(project, tmp_path):
    body = f'  run_tac (IO.FS.writeFile "{tmp_path / "written"}" "x" : IO Unit)\n  rfl'
    with pytest.raises(Refused):
        examine(project, Source("import Lean\n", "theorem t : 1 = 1"), body, 120)
    assert list(tmp_path.iterdir()) == []
