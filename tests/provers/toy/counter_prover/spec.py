"""The plug: what the entry point `counter` of the group `aitp_gym.provers` names."""

from __future__ import annotations

from pathlib import Path

from aitp_gym.provers.base import Prover
from aitp_gym.provers.spec import EnvironmentSpec, ProverSpec
from aitp_gym.provers.status import ProverStatus
from aitp_gym.theorems import TheoremSet
from aitp_gym.theorems.registry import TheoremSource

_FOLDER = Path(__file__).parent


def open_counter(theorem_set: str = "counter-small") -> tuple[Prover, str]:
    """`aitp/Counter-v0`: from one number to another."""
    from .prover import CounterProver

    return CounterProver(), theorem_set


def _theorem_set(name: str) -> TheoremSet:
    from .theorem_sets import counter_small

    return counter_small(name)


SPEC = ProverSpec(
    name="counter",
    prover="counter",
    status=lambda: ProverStatus("counter", True, True, "1", "Counts in process."),
    environments=(EnvironmentSpec("aitp/Counter-v0", open_counter, nondeterministic=False),),
    theorem_sets=(TheoremSource(_theorem_set, ("counter-small",)),),
    canaries=_FOLDER / "canaries.toml",
    menus=_FOLDER / "menus",
    default_menu="counter",
)
