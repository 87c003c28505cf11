"""`aitp export`: found proofs as a file that the prover itself runs."""

from __future__ import annotations

from pathlib import Path

from ..errors import BadInput
from ..files import write_output
from ..proof import Attempt, Proof, Theorem
from ..provers.registry import specs, with_prover
from ..provers.spec import ProofFile
from ..text import shown

__all__ = ["export"]


def export(run: Path, output: Path, policy: str | None, split: str | None, limit: int | None) -> None:
    """Write the proofs of a run's traces; of several for one theorem the first."""
    from ..traces import TraceReader

    folder = run / "traces" if (run / "traces").is_dir() else run
    chosen: dict[str, Attempt] = {}
    for _, attempt in TraceReader(folder).records(split=split, policy=policy):
        if attempt.proved and attempt.proof is not None:
            chosen.setdefault(attempt.theorem.name, attempt)
    if not chosen:
        raise BadInput(f"{run} has no accepted proofs to export.")
    proofs: dict[str, list[tuple[Theorem, Proof]]] = {}
    for attempt in chosen.values():
        assert attempt.proof is not None
        proofs.setdefault(attempt.theorem.prover, []).append((attempt.theorem, attempt.proof))
    if len(proofs) > 1:
        raise BadInput(f"{run} has proofs of {', '.join(sorted(proofs))}; a file holds those of one prover.")
    ((prover, found),) = proofs.items()
    proof_file = next((spec.proof_file for spec in with_prover(prover) if spec.proof_file is not None), None)
    if proof_file is None:
        known = ", ".join(spec.name for spec in specs() if spec.proof_file is not None)
        raise BadInput(f"Proofs of {prover!r} cannot be exported; known: {known}.")
    with proof_file() as exporter:
        text, count, left_out = _written(exporter, found, limit)
    write_output(output, text)
    print(f"{count} proofs are in {shown(output)}.")
    for reason in left_out:
        print(f"  left out: {shown(reason)}")


def _written(exporter: ProofFile, proofs: list[tuple[Theorem, Proof]], limit: int | None) -> tuple[str, int, list[str]]:
    """The file, how many proofs are in it, and why others are not."""
    kept: dict[str, str] = {}
    left_out: list[str] = []
    for theorem, proof in proofs:
        if len(kept) == limit:
            break
        try:
            kept[theorem.name] = exporter.theorem(theorem, proof)
        except BadInput as error:
            left_out.append(str(error))
    return exporter.file(kept), len(kept), left_out
