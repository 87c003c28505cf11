"""One-step baselines: which theorems one tactic of a menu proves, checked, without any search or learning."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aitp_gym.agents.policies.menu_base import nearest_names

from ..envs.registration import make_env
from ..errors import BadInput
from ..menus import Menu
from ..proof import Failure, Goal, Outcome, Proof, ProofStep, Theorem
from ..provers.base import Prover, ProverSession
from .worker_pool import WorkerPool

__all__ = ["OneStep", "SlotCount", "Timeouts", "one_step"]

ACCEPTED, REFUSED, SUBGOALS = "accepted", "refused", "subgoals"
Progress = Callable[[int, int], None]


@dataclass
class SlotCount:
    """Outcomes of one slot of the menu over all theorems.

    Attributes:
        label: of the slot.
        proved: theorems that it closed with a proof the check accepted.
        refused: theorems that it closed with a proof the check did not accept.
        outcomes: all others: `subgoals`, and failures by kind.
    """

    label: str
    proved: int = 0
    refused: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)


@dataclass
class OneStep:
    """The result for one setting of the environment.

    Attributes:
        theorems: how many were tried.
        slots: in the order of the menu.
        union: theorems that some slot proved.
        proved_by: names of the proved theorems, each with the labels that proved it.
    """

    theorems: int
    slots: list[SlotCount]
    proved_by: dict[str, list[str]]

    @property
    def union(self) -> int:
        """Theorems that some slot proved."""
        return len(self.proved_by)

    def figures(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "theorems": self.theorems,
            "union": self.union,
            "one_step": {slot.label: slot.proved for slot in self.slots},
            "refused": {slot.label: slot.refused for slot in self.slots if slot.refused},
            "outcomes": {slot.label: dict(slot.outcomes) for slot in self.slots},
        }


@dataclass(frozen=True)
class Timeouts:
    """Seconds for one tactic (CPU time where the prover can measure it) and for one check (wall time)."""

    tactic_s: float = 1.0
    check_s: float = 60.0


def one_step(
    env_id: str,
    env_kwargs: Mapping[str, Any],
    menu: str,
    theorems: Sequence[Theorem],
    *,
    timeouts: Timeouts = Timeouts(),
    premises: str = "nearest",
    num_workers: int = 1,
    on_done: Progress = lambda done, total: None,
) -> OneStep:
    """Apply every slot of a menu once to every theorem, and check whatever closes it.

    Args:
        env_id: registered id of the environment.
        env_kwargs: settings of the environment.
        menu: name of a menu, or path of a TOML file.
        theorems: to try.
        timeouts: of a tactic and of a check.
        premises: `nearest`: ranked by tf-idf. `recorded`: those of the library's own proof, where the prover knows
            them: a reference for what could be had with the right premises, not a baseline.
        num_workers: processes that share the work; 0 does it in this one.
        on_done: told after each theorem how many are done, and of how many.

    Raises:
        BadInput: there are no theorems, or the menu is of another prover.
        ProverUnavailable: the prover is not installed or does not start.
    """
    if not theorems:
        raise BadInput("One-step baselines need at least one theorem.")
    slots = Menu.load(menu).slots
    result = OneStep(len(theorems), [SlotCount(slot.label) for slot in slots], {})
    with WorkerPool(_Trier, (env_id, dict(env_kwargs), menu, timeouts, premises), num_workers) as workers:
        for done, (theorem, outcomes) in enumerate(zip(theorems, workers.map(theorems), strict=True), 1):
            for number, outcome in outcomes.items():
                _count(result, theorem, number, outcome)
            on_done(done, len(theorems))
    return result


def _count(result: OneStep, theorem: Theorem, number: int, outcome: str) -> None:
    slot = result.slots[number]
    if outcome == ACCEPTED:
        slot.proved += 1
        result.proved_by.setdefault(theorem.name, []).append(slot.label)
    elif outcome == REFUSED:
        slot.refused += 1
    else:
        slot.outcomes[outcome] += 1


class _Trier:
    """Tries theorems one after the other, with one environment's prover."""

    def __init__(self, env_id: str, env_kwargs: dict[str, Any], menu: str, timeouts: Timeouts, premises: str) -> None:
        self._env = make_env(env_id, env_kwargs)
        self._prover: Prover = self._env.prover
        self._menu = Menu.load(menu)
        self._timeouts = timeouts
        self._premises = premises
        self._session: ProverSession | None = None

    def __call__(self, theorem: Theorem) -> dict[int, str]:
        """By slot: `accepted`, `refused`, `subgoals` or the kind of failure; without slots beyond the premises."""
        found: dict[int, str] = {}
        # Where premises are few, longer lists read like shorter ones.
        tried: dict[str, str] = {}
        session = self._session = self._prover.start(theorem)
        try:
            goal = session.root
            ranked = self._ranked(theorem, goal)
            for candidate in self._menu.candidates(ranked, goal.text):
                if candidate.tactic not in tried:
                    outcome = session.apply(goal, [candidate.tactic], self._timeouts.tactic_s)[0]
                    tried[candidate.tactic] = self._judge(theorem, candidate.tactic, outcome)
                found[candidate.slot] = tried[candidate.tactic]
        finally:
            session.close()
        return found

    def _ranked(self, theorem: Theorem, goal: Goal) -> list[str]:
        if self._premises == "nearest":
            return nearest_names(goal.text, self._prover.premises(theorem), self._menu.max_premises)
        recorded: Callable[[Theorem], list[str]] | None = getattr(self._prover, "recorded", None)
        if recorded is None:
            raise BadInput(f"{self._prover.name} does not know which premises its library's proofs used.")
        return recorded(theorem)

    def _judge(self, theorem: Theorem, tactic: str, outcome: Outcome) -> str:
        if isinstance(outcome, Failure):
            return outcome.kind
        if outcome.goals:
            return SUBGOALS
        proof = Proof((ProofStep(tactic, theorem.statement, ()),))
        return ACCEPTED if self._prover.check(theorem, proof, self._timeouts.check_s).accepted else REFUSED

    def close(self) -> None:
        if self._session is not None:
            self._session.close()
        self._env.close()
