"""`aitp export`: found proofs as a file that the prover itself runs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from ..errors import BadInput
from ..proof import Attempt, Proof, Theorem

__all__ = ["export"]


def export(run: Path, output: Path, policy: str | None, split: str | None, limit: int | None) -> None:
    """Write the proofs of a run's traces; of several for one theorem the first."""
    from ..traces import TraceReader

    folder = run / "traces" if (run / "traces").is_dir() else run
    chosen: dict[str, Attempt] = {}
    for _, attempt in TraceReader(folder).records(split=split, policy=policy):
        if attempt.proved:
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
    text, count, left_out = _EXPORTERS[prover](found, limit) if prover in _EXPORTERS else _unknown(prover)
    output.write_text(text, encoding="utf-8")
    print(f"{count} proofs are in {output}.")
    for reason in left_out:
        print(f"  left out: {reason}")


def _hollight(proofs: list[tuple[Theorem, Proof]], limit: int | None) -> tuple[str, int, list[str]]:
    from ..provers.hollight.proof_file import HolLightProofFile

    return _written(HolLightProofFile(), proofs, limit)


def _hol4(proofs: list[tuple[Theorem, Proof]], limit: int | None) -> tuple[str, int, list[str]]:
    from ..provers.hol4.proof_file import Hol4ProofFile

    exporter = Hol4ProofFile()
    try:
        return _written(exporter, proofs, limit)
    finally:
        exporter.close()


def _lean(proofs: list[tuple[Theorem, Proof]], limit: int | None) -> tuple[str, int, list[str]]:
    from ..provers.lean.proof_file import LeanProofFile

    return _written(LeanProofFile(), proofs, limit)


class _Exporter(Protocol):
    """What a prover's exporter does."""

    def theorem(self, theorem: Theorem, proof: Proof) -> str: ...

    def file(self, items: Mapping[str, str]) -> str: ...


def _written(exporter: _Exporter, proofs: list[tuple[Theorem, Proof]], limit: int | None) -> tuple[str, int, list[str]]:
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


_EXPORTERS = {"hollight": _hollight, "hol4": _hol4, "lean": _lean}


def _unknown(prover: str) -> tuple[str, int, list[str]]:
    raise BadInput(f"Proofs of {prover!r} cannot be exported; known: {', '.join(_EXPORTERS)}.")
