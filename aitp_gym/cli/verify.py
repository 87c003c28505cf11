"""`aitp verify`: verdicts on whole proofs of a file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from ..provers.commands import progress
from ..text import shown
from .env_settings import env_settings

__all__ = ["verify"]


def verify(
    proofs: Path,
    settings: Sequence[str],
    env_id: str,
    output: Path | None,
    num_workers: int,
    timeout_s: float,
    as_json: bool,
) -> None:
    """Check and print; see `evaluation.verification`."""
    from ..evaluation.verification import ProverSettings, RowVerdict, verify_proofs

    console = Console(markup=False, highlight=False, soft_wrap=True)

    def show(found: RowVerdict) -> None:
        # With a file or for a program the verdicts are data; here they are for whoever waits.
        if output is None and not as_json:
            name = f" ({found.row.id})" if found.row.id is not None else ""
            why = f": {found.verdict.reason}" if found.verdict.reason else ""
            console.print(shown(f"line {found.row.line}{name}: {found.verdict.status}{why}"))

    with progress() as bar:
        result = verify_proofs(
            proofs,
            ProverSettings(env_id, env_settings(settings), timeout_s),
            output=output,
            num_workers=num_workers,
            on_verdict=show,
            on_done=bar("proofs"),
        ).as_json()
    if as_json:
        print(json.dumps(result))
        return
    counts = ", ".join(f"{result[name]} {name}" for name in ("accepted", "refused", "unavailable"))
    before = f", of which {result['done_before']} before" if result["done_before"] else ""
    console.print(f"{result['rows']} proofs{before}: {counts}")
    if result["proofs_per_s"] is not None:
        share = (
            f"; {result['prover_share']:.1%} of the time the prover's own" if result["prover_share"] is not None else ""
        )
        console.print(f"{result['proofs_per_s']:.4g} proofs/s{share}")
