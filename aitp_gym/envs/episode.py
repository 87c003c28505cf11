"""One attempt at one theorem: where tactics are applied, proofs are checked and the budget is spent."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from ..errors import BadInput, ProverLost, ProverUnavailable
from ..proof import (
    Attempt,
    AttemptStatus,
    Budget,
    Edge,
    Failure,
    Outcome,
    Proof,
    ProofGraph,
    Spent,
    Status,
    Subgoals,
    Theorem,
    Verdict,
)
from ..provers.base import Prover, PruningProver
from ..text import unsendable
from .attempt_log import AttemptLog
from .spaces import is_encodable
from .timing import Clock, Stats

__all__ = ["Episode", "StepLimits"]


@dataclass(frozen=True, slots=True)
class StepLimits:
    """Seconds for one tactic and for one check; and whether an accepted proof is pruned."""

    tactic_timeout_s: float
    check_timeout_s: float
    prune_premises: bool = False

    def __post_init__(self) -> None:
        for name, value in (("tactic_timeout_s", self.tactic_timeout_s), ("check_timeout_s", self.check_timeout_s)):
            if not (value > 0 and math.isfinite(value)):
                raise BadInput(f"{name} must be a positive number of seconds, got {value!r}.")


class Episode:
    """An attempt under way: prover session, graph, budget and log.

    Args:
        prover: opens the session and checks what is found.
        theorem: what to prove.
        budget: when to stop.
        limits: for a single tactic and a single check.
        seed: of the attempt, for the log.

    Attributes:
        graph: what is known so far.
        spent: of the budget; brought up to date by `expand`.
        stats: timings.
        ended: why the attempt is over, or `None` while it is not. A root that cannot be proved is read off the graph.
        reason: the limit that was reached, or the fault's words.
        fault: what went wrong with the prover for good, or empty.
        verdict: of the last check.
        proof: the accepted proof.

    Raises:
        ProverUnavailable: the prover is not installed or does not start.
        StatementError: the prover cannot read the theorem's statement.
    """

    def __init__(self, prover: Prover, theorem: Theorem, budget: Budget, limits: StepLimits, seed: int) -> None:
        self.theorem, self.budget, self.seed = theorem, budget, seed
        self.spent, self.stats = Spent(), Stats()
        self.ended: AttemptStatus | None = None
        self.reason = self.fault = ""
        self.verdict: Verdict | None = None
        self.proof: Proof | None = None
        self._prover, self._limits = prover, limits
        self._log = AttemptLog()
        self._expanded: set[int] = set()
        self._found = 0
        started = time.perf_counter()
        self.session = prover.start(theorem)
        self.stats.start_s = time.perf_counter() - started
        self.graph = ProofGraph(self.session.root)
        self._clock = Clock()

    @property
    def status(self) -> AttemptStatus | None:
        """How the attempt ended, or `None` while it goes on."""
        if self.ended is None and self.graph.nodes[0].status is Status.FAILED:
            return "failed"
        return self.ended

    @property
    def done(self) -> bool:
        """Whether nothing more may be applied."""
        return self.status is not None

    def tactics_left(self) -> int | None:
        """Tactic applications the budget still allows; `None` without a limit."""
        limit = self.budget.max_tactics
        return None if limit is None else max(0, limit - self.spent.tactics)

    def expand(self, node: int, tactics: Sequence[str], logprobs: Sequence[float] | None = None) -> list[Edge]:
        """Apply tactics to a goal; see `ProofEnv.expand`."""
        started = time.perf_counter()
        check_s = self.stats.check_s
        try:
            return self._expand(node, tactics, logprobs)
        finally:
            self.stats.expand_s += time.perf_counter() - started - (self.stats.check_s - check_s)

    def _expand(self, node: int, tactics: Sequence[str], logprobs: Sequence[float] | None) -> list[Edge]:
        if not 0 <= node < len(self.graph.nodes):
            raise BadInput(f"There is no node {node}: the graph has nodes 0 to {len(self.graph.nodes) - 1}.")
        if logprobs is None:
            logprobs = (math.nan,) * len(tactics)
        elif len(logprobs) != len(tactics):
            raise BadInput(f"Expected one log-probability per tactic, got {len(logprobs)} for {len(tactics)} tactics.")
        self._settle()
        if self.over_budget():
            return []
        batch = list(tactics[: self.tactics_left()])
        if not batch:
            return []
        edges: list[Edge] = []
        while True:
            outcomes = self._apply(node, batch[len(edges) :])
            if outcomes is None:
                return edges
            try:
                edges += self._record(node, batch[len(edges) :], logprobs[len(edges) :], outcomes)
            except BaseException as error:
                # Half of it may be written: nobody shall go on from there.
                self._lose(f"{type(error).__name__} came while outcomes were recorded")
                raise
            # Before the budget is looked at: a proof found inside the budget counts.
            self._settle()
            closed = isinstance(outcomes[-1], Subgoals) and outcomes[-1].closed
            # What closed the goal ended the batch. If it was refused, that is its own matter: the rest is still tried.
            again = closed and len(edges) < len(batch) and self.graph.nodes[node].status is not Status.PROVED
            if self.over_budget() or not again:
                return edges

    def _record(
        self, node: int, tactics: Sequence[str], logprobs: Sequence[float], outcomes: Sequence[Outcome]
    ) -> list[Edge]:
        """Enter outcomes in graph, log and budget."""
        edges = []
        for tactic, logprob, outcome in zip(tactics, logprobs, outcomes, strict=False):
            edge = self.graph.add(node, _readable(tactic), outcome, logprob)
            self._log.applied(edge, outcome)
            self.stats.tactics_s += outcome.elapsed_s
            self.spent.prover_s += outcome.cpu_s
            edges.append(edge)
        self._expanded.add(node)
        self.spent.nodes = len(self._expanded)
        self.spent.tactics += len(edges)
        self.stats.prover_s = self.spent.prover_s
        return edges

    def reject(self, tactic: str, message: str) -> Failure:
        """Count a tactic for a goal that does not exist as a rejected application, unless the attempt is over."""
        self._settle()
        failure = Failure("rejected", message)
        if self.done:
            return failure
        self._log.stray(_readable(tactic), failure)
        self.spent.tactics += 1
        self.over_budget()
        return failure

    def over_budget(self) -> bool:
        """Bring the wall clock up to date and end the attempt if a limit is reached; whether it is over."""
        if not self.done:
            self.spent.wall_s = self._clock.elapsed_s
            limit = self.spent.exceeded(self.budget)
            if limit is not None:
                self.end("budget", limit)
        return self.done

    def end(self, status: AttemptStatus, reason: str = "") -> None:
        """The attempt is over."""
        self._clock.stop()
        self.spent.wall_s = self._clock.elapsed_s
        self.ended, self.reason = status, reason

    def paused(self) -> AbstractContextManager[None]:
        """Wall time inside the block is not charged to the budget."""
        return self._clock.paused()

    def findings(self) -> dict[str, object]:
        """What an `info` tells at the end: proof, verdict and fault, those that there are, without times."""
        found: dict[str, object] = {}
        if self.proof is not None:
            found["proof"] = self.proof
        if self.verdict is not None:
            found["verdict"] = replace(self.verdict, elapsed_s=0.0)
        if self.fault:
            found["fault"] = self.fault
        return found

    def attempt(
        self, *, policy_s: float, search_s: float, exhausted: bool, versions: Mapping[str, str] | None
    ) -> Attempt:
        """The log entry; see `ProofEnv.attempt`."""
        if self.ended is None:
            self.spent.wall_s = self._clock.elapsed_s
        status, reason = self.status, self.reason
        if status is None:
            status, reason = "exhausted", "" if exhausted else "stopped by the caller"
        elif status == "failed":
            reason = "every goal was fully explored"
        return Attempt(
            theorem=self.theorem,
            status=status,
            steps=self._log.steps(self.graph, self.proof),
            budget=self.budget,
            spent=replace(self.spent),
            reason=reason,
            verdict=self.verdict,
            proof=self.proof,
            found=self._found,
            refused=self.graph.revision,
            proved_at=None if self.proof is None else self._log.completed_at(self.proof),
            policy_s=policy_s,
            search_s=search_s,
            check_s=self.stats.check_s,
            seed=self.seed,
            versions={**{f"prover.{key}": value for key, value in self._prover.versions.items()}, **(versions or {})},
        )

    def close(self) -> None:
        """End the prover session; calling it twice is allowed."""
        self.session.close()

    def _apply(self, node: int, batch: list[str]) -> list[Outcome] | None:
        """Ask the session; `None` if it was lost for good, which ends the attempt.

        What cannot be sent to a prover as it is, is a parse failure without asking.
        """
        budget, spent = self.budget, self.spent
        refused = [unsendable(tactic) for tactic in batch]
        sent = [tactic for tactic, reason in zip(batch, refused, strict=True) if not reason]
        if not sent:
            return [Failure("parse", reason) for reason in refused]
        asked = time.perf_counter()
        try:
            outcomes = self.session.apply(
                self.graph.nodes[node].goal,
                sent,
                self._limits.tactic_timeout_s,
                prover_s=None if budget.prover_s is None else budget.prover_s - spent.prover_s,
                wall_s=None if budget.wall_s is None else budget.wall_s - spent.wall_s,
            )
            if not outcomes:
                raise ProverLost(f"The session answered none of {len(sent)} tactics; at least one answer is due.")
        except ProverLost as error:
            self._lose(str(error))
            return None
        finally:
            self.stats.session_s += time.perf_counter() - asked
        return outcomes if len(sent) == len(batch) else _between(outcomes, refused)

    def _lose(self, words: str) -> None:
        self.fault = words
        self.end("error", words)

    def _settle(self) -> None:
        """Check proofs until one is accepted, none is left, or nobody can check.

        A check that was interrupted is begun anew at the next application.
        """
        while self.ended is None and self.graph.nodes[0].status is Status.PROVED:
            proof = self.graph.proof()
            if proof is None:
                raise AssertionError("the graph has a proved root and no proof of it")
            verdict = self.verdict = self._check(proof)
            if verdict.accepted:
                self.proof = self._pruned(proof)
                self._found += 1
                self.end("proved")
                return
            self._found += 1
            if verdict.status == "unavailable":
                # Neither counted nor held against the tactics: whoever runs the attempt can repeat it.
                self._lose(f"a proof was found and could not be checked: {verdict.reason}")
                return
            guilty = _guilty_edge(proof, verdict)
            self.graph.invalidate(guilty, verdict.reason)

    def _pruned(self, proof: Proof) -> Proof:
        """The accepted proof without premises it does not need, if that was asked for and is accepted too."""
        if not self._limits.prune_premises or not isinstance(self._prover, PruningProver):
            return proof
        try:
            with self._clock.paused():
                pruned = self._prover.prune(self.theorem, proof, self._limits.tactic_timeout_s)
        except (ProverLost, ProverUnavailable):
            return proof
        return pruned if self._check(pruned).accepted else proof

    def _check(self, proof: Proof) -> Verdict:
        """Have the proof checked, a second time if nobody could answer, outside the attempt's budget."""
        started = time.perf_counter()
        with self._clock.paused():
            verdict = self._check_once(proof)
            if verdict.status == "unavailable":
                verdict = self._check_once(proof)
        self.stats.check_s += time.perf_counter() - started
        return verdict

    def _check_once(self, proof: Proof) -> Verdict:
        try:
            return self._prover.check(self.theorem, proof, self._limits.check_timeout_s)
        except (ProverLost, ProverUnavailable) as error:
            return Verdict.unavailable(str(error))


def _guilty_edge(proof: Proof, verdict: Verdict) -> int:
    """The edge a refusal is blamed on: the step the checker names, else the newest edge of the proof."""
    if verdict.step is not None and 0 <= verdict.step < len(proof.steps):
        return proof.steps[verdict.step].edge
    return max(step.edge for step in proof.steps)


def _between(outcomes: list[Outcome], refused: list[str]) -> list[Outcome]:
    """The session's outcomes in their places among the tactics that were refused; ends where the session ended."""
    answers, placed = iter(outcomes), list[Outcome]()
    for reason in refused:
        outcome = Failure("parse", reason) if reason else next(answers, None)
        if outcome is None:
            break
        placed.append(outcome)
        if isinstance(outcome, Subgoals) and outcome.closed:
            break
    return placed


def _readable(tactic: str) -> str:
    """The tactic; lone surrogates, which neither a socket nor a trace can carry, written as escapes."""
    return tactic if is_encodable(tactic) else tactic.encode("utf-8", "backslashreplace").decode()
