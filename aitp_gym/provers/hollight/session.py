"""One attempt's conversation with HOL Light."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from ...errors import BadInput, ProverUnavailable, StatementError
from ...proof import Goal, Outcome, Sequent, Theorem
from ...text import refuse_unsendable
from ..prover_process import ProcessFault
from .progress import Progress
from .server import Server
from .setting import HolLightSetting
from .worker import HolLightWorker

__all__ = ["CONTEXTS", "HolLightSession"]

CONTEXTS = ("strict", "holist")
MAX_GOAL_BYTES = 4 * 2**20


class HolLightSession:
    """A `ProverSession` over one child of the server.

    Attributes:
        root: the theorem as a goal.
    """

    root: Goal

    def __init__(
        self, server: Server, theorem: Theorem, setting: HolLightSetting, progress: Progress | None = None
    ) -> None:
        """Open a session; `HolLight.start` is the usual way.

        Raises:
            BadInput: the setting's context is none of an environment's.
            ProverUnavailable: HOL Light is not installed or does not start.
            StatementError: the statement cannot be read.
        """
        if setting.context not in CONTEXTS:
            raise BadInput(f"A session's context must be one of {', '.join(CONTEXTS)}, got {setting.context!r}.")
        if len(theorem.statement) > MAX_GOAL_BYTES:
            raise StatementError(f"The statement of {theorem.name} has over {MAX_GOAL_BYTES} characters.")
        refuse_unsendable(theorem.statement, "HOL Light", f"the statement of {theorem.name!r}")
        self._worker = HolLightWorker(server, setting, progress)
        try:
            reply = self._worker.request(["READ", theorem.statement])
        except ProcessFault as error:
            raise ProverUnavailable(f"HOL Light was lost while it read the statement of {theorem.name}.") from error
        if reply[0] != "ok":
            self.close()
            raise StatementError(f"HOL Light cannot read the statement of {theorem.name}: {reply[1]}")
        self.root = Goal.single(reply[1])

    def apply(
        self,
        goal: Goal,
        tactics: Sequence[str],
        timeout_s: float,
        *,
        prover_s: float | None = None,
        wall_s: float | None = None,
    ) -> list[Outcome]:
        """Apply each tactic to the goal; see `ProverSession.apply`."""
        return self._worker.apply(goal, tactics, timeout_s, prover_s=prover_s, wall_s=wall_s)

    def pretty(self, goal: Goal) -> str:
        """The goal in HOL Light's own notation: hypotheses, then `⊢` and the conclusion."""
        sequents = []
        for part in goal.parts:
            try:
                reply = self._worker.request(["PRETTY", *part.hypotheses, part.conclusion])
            except ProcessFault:
                return goal.text
            sequents.append(str(Sequent(tuple(reply[1:-1]), reply[-1])) if reply[0] == "ok" else str(part))
        return "\n\n".join(sequents)

    def close(self) -> None:
        """End the child; calling it twice is allowed."""
        self._worker.close()

    def __getstate__(self) -> NoReturn:
        # It refuses: the sentence is the same for every session.
        self._worker.__getstate__()
