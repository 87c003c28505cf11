"""One attempt's conversation with an original HOList server."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from ....errors import BadInput, ProverLost, ProverUnavailable
from ....exclusive_use import ExclusiveUse
from ....proof import Failure, FailureKind, Goal, Outcome, Subgoals, Theorem
from ....text import unsendable
from .grammar import Call, Thm, named, parse
from .original_server import CallFailed, OriginalServer, goal_message

__all__ = ["OriginalSession", "named_theorems"]

# The server's child gets its interrupt late on a busy machine, and has to print its reply.
_GRACE_S = 5.0
# The server turns the interrupt of its time limit into an error like any other.
_TIMEOUT_WORDS = re.compile(r"time ?out|timed out|interrupt|Sys\.?Break", re.IGNORECASE)
_PARSE_WORDS = re.compile(r"pars(e|ing)|unknown (tactic|token)|unexpected token", re.IGNORECASE)
_LOST_WORDS = re.compile(r"^Communication .* failed\.?$", re.DOTALL)


class OriginalSession:
    """A `ProverSession` over an original server, which keeps no state between calls but what was registered.

    The server measures wall time, and so do the outcomes: `cpu_s` is the wall time of the call.

    Args:
        server: where to send tactics.
        theorem: to prove.
        register: makes the premises of the theorem known to the server; called again when the server was lost.
        may_use: whether the theorem may use a theorem of that name.

    Attributes:
        root: the theorem as a goal.
    """

    root: Goal

    def __init__(
        self, server: OriginalServer, theorem: Theorem, register: Callable[[], None], may_use: Callable[[str], bool]
    ) -> None:
        self._server = server
        self._register = register
        self._may_use = may_use
        self._closed = False
        self._exclusive = ExclusiveUse("This session with a HOList server")
        register()
        self.root = Goal.single(theorem.statement)

    def apply(
        self,
        goal: Goal,
        tactics: Sequence[str],
        timeout_s: float,
        *,
        prover_s: float | None = None,
        wall_s: float | None = None,
    ) -> list[Outcome]:
        """Apply each tactic to the goal, one call for each; see `ProverSession.apply`."""
        if self._closed:
            raise BadInput("This session is closed.")
        if len(goal.parts) != 1:
            raise BadInput(f"A goal of HOL Light has one part, this has {len(goal.parts)}.")
        if timeout_s <= 0:
            raise BadInput(f"timeout_s must be positive, got {timeout_s}.")
        left = min(prover_s if prover_s is not None else 1e9, wall_s if wall_s is not None else 1e9)
        outcomes: list[Outcome] = []
        with self._exclusive:
            for tactic in tactics:
                if outcomes and left <= 0:
                    break
                outcome = self._apply_one(goal, tactic, max(1e-3, min(timeout_s, left)))
                outcomes.append(outcome)
                left -= outcome.elapsed_s
                if isinstance(outcome, Subgoals) and outcome.closed:
                    break
        return outcomes

    def _apply_one(self, goal: Goal, tactic: str, timeout_s: float) -> Outcome:
        if reason := unsendable(tactic):
            return Failure("parse", reason)
        try:
            call = parse(tactic)
        except BadInput as error:
            return Failure("parse", str(error))
        later = [name for name in named_theorems(call) if not self._may_use(name)]
        if later:
            return Failure("forbidden", f"{later[0]} does not come before the theorem in the database")
        # After a call that did not end normally the connection is a new one, and so may be what answers there.
        self._make_known()
        sequent = goal.parts[0]
        started = time.monotonic()
        try:
            reply = self._server.apply_tactic(
                goal_message(sequent.conclusion, sequent.hypotheses), str(call), timeout_s, _GRACE_S
            )
        except CallFailed as error:
            elapsed = time.monotonic() - started
            if error.late:
                return Failure("timeout", str(error), elapsed, elapsed)
            self._make_known(error)
            return Failure("crash", str(error), elapsed, elapsed)
        elapsed = time.monotonic() - started
        return _outcome(reply, goal, elapsed, timeout_s)

    def _make_known(self, lost: CallFailed | None = None) -> None:
        """Make sure that the server knows the premises: one that comes back after a crash has to be told again."""
        try:
            self._register()
        except ProverUnavailable as again:
            reason = "" if lost is None else f" ({lost})"
            raise ProverLost(f"The HOList server was lost{reason} and does not come back: {again}") from again

    def pretty(self, goal: Goal) -> str:
        """The goal's S-expressions: the protocol has no call that would print them."""
        return goal.text

    def close(self) -> None:
        """End the session; the server stays. Calling it twice is allowed."""
        self._closed = True

    def __getstate__(self) -> NoReturn:
        raise TypeError(
            "A session cannot be copied or pickled, because it has a connection: copy the prover or the environment, "
            "and open another session with it."
        )


def named_theorems(call: Call) -> list[str]:
    """Names of the theorems that a tactic is given."""
    return [theorem.name for theorem in named(call) if isinstance(theorem, Thm)]


def _outcome(reply: Any, goal: Goal, elapsed_s: float, timeout_s: float) -> Outcome:
    if reply.WhichOneof("result") != "goals":
        return Failure(_kind(reply.error, elapsed_s, timeout_s), reply.error[:300], elapsed_s, elapsed_s)
    goals = tuple(Goal.single(left.conclusion, left.hypotheses) for left in reply.goals.goals)
    if len(goals) == 1 and goals[0].parts == goal.parts:
        return Failure("no_progress", "the goal came back unchanged", elapsed_s, elapsed_s)
    return Subgoals(goals, elapsed_s, elapsed_s)


def _kind(message: str, elapsed_s: float, timeout_s: float) -> FailureKind:
    """The kind of an error, of which the server gives the words alone."""
    if _LOST_WORDS.match(message):
        return "crash"
    if _TIMEOUT_WORDS.search(message) or elapsed_s >= timeout_s:
        return "timeout"
    if _PARSE_WORDS.search(message):
        return "parse"
    return "rejected"
