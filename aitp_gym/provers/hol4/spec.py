"""The plug of HOL4."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, closing
from pathlib import Path

from ...theorems import TheoremSet
from ...theorems.registry import TheoremSource
from ..base import Prover
from ..spec import Command, EnvironmentSpec, Figures, MenuPreset, ProofFile, ProverSpec
from ..status import ProverStatus

__all__ = ["SPEC", "open_hol4"]

_FOLDER = Path(__file__).parent


def open_hol4(theorem_set: str = "hol4-core", *, context: str = "strict") -> tuple[Prover, str]:
    """`aitp/HOL4-v0`: theorems of the user's own HOL4.

    Args:
        theorem_set: name of a theorem set, or path of a file of statements in HOL4's notation.
        context: `strict` shows a theorem the theorems and simplifier rules from before it; `ungated` all simplifier
            rules, for comparison.

    Raises:
        ProverUnavailable: HOL4 was not found; the message says what to do.
    """
    from .prover import Hol4

    return Hol4(context=context), theorem_set


def _status() -> ProverStatus:
    from .status import status

    return status()


def _theorem_set(name: str) -> TheoremSet:
    from .theorem_sets import hol4_core, tacticzero

    return tacticzero() if name == "tacticzero" else hol4_core(temporal=name.endswith("-temporal"))


def _proof_file() -> AbstractContextManager[ProofFile]:
    from .proof_file import Hol4ProofFile

    return closing(Hol4ProofFile())


def _library(theorem_set: str) -> Prover:
    from .prover import Hol4

    return Hol4()


def _figures(seconds: float) -> dict[str, float]:
    from .figures import hol4_figures

    return hol4_figures(seconds)


def _commands() -> Sequence[Command]:
    from .commands import conformance

    return [Command("conformance", "hol4", conformance, "aitp conformance hol4 --goals goals.json --limit 100")]


SPEC = ProverSpec(
    name="hol4",
    prover="hol4",
    status=_status,
    environments=(
        EnvironmentSpec("aitp/HOL4-v0", open_hol4, preset=MenuPreset("hol4-full", max_tactics=8, tactic_timeout_s=0.1)),
    ),
    theorem_sets=(TheoremSource(_theorem_set, ("hol4-core", "hol4-core-temporal", "tacticzero")),),
    canaries=_FOLDER / "canaries.toml",
    menus=_FOLDER / "menus",
    default_menu="hol4-full",
    one_step_menu="hol4-one-step",
    proof_file=_proof_file,
    library=_library,
    figures=Figures(("ready_s", "cheap_tactic_ms", "steps_per_s", "restart_s"), _figures),
    commands=_commands,
)
