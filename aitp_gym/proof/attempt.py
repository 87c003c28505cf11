"""An attempt: everything that is logged about one search for one proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from .budget import Budget, Spent
from .proof import Proof
from .search_event import SearchEvent
from .theorem import Theorem
from .verdict import Verdict

__all__ = ["Attempt", "AttemptStatus", "Step"]

AttemptStatus = Literal["proved", "failed", "exhausted", "budget", "error"]


@dataclass(frozen=True, slots=True)
class Step:
    """One tactic application: a row of the `steps` table.

    Attributes:
        index: place in the order of application, from 0.
        node: id of the goal; `goal`: its text.
        tactic: the tactic's text; `logprob`: the policy's log-probability (<= 0), NaN where there was none.
        outcome: `subgoals` or a failure kind.
        message: the prover's words for a failure.
        children: node ids of the subgoals, in order.
        elapsed_s, cpu_s: wall and CPU seconds inside the prover.
        on_proof: whether the accepted proof uses it.
        visits: how many tactics had been applied to the node when the attempt ended.
        refused: whether a check refused a proof because of it.
        explored: whether the policy had nothing more to say about the goal when the attempt ended.
        policy_target: the share of the goal's tries that the search would give the tactic, for training a policy;
            `None` from a search that has no such targets, or none for this goal.
        critic_target: the search's own estimate in [0, 1] that the goal is provable, for training a goal model; a fact
            about the goal, like `visits`. `None` as above.
    """

    index: int
    node: int
    goal: str
    tactic: str
    logprob: float
    outcome: str
    message: str
    children: tuple[int, ...]
    elapsed_s: float
    cpu_s: float
    on_proof: bool
    visits: int
    refused: bool = False
    explored: bool = False
    policy_target: float | None = None
    critic_target: float | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt at one theorem: a row of the `attempts` table and its steps.

    Attributes:
        status: `proved` (found and accepted by the check), `failed` (the root cannot be proved by what the policy
            offers: every goal fully explored), `exhausted` (the search stopped offering goals), `budget` (a limit was
            reached) or `error` (the prover was lost for good, or the worker died).
        reason: the limit that was reached, or the error's words.
        verdict: the last verdict, if a proof was found at all.
        proof: the accepted proof.
        found: how many times the root was closed (accepted or not); `refused`: how many of these a check refused.
        proved_at: tactic applications used up to and including the one that closed the accepted proof.
        spent: of the budget.
        policy_s, search_s, check_s: wall seconds in the policy, the search model and the checks.
        seed: of the attempt; the same seed gives the same attempt under a counted budget.
        versions: of everything that matters: prover, menu, library, policy, search. An attempt that was imported has
            the key `imported`, with what it was imported from.
        search_events: what the search decided and knew, in order; `search_cut`: whether it was more than is kept.
    """

    theorem: Theorem
    status: AttemptStatus
    steps: tuple[Step, ...]
    budget: Budget
    spent: Spent
    reason: str = ""
    verdict: Verdict | None = None
    proof: Proof | None = None
    found: int = 0
    refused: int = 0
    proved_at: int | None = None
    policy_s: float = 0.0
    search_s: float = 0.0
    check_s: float = 0.0
    seed: int = 0
    versions: Mapping[str, str] = field(default_factory=dict)
    search_events: tuple[SearchEvent, ...] = ()
    search_cut: bool = False

    @property
    def imported(self) -> bool:
        """Whether somebody else's proof or attempt was read in: its steps are what its author applied."""
        return "imported" in self.versions

    @property
    def proved(self) -> bool:
        """Whether a proof was found and accepted."""
        return self.status == "proved"
