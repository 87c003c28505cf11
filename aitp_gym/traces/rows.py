"""Attempts to rows and back, exactly."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from ..proof import Attempt, Budget, Proof, ProofStep, Spent, Step, Theorem, Verdict
from .schema import STEP_FIELDS, Key

__all__ = ["from_rows", "printable", "to_row"]

_STEP_NAMES = [name for name, _ in STEP_FIELDS]
_step_values = attrgetter(*_STEP_NAMES)


def to_row(attempt: Attempt, key: Key) -> dict[str, Any]:
    """One row of the spool: the columns of `attempts`, and the steps nested. `Theorem.payload` is not kept."""
    theorem = attempt.theorem
    return {
        **key._asdict(),
        "statement": theorem.statement,
        "prover": theorem.prover,
        "theorem_set": theorem.theorem_set,
        "position": theorem.position,
        "pretty": theorem.pretty,
        "provable": theorem.provable,
        "status": attempt.status,
        "reason": attempt.reason,
        "verdict": None if attempt.verdict is None else _values(attempt.verdict),
        "proof": None if attempt.proof is None else [_values(step) for step in attempt.proof.steps],
        "found": attempt.found,
        "refused": attempt.refused,
        "proved_at": attempt.proved_at,
        "num_steps": len(attempt.steps),
        "budget": _values(attempt.budget),
        "spent": _values(attempt.spent),
        "policy_s": attempt.policy_s,
        "search_s": attempt.search_s,
        "check_s": attempt.check_s,
        "seed": attempt.seed,
        "versions": list(attempt.versions.items()),
        "steps": [dict(zip(_STEP_NAMES, _step_values(step), strict=True)) for step in attempt.steps],
    }


def from_rows(row: dict[str, Any], steps: tuple[Step, ...]) -> Attempt:
    """The attempt of a row of `attempts`, with its steps."""
    verdict, proof = row["verdict"], row["proof"]
    return Attempt(
        theorem=Theorem(
            row["theorem"],
            row["statement"],
            row["prover"],
            row["theorem_set"],
            row["split"],
            row["position"],
            row["pretty"],
            row["provable"],
        ),
        status=row["status"],
        steps=steps,
        budget=Budget(**row["budget"]),
        spent=Spent(**row["spent"]),
        reason=row["reason"],
        verdict=None if verdict is None else Verdict(**verdict),
        proof=None if proof is None else Proof(tuple(_proof_step(step) for step in proof)),
        found=row["found"],
        refused=row["refused"],
        proved_at=row["proved_at"],
        policy_s=row["policy_s"],
        search_s=row["search_s"],
        check_s=row["check_s"],
        seed=row["seed"],
        versions=dict(row["versions"]),
    )


def printable(value: Any) -> Any:
    """The same row, with what UTF-8 cannot hold (lone surrogates, from a prover's broken bytes) written as escapes."""
    if isinstance(value, str):
        return value.encode(errors="backslashreplace").decode()
    if isinstance(value, dict):
        return {name: printable(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return tuple(printable(item) for item in value)
    return value


def _values(record: Budget | Spent | Verdict | ProofStep) -> dict[str, Any]:
    # Shallow, unlike `dataclasses.asdict`, which copies deeply and is several times slower.
    return {name: getattr(record, name) for name in record.__slots__}


def _proof_step(row: dict[str, Any]) -> ProofStep:
    return ProofStep(row["tactic"], row["goal"], tuple(row["children"]), row["edge"])
