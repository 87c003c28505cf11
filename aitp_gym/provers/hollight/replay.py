"""Repeating steps that others have logged, outside every environment.

The replay grammar is the environment's and one thing more: ``ASSUME `t` `` is the theorem `t |- t`. Logs of human
proofs need it, where a tactic was given a theorem that had been taken out of the goal's hypotheses. Nothing is gated by
position. A step alone proves nothing then; a whole proof is still refused when hypotheses are left over.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from ...errors import ProverLost
from ...proof import Goal, Outcome, Verdict
from ..prover_process import ProcessFault
from .build import locate
from .check import check
from .server import Server
from .setting import HolLightSetting
from .worker import HolLightWorker

__all__ = ["Replay"]

_MODE = "replay"


class Replay:
    """Replays steps and proofs in the running HOL Light. A context manager.

    Args:
        memory_mb: heap that one child may have.

    Raises:
        ProverUnavailable: HOL Light is not installed or does not start.
    """

    def __init__(self, memory_mb: int = 512) -> None:
        self._server = Server.of(locate())
        self._setting = HolLightSetting(None, _MODE, memory_mb)
        self._worker = HolLightWorker(self._server, self._setting)

    def fingerprint(self, conclusion: str, hypotheses: Sequence[str] = ()) -> int:
        """HOList's fingerprint of a theorem that is given as texts of S-expressions, whatever constants they have.

        Args:
            conclusion: in HOList's normal form.
            hypotheses: likewise, in order.

        Returns:
            62 bits of farmhash, see `ocaml/farmhash.ml`.

        Raises:
            ProverLost: the child was lost; the next call gets another.
        """
        try:
            reply = self._worker.request(["FINGERPRINT", conclusion, *hypotheses])
        except ProcessFault as error:
            raise ProverLost(f"HOL Light was lost while it computed a fingerprint: {error}") from error
        return int(reply[1])

    def apply(self, conclusion: str, hypotheses: Sequence[str], tactic: str, timeout_s: float = 5.0) -> Outcome:
        """Apply one tactic of the replay grammar to a goal.

        Args:
            conclusion: of the goal, a typed S-expression.
            hypotheses: likewise; ``ASSUM 0`` is the first.
            tactic: its text.
            timeout_s: CPU seconds that it may take.
        """
        (outcome,) = self._worker.apply(Goal.single(conclusion, hypotheses), [tactic], timeout_s)
        return outcome

    def check(self, conclusion: str, tactics: Sequence[str], timeout_s: float = 60.0) -> tuple[Verdict, int | None]:
        """Replay a whole proof, depth first, in a fresh child.

        Returns:
            The verdict, whose `step` is an index into `tactics`, and the fingerprint of the theorem that was proved.
        """
        return check(self._server, self._setting, conclusion, tactics, timeout_s)

    def close(self) -> None:
        """End the child. Calling it twice is allowed."""
        self._worker.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
