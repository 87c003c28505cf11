"""Premises of a trace's theorems, asked of their provers again, because traces do not hold libraries."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from aitp_gym.errors import TraceError
from aitp_gym.menus import Menu
from aitp_gym.proof import Premises, Theorem
from aitp_gym.provers.base import Prover
from aitp_gym.provers.registry import specs, with_prover

__all__ = ["LibraryPremises"]


class LibraryPremises:
    """Gives the premises of a theorem for training; a context manager that holds the provers.

    Args:
        menu: whose tactics were tried; where it has no premise slots, no prover is needed.
    """

    def __init__(self, menu: Menu) -> None:
        self._menu = menu
        # By theorem set: what may be used can depend on it.
        self._provers: dict[str, Prover] = {}

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
        if theorem.theorem_set not in self._provers:
            self._provers[theorem.theorem_set] = _open(theorem)
        return self._provers[theorem.theorem_set].premises(theorem)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while self._provers:
            self._provers.popitem()[1].close()


def _open(theorem: Theorem) -> Prover:
    for spec in with_prover(theorem.prover):
        if spec.library is not None and (prover := spec.library(theorem.theorem_set)) is not None:
            return prover
    known = ", ".join(spec.name for spec in specs() if spec.library is not None)
    raise TraceError(
        f"There is no library of premises for {theorem.theorem_set} of prover {theorem.prover!r}: train on traces of "
        f"{known}, or with a menu that names no premises."
    )
