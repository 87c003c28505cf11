"""Repeating steps that others have logged, outside every environment.

The replay grammar is the environment's and one thing more: ``ASSUME `t` `` is the theorem `t |- t`. Logs of human
proofs need it, where a tactic was given a theorem that had been taken out of the goal's hypotheses. Nothing is gated by
position. A step alone proves nothing then; a whole proof is still refused when hypotheses are left over.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from ...proof import Failure, Goal, Outcome, Theorem, Verdict
from .build import locate
from .child import Child, ChildDied, ChildSilent
from .server import Server
from .session import HolLightSession, Setting, child_memory_mb, microseconds

__all__ = ["Replay"]

_MODE = "replay"
_GRACE_S = 2.0


class Replay:
    """Replays steps and proofs in the running HOL Light. A context manager.

    Args:
        memory_mb: heap that one child may have.

    Raises:
        ProverUnavailable: HOL Light is not installed or does not start.
    """

    def __init__(self, memory_mb: int = 512) -> None:
        self._server = Server.of(locate())
        self._setting = Setting(None, _MODE, memory_mb)
        truth = Theorem("truth", "(c (bool) T)", "hollight")
        self._session = HolLightSession(self._server, truth, self._setting)
        self._child: Child | None = None

    def fingerprint(self, conclusion: str, hypotheses: Sequence[str] = ()) -> int:
        """HOList's fingerprint of a theorem that is given as texts of S-expressions, whatever constants they have.

        Args:
            conclusion: in HOList's normal form.
            hypotheses: likewise, in order.

        Returns:
            62 bits of farmhash, see `ocaml/farmhash.ml`.
        """
        reply = self._own_child().request(["FINGERPRINT", conclusion, *hypotheses])
        return int(reply[1])

    def apply(self, conclusion: str, hypotheses: Sequence[str], tactic: str, timeout_s: float = 5.0) -> Outcome:
        """Apply one tactic of the replay grammar to a goal."""
        outcomes = self._session.apply(Goal.single(conclusion, hypotheses), [tactic], timeout_s)
        return outcomes[0] if outcomes else Failure("crash", "the prover gave no answer")

    def check(self, conclusion: str, tactics: Sequence[str], timeout_s: float = 60.0) -> tuple[Verdict, int | None]:
        """Replay a whole proof, depth first, in a fresh child.

        Returns:
            The verdict, and the fingerprint of the theorem that was proved.
        """
        limits = [microseconds(timeout_s), microseconds(timeout_s)]
        child = self._server.open()
        child.memory_mb = child_memory_mb(self._setting.memory_mb)
        try:
            reply = child.request(
                ["CHECK", *self._setting.fields(), *limits, "0", conclusion, *tactics], timeout_s + _GRACE_S
            )
        except (ChildDied, ChildSilent) as error:
            return Verdict.unavailable(str(error)), None
        finally:
            child.close()
        match reply:
            case ["accepted", fingerprint]:
                return Verdict.accept(), int(fingerprint)
            case ["refused", step, reason]:
                return Verdict.refuse(reason, int(step) if int(step) >= 0 else None), None
            case _:
                return Verdict.unavailable(" ".join(reply[1:])), None

    def _own_child(self) -> Child:
        if self._child is None:
            self._child = self._server.open()
        return self._child

    def close(self) -> None:
        """End the children. Calling it twice is allowed."""
        self._session.close()
        if self._child is not None:
            self._child.close()
            self._child = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
