"""Proof logs as attempts: what a person or another prover did, in the terms of our traces.

Every step is applied to its goal in the running HOL Light, in the environment's tactic language, and is kept if it
gives the logged subgoals: a trace of a log holds nothing that cannot be done here. Goals are as HOL Light states them,
from the theorem downwards; below a step that is left out they are as logged.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace

from ....proof import Attempt, Budget, Goal, Proof, ProofStep, Sequent, Spent, Step, Subgoals, Theorem
from ..library import HolLightTheoremRow, known
from ..prover import HolLight
from ..session import HolLightSession
from .prooflogs import Log, LoggedGoal, LoggedStep
from .translate import NotSayable, translate
from .type_variables import equivalent, restate

__all__ = ["HUMAN", "PROVER", "ImportedLogs", "import_logs"]

HUMAN, PROVER = "human", "holist"
"""Policy labels of imported attempts: proofs of people, and attempts of HOList's own prover."""

_STEP_TIMEOUT_S = 5.0
_CHECK_TIMEOUT_S = 60.0
_MAX_PROOF = 2000
_FAILURES = {"no_progress": "nothing changes", "forbidden": "a theorem from later in the library"}


@dataclass
class ImportedLogs:
    """Counts of the logs that could be imported.

    Attributes:
        logs: read; `attempts`: imported.
        proved: attempts whose whole proof was checked under HOList's context, `strict`: and under the strict one too.
        steps: that the logs call successful; `kept`: imported.
        left_out: logs, and steps of the other logs, that were not imported, by reason.
    """

    logs: int = 0
    attempts: int = 0
    proved: int = 0
    strict: int = 0
    steps: int = 0
    kept: int = 0
    left_out: Counter[str] = field(default_factory=Counter)


def import_logs(
    logs: Iterable[Log], split_of: Callable[[Theorem], str], result: ImportedLogs
) -> Iterator[tuple[str, Attempt]]:
    """Turn proof logs into attempts.

    An attempt is `proved` if its whole proof was checked; otherwise it is `failed`, and its steps are still such as its
    author used (`on_proof`). Logs of theorems that this HOL Light does not have are left out: what they may use is not
    known. So are steps that use later theorems than theirs.

    Args:
        logs: to import; of several for one theorem the first counts.
        split_of: the split of a theorem, so that nothing is learned from what is measured on.
        result: is filled in as the logs are read.

    Yields:
        The policy label and the attempt, for each log.

    Raises:
        ProverUnavailable: HOL Light is not installed or does not start.
    """
    rows = known()
    seen: set[int] = set()
    with closing(HolLight(context="holist")) as prover:
        for log in logs:
            result.logs += 1
            row = rows.get(log.theorem.fingerprint)
            if row is None:
                result.left_out["log: the theorem is not in this HOL Light"] += 1
            elif row.fingerprint in seen:
                result.left_out["log: another log of the theorem was imported"] += 1
            else:
                seen.add(row.fingerprint)
                result.steps += sum(step.succeeded for step in log.steps)
                theorem = _theorem(row, split_of)
                with closing(prover.start(theorem)) as session:
                    steps = _steps(log, theorem, session, rows, result)
                yield PROVER if log.by_prover else HUMAN, _attempt(theorem, log, steps, prover, result)


_Key = tuple[str, tuple[str, ...]]
"""A logged goal: conclusion and hypotheses, as logged."""


@dataclass(frozen=True)
class _Kept:
    """A logged step that can be done here: `goal` is what it was applied to, as HOL Light states it."""

    logged: LoggedStep
    goal: Sequent
    tactic: str
    outcome: Subgoals


def _theorem(row: HolLightTheoremRow, split_of: Callable[[Theorem], str]) -> Theorem:
    theorem = Theorem(row.name, row.statement, "hollight", "holist-core", "", row.position, row.pretty, True)
    return replace(theorem, split=split_of(theorem))


def _steps(
    log: Log, theorem: Theorem, session: HolLightSession, rows: Mapping[int, HolLightTheoremRow], result: ImportedLogs
) -> list[_Kept]:
    """The steps that can be done, in the order of the log."""

    def name_of(fingerprint: int) -> str | None:
        return rows[fingerprint].name if fingerprint in rows else None

    by_goal: dict[_Key, list[int]] = {}
    for index, step in enumerate(log.steps):
        if step.succeeded:
            by_goal.setdefault(_key(step.goal), []).append(index)
    stated = {_key(log.theorem): Sequent((), theorem.statement)}
    kept: dict[int, _Kept] = {}
    # From the theorem downwards; what cannot be reached from it begins at the first goal that the log has of it.
    for start in [_key(log.theorem), *by_goal]:
        pending = [start]
        while pending:
            key = pending.pop()
            goal = stated.setdefault(key, Sequent(key[1], key[0]))
            for index in by_goal.pop(key, ()):
                done = _do(log.steps[index], goal, session, name_of)
                if isinstance(done, str):
                    result.left_out[f"step: {done}"] += 1
                    continue
                result.kept += 1
                kept[index] = done
                for logged, found in zip(done.logged.subgoals, done.outcome.goals, strict=True):
                    stated.setdefault(_key(logged), found.parts[0])
                    pending.append(_key(logged))
    return [kept[index] for index in sorted(kept)]


