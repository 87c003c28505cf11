"""What the theorems of a trace could use: asked of their provers again, because traces do not hold libraries."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from aitp_gym.errors import TraceError
from aitp_gym.menus import Menu
from aitp_gym.proof import Premises, Theorem
from aitp_gym.provers.base import Prover

__all__ = ["LibraryPremises"]


class LibraryPremises:
    """Gives the premises of a theorem for training; a context manager that holds the provers.

    Args:
        menu: whose tactics were tried; where it has no premise slots, no prover is needed.
    """

    def __init__(self, menu: Menu) -> None:
        self._menu = menu
        self._provers: dict[tuple[str, bool], Prover] = {}

    def __call__(self, theorem: Theorem) -> Premises:
        """The premises that precede a theorem.

        Raises:
            TraceError: the theorem is of another prover than the menu.
            ProverUnavailable: the prover's library cannot be read.
        """
        if theorem.prover != self._menu.prover:
            raise TraceError(
                f"The traces hold attempts at theorems of prover {theorem.prover!r}; expected {self._menu.prover!r}, "
                f"whose tactics menu {self._menu.name!r} offers. Give traces and menu of the same prover."
            )
        if not self._menu.max_premises:
            return Premises.none()
        # Theorems of HOList's database have its entries as premises, all others HOL Light's named theorems.
        key = (theorem.prover, theorem.theorem_set.startswith("holist-db-"))
        if key not in self._provers:
            self._provers[key] = _open(theorem)
        return self._provers[key].premises(theorem)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while self._provers:
            self._provers.popitem()[1].close()


def _open(theorem: Theorem) -> Prover:
    if theorem.prover == "hollight":
        from aitp_gym.provers.hollight import HolLight

        return HolLight(premises="database" if theorem.theorem_set.startswith("holist-db-") else "library")
    if theorem.prover == "hol4":
        from aitp_gym.provers.hol4 import Hol4

        return Hol4()
    if theorem.prover == "lean" and theorem.theorem_set.startswith("lean-embedded"):
        from aitp_gym.provers.lean import Lean

        return Lean(backend="embedded")
    raise TraceError(
        f"There is no library of premises for {theorem.theorem_set} of prover {theorem.prover!r}: train on traces of "
        "HOL Light, HOL4 or the embedded Lean, or with a menu that names no premises."
    )
