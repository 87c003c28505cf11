"""Parts that the provers' own commands share: options, bars of progress, and the evaluation that stands above them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated, Any, Protocol

import typer

from ..proof import Attempt, Theorem

__all__ = ["Evaluation", "Json", "OneStepResult", "SlotResult", "progress"]

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


class SlotResult(Protocol):
    """Outcomes of one slot of a menu over all theorems: its label, and how many proofs were accepted and refused."""

    label: str
    proved: int
    refused: int


class OneStepResult(Protocol):
    """Theorems that single tactics proved."""

    @property
    def slots(self) -> Sequence[SlotResult]:
        """In the order of the menu."""
        ...

    @property
    def union(self) -> int:
        """Theorems that some slot proved."""
        ...

    @property
    def proved_by(self) -> Mapping[str, list[str]]:
        """Names of the proved theorems, each with the labels that proved it."""
        ...


class Evaluation(Protocol):
    """Evaluation as far as `aitp conformance` of a prover needs it: what its command finds as `typer.Context.obj`.

    Evaluation rests on provers, so that a prover cannot import it.
    """

    def one_step(
        self,
        env_id: str,
        menu: str,
        theorems: Sequence[Theorem],
        *,
        tactic_timeout_s: float,
        premises: str,
        num_workers: int,
        on_done: Callable[[int, int], None],
    ) -> OneStepResult:
        """Apply every slot of a menu once to every theorem, and check whatever closes it.

        Args:
            env_id: registered id of the environment.
            menu: name of the menu.
            theorems: to try.
            tactic_timeout_s: seconds for one tactic.
            premises: `nearest`: ranked by tf-idf; `recorded`: those of the library's own proof.
            num_workers: processes that share the work; 0 does it in this one.
            on_done: told after each theorem how many are done, and of how many.
        """
        ...

    def attempts(
        self, env_id: str, env_kwargs: Mapping[str, Any], menu: str, theorems: Sequence[Theorem], max_tactics: int
    ) -> Iterator[Attempt]:
        """Attempt every theorem once, best-first with a menu in its own order, in this process.

        Args:
            env_id: registered id of the environment.
            env_kwargs: settings of the environment.
            menu: name of the menu.
            theorems: to attempt.
            max_tactics: limit of each attempt in tactic applications.
        """
        ...


@contextmanager
def progress() -> Iterator[Callable[[str], Callable[[float, float], None]]]:
    """Bars of progress on stderr that vanish in the end: a function from a bar's label to what moves it.

    What moves a bar takes how much is done, and of how much.
    """
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bars:

        def add(label: str) -> Callable[[float, float], None]:
            task = bars.add_task(label)
            return lambda done, total: bars.update(task, completed=done, total=total)

        yield add
