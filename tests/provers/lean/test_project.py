"""A user's own project: `lake` is a stand-in that says what lake says, Lean is the embedded engine."""

from __future__ import annotations

import os
import subprocess

import gymnasium
import pytest

import aitp_gym  # noqa: F401  (registers the ids)
from aitp_gym.errors import ProverUnavailable
from aitp_gym.proof import Subgoals
from aitp_gym.provers.lean.project import project_toolchain
from aitp_gym.provers.lean.prover import Lean

BASIC = "def double (n : Nat) : Nat := n + n\n\ntheorem double_zero : double 0 = 0 := rfl\n"
PROBLEMS = """import Basic

/-- One whose proof is missing. -/
theorem double_eq (n : Nat) : double n = n + n := by
  sorry

namespace Double

theorem zero_again : double 0 = 0 := sorry

end Double
"""


@pytest.fixture
def project(lean, tmp_path, monkeypatch):
    """A project of two files, one compiled, with a stand-in for `lake` on PATH."""
    root = tmp_path / "project"
    built = root / ".lake" / "build" / "lib" / "lean"
    built.mkdir(parents=True)
    (root / "lakefile.toml").write_text('name = "tiny"\n')
    (root / "lean-toolchain").write_text("leanprover/lean4:v4.35.0\n")
    (root / "Basic.lean").write_text(BASIC)
    (root / "Problems.lean").write_text(PROBLEMS)
    engine = lean.toolchain
    subprocess.run(
        [*engine.lean, "-o", built / "Basic.olean", root / "Basic.lean"], env=dict(engine.env), cwd=root, check=True
    )
    shims = tmp_path / "bin"
    shims.mkdir()
    lake = shims / "lake"
    # The engine is a Python program: what it is made of has to be readable for the sandbox too.
    modules = ":".join(map(str, (built, engine.env["LEAN_PATH"], *engine.readable)))
    lake.write_text(
        "#!/bin/sh\n"
        '[ "$1" = env ] || exit 2\n'
        f"echo LEAN={engine.lean[0]}\necho LEAN_PATH={modules}\necho LEAN_SYSROOT={engine.directory}\n"
        f"echo LEAN_WORKER_PATH={engine.env['LEAN_WORKER_PATH']}\necho 'info: some remark'\n"
    )
    lake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{shims}:{os.environ['PATH']}")
    project_toolchain.cache_clear()
    yield root
    project_toolchain.cache_clear()


def test_lake_says_where_a_project_finds_its_modules(project):
    toolchain = project_toolchain(project)
    assert toolchain.kind == "project"
    assert toolchain.version.startswith("4.35.0")
    assert project in toolchain.readable
    before = toolchain.identity
    (project / "lean-toolchain").write_text("leanprover/lean4:v4.36.0\n")
    project_toolchain.cache_clear()
    assert project_toolchain(project).identity != before


def test_theorems_of_a_project_are_proved_in_their_place(project):
    path = os.fspath(project / "Problems.lean")
    with gymnasium.make("aitp/Lean-v0", project=os.fspath(project), theorem_set=path, split=None) as env:
        inner = env.unwrapped
        assert [theorem.name for theorem in inner.theorems] == ["double_eq", "Double.zero_again"]
        assert inner.prover.versions["lean_backend"] == "server"
        # The kernel's replay in a project takes a whole Lean; what is shown here are the sessions.
        for theorem, tactic in zip(inner.theorems, ("rfl", "exact double_zero"), strict=True):
            session = inner.prover.start(theorem)
            (outcome,) = session.apply(session.root, [tactic], 5.0)
            assert isinstance(outcome, Subgoals)
            assert outcome.closed
            session.close()


def test_a_statement_of_ones_own_may_use_the_project(project):
    prover = Lean(project=os.fspath(project), header="import Basic\n")
    theorem = prover.parse("double 1 = 2")
    session = prover.start(theorem)
    (outcome,) = session.apply(session.root, ["rfl"], 5.0)
    assert isinstance(outcome, Subgoals)
    session.close()
    prover.close()


def test_a_module_that_was_not_built_is_named(project):
    prover = Lean(project=os.fspath(project))
    with pytest.raises(Exception, match=r"line 1, before the theorem.*Missing"):
        prover.parse("import Missing\ntheorem t : True := sorry")
    prover.close()


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ProverUnavailable, match="nowhere"):
        Lean(project=os.fspath(tmp_path / "nowhere"))


def test_a_project_without_lake_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    (tmp_path / "lakefile.toml").write_text("")
    with pytest.raises(ProverUnavailable, match="elan"):
        Lean(project=os.fspath(tmp_path))
    bare = tmp_path / "bare"
    bare.mkdir()
    with pytest.raises(ProverUnavailable, match="no lakefile and PATH has no `lean`"):
        Lean(project=os.fspath(bare))


def test_what_lake_has_to_say_is_passed_on(tmp_path, monkeypatch):
    project = tmp_path / "broken"
    project.mkdir()
    (project / "lakefile.toml").write_text("")
    lake = tmp_path / "lake"
    lake.write_text("#!/bin/sh\necho 'error: the lakefile is empty' >&2\nexit 1\n")
    lake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(ProverUnavailable, match="the lakefile is empty"):
        Lean(project=os.fspath(project))
