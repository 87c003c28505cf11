"""The two protocols every prover speaks: `Prover` for the whole, `ProverSession` for one attempt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from ..proof import Goal, Outcome, Premises, Proof, Theorem, Verdict

__all__ = ["Prover", "ProverSession", "PruningProver"]


@runtime_checkable
class ProverSession(Protocol):
    """One attempt's conversation with a prover. It recovers by itself: a dead prover costs one tactic."""

    root: Goal

    def apply(
        self,
        goal: Goal,
        tactics: Sequence[str],
        timeout_s: float,
        *,
        prover_s: float | None = None,
        wall_s: float | None = None,
    ) -> list[Outcome]:
        """Apply each tactic to the goal, independently, in one request.

        The batch ends early, and the list is shorter than `tactics`, after the first tactic that closes the goal (the
        later ones could add nothing) or when the batch has used up `prover_s` or `wall_s`. At least one tactic is
        tried if any is given.

        Args:
            goal: the root, or a goal from an earlier outcome of this session.
            tactics: tactic texts; bad ones give a `Failure`, never an exception.
            timeout_s: limit for each tactic, in CPU seconds where the prover can measure them.
            prover_s: CPU seconds left for the batch as a whole.
            wall_s: wall seconds left for the batch as a whole.

        Returns:
            Outcomes of the tactics that were tried, in order; at most `len(tactics)`.

        Raises:
            ProverLost: the prover died and could not be replaced.
        """
        ...

    def pretty(self, goal: Goal) -> str:
        """The goal as a person would read it."""
        ...

    def close(self) -> None:
        """End the session; calling it twice is allowed."""
        ...


@runtime_checkable
class PruningProver(Protocol):
    """A prover that can also leave unneeded premises out of a proof."""

    def prune(self, theorem: Theorem, proof: Proof, timeout_s: float) -> Proof:
        """An accepted proof without the premises it does not need, of the same structure; to be checked again.

        Args:
            theorem: that it proves.
            proof: accepted by `check`.
            timeout_s: for each application of a tactic.
        """
        ...


@runtime_checkable
class Prover(Protocol):
    """A prover: its library, its sessions and its independent check.

    Attributes:
        name: of the prover, which its theorems and menus carry.
        nondeterministic: whether time limits can change outcomes.
        versions: what identifies its behaviour: version, source hash, context.
    """

    name: str
    nondeterministic: bool
    versions: Mapping[str, str]

    def parse(self, statement: str) -> Theorem:
        """Read a user's own statement.

        Raises:
            StatementError: it cannot be read; the message quotes the prover.
        """
        ...

    def premises(self, theorem: Theorem) -> Premises:
        """What the theorem may use, in library order."""
        ...

    def start(self, theorem: Theorem) -> ProverSession:
        """Open a session on the theorem.

        Raises:
            ProverUnavailable: the prover is not installed or does not start.
            StatementError: the statement cannot be read.
        """
        ...

    def check(self, theorem: Theorem, proof: Proof, timeout_s: float) -> Verdict:
        """Replay the proof from the statement by something that took no part in the search, and audit what it used.

        Args:
            theorem: as given to `start`.
            proof: as extracted from a `ProofGraph`.
            timeout_s: wall seconds for the whole check.
        """
        ...

    def close(self) -> None:
        """Release what this object holds; a shared server stays for others. Calling it twice is allowed."""
        ...
