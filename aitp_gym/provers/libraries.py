"""Premises of a trace's theorems, asked of their provers again, because traces do not hold libraries."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from ..errors import TraceError
from ..proof import Premises, Theorem
from .base import Prover
from .registry import specs, with_prover

__all__ = ["LibraryPremises"]


class LibraryPremises:
    """Gives the premises of theorems in traces; a context manager that holds their provers.

    Args:
        prover: name of the prover whose theorems are expected.
        needed: whether premises are wanted at all; otherwise no prover is started, and none are given.
    """

    def __init__(self, prover: str, *, needed: bool = True) -> None:
        self._prover = prover
        self._needed = needed
        # By theorem set: what may be used can depend on it.
        self._provers: dict[str, Prover | None] = {}

    def __call__(self, theorem: Theorem) -> Premises:
        """The premises that precede a theorem.

        Raises:
            TraceError: the theorem is of another prover, or nobody knows its library.
            ProverUnavailable: the prover's library cannot be read.
        """
        premises = self.find(theorem)
        if premises is None:
            known = ", ".join(spec.name for spec in specs() if spec.library is not None)
            raise TraceError(
                f"There is no library of premises for {theorem.theorem_set} of prover {theorem.prover!r}: use traces "
                f"of {known}, or a menu that names no premises."
            )
        return premises

    def find(self, theorem: Theorem) -> Premises | None:
        """The premises that precede a theorem; `None` where nobody knows its library.

        Raises:
            TraceError: the theorem is of another prover.
            ProverUnavailable: the prover's library cannot be read.
        """
        if theorem.prover != self._prover:
            raise TraceError(
                f"The traces hold attempts at theorems of prover {theorem.prover!r}; expected {self._prover!r}. Give "
                "traces and menu of the same prover."
            )
        if not self._needed:
            return Premises.none()
        if theorem.theorem_set not in self._provers:
            self._provers[theorem.theorem_set] = _open(theorem)
        prover = self._provers[theorem.theorem_set]
        return None if prover is None else prover.premises(theorem)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while self._provers:
            prover = self._provers.popitem()[1]
            if prover is not None:
                prover.close()


def _open(theorem: Theorem) -> Prover | None:
    for spec in with_prover(theorem.prover):
        if spec.library is not None and (prover := spec.library(theorem.theorem_set)) is not None:
            return prover
    return None
