"""Conformance with HOList: the fingerprints, theorems and steps of proof logs that HOL Light reproduces."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ....proof import Outcome, Sequent, Subgoals
from ..library import known
from ..replay import Replay
from .database import CORPORA, Database
from .premises import DatabaseLibrary
from .prooflogs import Log, LoggedStep
from .translate import NotSayable, translate
from .type_variables import equivalent

__all__ = ["Conformance", "conformance", "replay_logs"]

_STEP_TIMEOUT_S = 5.0
_MAX_PROOF = 2000
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class ReplayReport:
    """Counts of the logs' steps and proofs that could be replayed.

    Attributes:
        exact: steps that gave the logged subgoals, byte for byte.
        equivalent: steps that gave them up to names of type variables or the order of hypotheses.
        total: steps that the logs say succeeded.
        reasons: all other steps, by what was in the way.
        proofs_verified: logs whose proof, replayed as a whole, gives a theorem of the logged fingerprint.
        proofs_total: logs; one that is there twice counts once.
    """

    exact: int = 0
    equivalent: int = 0
    total: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    proofs_verified: int = 0
    proofs_total: int = 0


@dataclass(frozen=True)
class Conformance:
    """The whole picture; `figures` has it ready for JSON."""

    fingerprints: int
    fingerprints_total: int
    present: dict[str, int]
    totals: dict[str, int]
    missing: tuple[tuple[int, str, str], ...]
    replayed: ReplayReport

    def figures(self) -> dict[str, object]:
        """By name, for JSON."""
        replayed = self.replayed
        corpora = {
            f"{name}_{what}": counts[name]
            for name in CORPORA
            for what, counts in (("present", self.present), ("total", self.totals))
        }
        return {
            "fingerprints": self.fingerprints,
            "fingerprints_total": self.fingerprints_total,
            **corpora,
            "steps_replayed": replayed.exact + replayed.equivalent,
            "steps_exact": replayed.exact,
            "steps_equivalent": replayed.equivalent,
            "steps_total": replayed.total,
            "steps_not_replayed": dict(replayed.reasons.most_common()),
            "proofs_verified": replayed.proofs_verified,
            "proofs_total": replayed.proofs_total,
        }


def conformance(database: Database, logs: Iterable[Log], progress: Progress = lambda text, part: None) -> Conformance:
    """Measure a HOL Light against a theorem database and proof logs.

    Raises:
        ProverUnavailable: HOL Light is not installed or does not start.
    """
    library = DatabaseLibrary(database, known())
    with Replay() as replay:
        reproduced = 0
        for place, entry in enumerate(database.entries):
            if place % 1000 == 0:
                progress("fingerprints", place / len(database.entries))
            reproduced += replay.fingerprint(entry.conclusion, entry.hypotheses) == entry.fingerprint
        replayed = replay_logs(replay, list(logs), progress)
    present = Counter(corpus for entry, _ in library.present for corpus in entry.corpora)
    missing = tuple(
        (entry.fingerprint, entry.file, entry.pretty) for entry in library.missing if "core" in entry.corpora
    )
    totals = Counter(corpus for entry in database.entries for corpus in entry.corpora)
    return Conformance(
        reproduced,
        len(database.entries),
        {name: present[name] for name in CORPORA},
        {name: totals[name] for name in CORPORA},
        missing,
        replayed,
    )


def replay_logs(replay: Replay, logs: list[Log], progress: Progress = lambda text, part: None) -> ReplayReport:
    """Apply every logged step to its logged goal, and every proof to its theorem.

    The published samples have copies under other names: a log that is there twice counts once.
    """
    logs = list({(log.theorem, log.steps): log for log in logs}.values())
    rows = known()

    def name_of(fingerprint: int) -> str | None:
        return str(fingerprint) if fingerprint in rows else None

    exact = alike = total = verified = 0
    reasons: Counter[str] = Counter()
    for place, log in enumerate(logs):
        progress("proof logs", place / len(logs))
        for step in log.steps:
            if not step.succeeded:
                continue
            total += 1
            try:
                tactic = str(translate(step, name_of, replay=True))
            except NotSayable as error:
                reasons[str(error)] += 1
                continue
            outcome = replay.apply(step.goal.conclusion, step.goal.hypotheses, tactic, _STEP_TIMEOUT_S)
            verdict = _compare(outcome, step)
            if verdict == "exact":
                exact += 1
            elif verdict == "equivalent":
                alike += 1
            else:
                reasons[verdict] += 1
        verified += _verifies(replay, log, name_of)
    return ReplayReport(exact, alike, total, reasons, verified, len(logs))


def _compare(outcome: Outcome, step: LoggedStep) -> str:
    """`exact`, `equivalent`, or what is different."""
    if isinstance(outcome, Subgoals):
        found = [goal.parts[0] for goal in outcome.goals]
    elif outcome.kind == "no_progress":
        found = [Sequent(step.goal.hypotheses, step.goal.conclusion)]
    else:
        return f"the tactic fails: {outcome.kind}"
    wanted = [Sequent(goal.hypotheses, goal.conclusion) for goal in step.subgoals]
    if found == wanted:
        return "exact"
    if len(found) == len(wanted) and all(map(equivalent, found, wanted)):
        return "equivalent"
    return "other subgoals"


def _verifies(replay: Replay, log: Log, name_of: Callable[[int], str | None]) -> bool:
    """Whether the log's proof, written out depth first, proves its theorem."""
    steps = {(step.goal.conclusion, step.goal.hypotheses): step for step in log.steps if step.succeeded and step.closed}
    tactics: list[str] = []
    pending = [log.theorem]
    while pending:
        goal = pending.pop()
        step = steps.get((goal.conclusion, goal.hypotheses))
        if step is None or len(tactics) > _MAX_PROOF:
            return False
        try:
            tactics.append(str(translate(step, name_of, replay=True)))
        except NotSayable:
            return False
        pending.extend(reversed(step.subgoals))
    verdict, fingerprint = replay.check(log.theorem.conclusion, tactics)
    return verdict.accepted and fingerprint == log.theorem.fingerprint
