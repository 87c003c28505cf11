"""Attempts to rows and back, exactly."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from ..proof import Attempt, Budget, Proof, ProofStep, SearchEvent, Spent, Step, Theorem, Verdict
from .schema import STEP_FIELDS, Key

__all__ = ["from_rows", "printable", "to_row"]

# Tuples in the order of the columns: several times faster to make and to convert than dicts.
_step_values = attrgetter(*(name for name, _ in STEP_FIELDS))
_theorem_values = attrgetter("statement", "prover", "theorem_set", "position", "pretty", "provable")
_verdict_values = attrgetter("status", "reason", "step", "elapsed_s", "strict")
_proof_step_values = attrgetter("tactic", "goal", "children", "edge")
_budget_values = attrgetter("max_nodes", "max_tactics", "prover_s", "wall_s")
_spent_values = attrgetter("nodes", "tactics", "prover_s", "wall_s")


def to_row(attempt: Attempt, key: Key) -> tuple[Any, ...]:
    """The values of `schema.SPOOL`, in its order. `Theorem.payload` is not kept."""
    return (
        *key,
        *_theorem_values(attempt.theorem),
        attempt.status,
        attempt.reason,
        None if attempt.verdict is None else _verdict_values(attempt.verdict),
        None if attempt.proof is None else list(map(_proof_step_values, attempt.proof.steps)),
        attempt.found,
        attempt.refused,
        attempt.proved_at,
        len(attempt.steps),
        _budget_values(attempt.budget),
        _spent_values(attempt.spent),
        attempt.policy_s,
        attempt.search_s,
        attempt.check_s,
        attempt.seed,
        list(attempt.versions.items()),
        len(attempt.search_events),
        attempt.search_cut,
        list(map(_step_values, attempt.steps)),
        list(attempt.search_events),
    )


def from_rows(row: dict[str, Any], steps: tuple[Step, ...], search_events: tuple[SearchEvent, ...]) -> Attempt:
    """The attempt of a row of `attempts`, with its steps and what its search recorded."""
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
        search_events=search_events,
        search_cut=row["search_cut"],
    )


def printable(value: Any) -> Any:
    """The same row, with what UTF-8 cannot hold (lone surrogates, from a prover's broken bytes) written as escapes."""
    if isinstance(value, str):
        return value.encode(errors="backslashreplace").decode()
    if isinstance(value, list | tuple):
        return list(map(printable, value)) if isinstance(value, list) else tuple(map(printable, value))
    return value


def _proof_step(row: dict[str, Any]) -> ProofStep:
    return ProofStep(row["tactic"], row["goal"], tuple(row["children"]), row["edge"])
