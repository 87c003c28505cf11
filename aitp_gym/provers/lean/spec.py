"""The plug of Lean in the user's own projects and in the embedded engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Any

from ...theorems import TheoremSet
from ...theorems.registry import TheoremSource
from ..base import Prover
from ..spec import Command, EnvironmentSpec, Figures, MenuPreset, ProofFile, ProverSpec
from ..status import ProverStatus

__all__ = ["SPEC", "open_lean"]

_FOLDER = Path(__file__).parent


def open_lean(
    theorem_set: str = "lean-embedded",
    *,
    backend: str | None = None,
    project: str | None = None,
    header: str | None = None,
    memory_mb: float = 4096,
    interaction: str | None = None,
    warm: bool = False,
    sandbox: str | None = None,
    second_opinion: str | Sequence[str] | None = None,
    known_bugs: bool = False,
) -> tuple[Prover, str]:
    """`aitp/Lean-v0`: theorems of Lean 4; nothing has to be traced.

    Args:
        theorem_set: name of a theorem set, or path of a file of statements or of a `.lean` file.
        backend: `server`: the Lean of `project`. `embedded`: a real Lean that comes with pip (extra `lean-embedded`,
            Linux x86-64) and has a small library of ours: it serves tutorials and tests, and has no Mathlib and no
            `omega`. `None`: `server` if a project is given, else `embedded`.
        project: folder of a Lean project of yours, with elan and lake installed.
        header: what statements without imports of their own begin with, for example `import Mathlib`.
        memory_mb: resident memory that a Lean process may hold.
        interaction: `stepper`: proof states stay in the Lean that made them. `server`: Lean's language server. `None`:
            the stepper where it works with this Lean, else the server.
        warm: whether the imports of `header` are read at once, beside whatever is done meanwhile.
        sandbox: what confines Lean: `landlock`, `bubblewrap` or `off`; `None` for what holds on this system.
        second_opinion: commands of other checkers, which must accept each proof too.
        known_bugs: whether a release is used whose kernel has a known bug that nothing here makes up for.

    Raises:
        ProverUnavailable: Lean is not there, or no sandbox holds here; the message says what to install.
    """
    from .prover import Lean

    prover = Lean(
        backend=backend,
        project=project,
        header=header,
        memory_mb=memory_mb,
        interaction=interaction,
        warm=warm,
        sandbox=sandbox,
        second_opinion=second_opinion,
        known_bugs=known_bugs,
    )
    return prover, theorem_set


def _status() -> ProverStatus:
    from .embedded.status import status

    return status()


def _theorem_set(name: str) -> TheoremSet:
    from .embedded.theorem_sets import lean_embedded

    return lean_embedded()


def _files(path: Path) -> TheoremSet:
    from .theorem_files import lean_files

    return lean_files(path)


def _proof_file() -> AbstractContextManager[ProofFile]:
    from .proof_file import LeanProofFile

    return closing(LeanProofFile())


def _library(theorem_set: str) -> Prover | None:
    from .prover import Lean

    return Lean(backend="embedded") if theorem_set.startswith("lean-embedded") else None


def _figures(seconds: float) -> dict[str, float]:
    from .figures import lean_figures

    return lean_figures()


def _env_figures(open_env: Callable[[str], Any]) -> dict[str, float]:
    from .figures import lean_env_figures

    return lean_env_figures(open_env)


def _commands() -> Sequence[Command]:
    from .commands import conformance

    return [Command("conformance", "lean", conformance, "aitp conformance lean --limit 20")]


SPEC = ProverSpec(
    name="lean",
    prover="lean",
    status=_status,
    environments=(
        EnvironmentSpec("aitp/Lean-v0", open_lean, preset=MenuPreset("lean-embedded-steps", tactic_timeout_s=0.5)),
    ),
    theorem_sets=(TheoremSource(_theorem_set, ("lean-embedded",), read={".lean": _files}),),
    canaries=_FOLDER / "canaries.toml",
    menus=_FOLDER / "menus",
    default_menu="lean-core",
    proof_file=_proof_file,
    library=_library,
    figures=Figures(
        (
            *("first_goal_s", "step_ms", "candidate_ms", "restart_s"),
            *("verify_per_s", "verify_alone_per_s", "verify_lean_share"),
            *("depth_60_ms", "depth_60_p95_ms", "after_heavy_path_ms", "after_heavy_path_p95_ms"),
            *("candidate_after_heavy_path_ms", "candidate_after_heavy_path_p95_ms"),
        ),
        _figures,
        _env_figures,
    ),
    commands=_commands,
)