def _do(
    logged: LoggedStep, goal: Sequent, session: HolLightSession, name_of: Callable[[int], str | None]
) -> _Kept | str:
    """A logged step, done at its goal as HOL Light states it; or why it cannot be done."""
    try:
        tactic = str(translate(restate(logged, goal), name_of))
    except NotSayable as error:
        return str(error)
    outcome = session.apply(Goal.single(goal.conclusion, goal.hypotheses), [tactic], _STEP_TIMEOUT_S)[0]
    if not isinstance(outcome, Subgoals):
        return _FAILURES.get(outcome.kind, f"the tactic fails: {outcome.kind}")
    if not _same([left.parts[0] for left in outcome.goals], logged.subgoals):
        return "other subgoals"
    return _Kept(logged, goal, tactic, outcome)


def _key(goal: LoggedGoal) -> _Key:
    return goal.conclusion, goal.hypotheses


def _same(found: list[Sequent], logged: tuple[LoggedGoal, ...]) -> bool:
    wanted = [Sequent(goal.hypotheses, goal.conclusion) for goal in logged]
    return len(found) == len(wanted) and all(map(equivalent, found, wanted))


def _attempt(theorem: Theorem, log: Log, kept: list[_Kept], prover: HolLight, result: ImportedLogs) -> Attempt:
    numbers = _Numbers(log.theorem)
    steps = tuple(_row(index, step, numbers) for index, step in enumerate(kept))
    proof = _proof(log.theorem, {_key(step.logged.goal): step for step in kept if step.logged.closed})
    verdict = None if proof is None else prover.check(theorem, proof, _CHECK_TIMEOUT_S)
    proved = verdict is not None and verdict.accepted
    result.attempts += 1
    if proved:
        result.proved += 1
        result.strict += bool(verdict and verdict.strict)
    return Attempt(
        theorem=theorem,
        status="proved" if proved else "failed",
        steps=steps,
        budget=Budget(),
        spent=Spent(nodes=len({step.node for step in steps}), tactics=len(steps)),
        reason="" if proved else "the logged proof cannot be replayed as a whole",
        verdict=verdict,
        proof=proof if proved else None,
        found=int(proof is not None),
        refused=int(proof is not None and not proved),
        proved_at=len(steps) if proved else None,
        versions={**prover.versions, "imported": "proof log"},
    )


class _Numbers:
    """Numbers of goals: the theorem is 0, the others follow as they are met."""

    def __init__(self, theorem: LoggedGoal) -> None:
        self._numbers = {_key(theorem): 0}

    def __call__(self, goal: LoggedGoal) -> int:
        return self._numbers.setdefault(_key(goal), len(self._numbers))


def _row(index: int, step: _Kept, number: _Numbers) -> Step:
    return Step(
        index=index,
        node=number(step.logged.goal),
        goal=str(step.goal),
        tactic=step.tactic,
        logprob=math.nan,
        outcome="subgoals",
        message="",
        children=tuple(map(number, step.logged.subgoals)),
        elapsed_s=step.outcome.elapsed_s,
        cpu_s=step.outcome.cpu_s,
        on_proof=step.logged.closed,
        visits=1,
    )


def _proof(theorem: LoggedGoal, steps: Mapping[_Key, _Kept]) -> Proof | None:
    """The logged proof, if all its steps were kept; shared subgoals are written out."""
    tactics: list[_Kept] = []
    children: list[list[int]] = []
    pending: list[tuple[LoggedGoal, int]] = [(theorem, -1)]
    while pending:
        goal, parent = pending.pop()
        step = steps.get(_key(goal))
        if step is None or len(tactics) > _MAX_PROOF:
            return None
        number = len(tactics)
        tactics.append(step)
        children.append([])
        if parent >= 0:
            children[parent].append(number)
        pending.extend((subgoal, number) for subgoal in reversed(step.logged.subgoals))
    return Proof(
        tuple(
            ProofStep(step.tactic, str(step.goal), tuple(below)) for step, below in zip(tactics, children, strict=True)
        )
    )
