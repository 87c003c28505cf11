"""The plug of intuitionistic propositional logic."""

from __future__ import annotations

from pathlib import Path

from ...theorems import TheoremSet
from ...theorems.registry import TheoremSource
from ..base import Prover
from ..spec import EnvironmentSpec, Figures, MenuPreset, ProverSpec
from ..status import ProverStatus

__all__ = ["SPEC", "open_propositional"]

_FOLDER = Path(__file__).parent
_SIZES = ("small", "medium", "hard")


def open_propositional(theorem_set: str = "propositional-small") -> tuple[Prover, str]:
    """`aitp/Propositional-v0`: intuitionistic propositional logic, in process.

    Args:
        theorem_set: name of a theorem set, or path of a file of statements.
    """
    from .prover import PropositionalProver

    return PropositionalProver(), theorem_set


def _status() -> ProverStatus:
    from ... import __version__

    return ProverStatus("propositional", True, True, __version__, "Part of aitp-gym; runs in process.")


def _theorem_set(name: str) -> TheoremSet:
    from .theorem_sets import propositional

    _, size, *seed = name.split("-")
    return propositional(size, int(*seed))


def _figures(seconds: float) -> dict[str, float]:
    from .figures import propositional_figures

    return propositional_figures(seconds)


SPEC = ProverSpec(
    name="propositional",
    prover="propositional",
    status=_status,
    environments=(
        EnvironmentSpec(
            "aitp/Propositional-v0",
            open_propositional,
            max_tactics=256,
            nondeterministic=False,
            preset=MenuPreset("propositional", buckets=256, premises=0),
        ),
    ),
    theorem_sets=(
        TheoremSource(
            _theorem_set,
            names=tuple(f"propositional-{size}[-SEED]" for size in _SIZES),
            pattern=rf"propositional-(?:{'|'.join(_SIZES)})(?:-\d+)?",
        ),
    ),
    canaries=_FOLDER / "canaries.toml",
    menus=_FOLDER / "menus",
    default_menu="propositional",
    one_step_menu="propositional",
    # Theorems that nothing was tuned on, with a seed of their own.
    figures=Figures(("steps_per_s",), _figures, learning=("aitp/Propositional-Menu-v0", "propositional-small-7741")),
)
