"""Recorded proofs as attempts: what the library's authors did, in the terms of our traces.

Nothing that was recorded is believed. A step is kept if the running HOL Light, in the strict context, does with its
tactic what was recorded; a proof counts if the check of a found proof accepts it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from itertools import count
from typing import Any

from ....proof import Attempt, Budget, Proof, Spent, Step, Theorem
from ..holist.import_logs import HUMAN
from ..library import HolLightTheoremRow, known
from ..prover import HolLight
from .recording import RecordedProof, Recording
from .replay import Replayed, Replayer
from .say import Speaker
from .trees import ProofTree, proof_tree

__all__ = ["HUMAN", "Counts", "RecordedFigures", "recorded_attempts"]

_CHECK_TIMEOUT_S = 60.0


@dataclass
class Counts:
    """Counts of recorded proofs and their steps.

    Attributes:
        proofs: recorded; `trees`: of these whole.
        steps: in the trees that change something; `sayable`: of these in the tactic language; `replayed`: of these with
            the recorded subgoals.
        accepted: whole proofs that the check accepts.
    """

    proofs: int = 0
    trees: int = 0
    steps: int = 0
    sayable: int = 0
    replayed: int = 0
    accepted: int = 0


@dataclass
class RecordedFigures:
    """Figures of a recording.

    Attributes:
        total: of all proofs; `by_split`: by the split that their theorems belong to.
        repeated: proofs of theorems that had one before; they are counted, but no attempts.
        steps_left_out: steps that were not replayed, by reason; `proofs_left_out`: proofs that were not accepted.
    """

    total: Counts = field(default_factory=Counts)
    by_split: dict[str, Counts] = field(default_factory=dict)
    repeated: int = 0
    steps_left_out: Counter[str] = field(default_factory=Counter)
    proofs_left_out: Counter[str] = field(default_factory=Counter)

    def as_json(self) -> dict[str, Any]:
        """The figures as plain values, the most frequent reasons first."""
        return {
            **asdict(self.total),
            "repeated": self.repeated,
            "by_split": {split: asdict(counts) for split, counts in sorted(self.by_split.items())},
            "steps_left_out": dict(self.steps_left_out.most_common()),
            "proofs_left_out": dict(self.proofs_left_out.most_common()),
        }

    def add(self, split: str, counts: Counts) -> None:
        """Count one more proof."""
        for sums in (self.total, self.by_split.setdefault(split, Counts())):
            for name, number in asdict(counts).items():
                setattr(sums, name, getattr(sums, name) + number)


def recorded_attempts(
    recording: Recording, split_of: Callable[[Theorem], str], figures: RecordedFigures
) -> Iterator[Attempt]:
    """Replay recorded proofs and turn them into attempts.

    An attempt is `proved` if its whole proof was accepted, and its steps are those of the proof. Otherwise it is
    `failed`, and its steps are those that could be replayed, as its author did them (`on_proof`). Seconds are 0: how
    long a prover took to repeat them is no property of the proofs.

    Args:
        recording: to replay.
        split_of: the split of a theorem, so that nothing is learned from what is measured on.
        figures: is filled in as proofs are replayed.

    Yields:
        An attempt for each theorem, in the order of the library.

    Raises:
        ProverUnavailable: HOL Light is not installed or does not start.
    """
    rows = known()
    numbers = {text: number for number, text in enumerate(recording.terms)}
    seen: set[int] = set()
    with closing(HolLight()) as prover:
        versions = {**prover.versions, "imported": "recording", "hollight_recorder": recording.identity[:16]}
        for proof in recording.proofs:
            theorem = _theorem(proof, recording.terms[proof.goal], rows.get(proof.fingerprint))
            theorem = replace(theorem, split=split_of(theorem))
            speaker = Speaker(recording.terms, proof.position)
            attempt = _attempt(proof, theorem, prover, speaker, numbers, figures)
            if proof.fingerprint in seen:
                figures.repeated += 1
            elif attempt is not None:
                seen.add(proof.fingerprint)
                yield replace(attempt, versions=versions)


def _theorem(proof: RecordedProof, statement: str, row: HolLightTheoremRow | None) -> Theorem:
    """The theorem; what has no name in the library is called by its fingerprint there too."""
    name, pretty = (str(proof.fingerprint), "") if row is None else (row.name, row.pretty)
    return Theorem(name, statement, "hollight", "holist-core", "", proof.position, pretty, True)


def _attempt(
    recorded: RecordedProof,
    theorem: Theorem,
    prover: HolLight,
    speaker: Speaker,
    numbers: Mapping[str, int],
    figures: RecordedFigures,
) -> Attempt | None:
    tree = proof_tree(recorded)
    if tree is None:
        figures.add(theorem.split, Counts(proofs=1))
        figures.proofs_left_out["a goal is left open"] += 1
        return None
    with closing(prover.start(theorem)) as session:
        replayer = Replayer(session, speaker, numbers)
        steps = {below: replayer.step(below) for below in tree.walk() if not below.idle}
        whole = replayer.whole(tree, steps)
    verdict, proof, left_out = None, None, ""
    if isinstance(whole, str):
        left_out = whole
    else:
        verdict = replace(prover.check(theorem, whole, _CHECK_TIMEOUT_S), elapsed_s=0.0)
        proof = whole if verdict.accepted else None
        left_out = "" if verdict.accepted else f"{verdict.status} by the check: {verdict.reason}"
    reasons = [step.reason for step in steps.values()]
    figures.steps_left_out.update(filter(None, reasons))
    if left_out:
        figures.proofs_left_out[left_out] += 1
    sayable = sum(bool(step.tactic) for step in steps.values())
    figures.add(theorem.split, Counts(1, 1, len(steps), sayable, reasons.count(""), int(proof is not None)))
    rows = _tree_rows(tree, steps, replayer) if proof is None else _proof_rows(proof)
    return Attempt(
        theorem=theorem,
        status="failed" if proof is None else "proved",
        steps=rows,
        budget=Budget(),
        spent=Spent(nodes=len({row.node for row in rows}), tactics=len(rows)),
        reason="the recorded proof cannot be replayed as a whole" if proof is None else "",
        verdict=verdict,
        proof=proof,
        found=int(verdict is not None),
        refused=int(verdict is not None and proof is None),
        proved_at=None if proof is None else len(rows),
    )


def _proof_rows(proof: Proof) -> tuple[Step, ...]:
    return tuple(_row(number, number, s.goal, s.tactic, s.children) for number, s in enumerate(proof.steps))


def _tree_rows(root: ProofTree, steps: Mapping[ProofTree, Replayed], replayer: Replayer) -> tuple[Step, ...]:
    """The steps that were replayed; a goal that was left as it was is one node with what comes of it."""
    nodes: dict[ProofTree, int] = {}
    fresh = count()
    for tree in root.walk():
        if tree not in nodes:
            nodes[tree] = next(fresh)
        if tree.idle:
            nodes[tree.children[0]] = nodes[tree]
    kept = [(tree, step.tactic) for tree, step in steps.items() if not step.reason]
    return tuple(
        _row(
            index,
            nodes[tree],
            str(replayer.sequent(tree.goal)),
            tactic,
            tuple(nodes[child] for child in tree.children),
        )
        for index, (tree, tactic) in enumerate(kept)
    )


def _row(index: int, node: int, goal: str, tactic: str, children: tuple[int, ...]) -> Step:
    return Step(
        index=index,
        node=node,
        goal=goal,
        tactic=tactic,
        logprob=math.nan,
        outcome="subgoals",
        message="",
        children=children,
        elapsed_s=0.0,
        cpu_s=0.0,
        on_proof=True,
        visits=1,
    )
