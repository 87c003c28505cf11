"""`aitp conformance`: how faithfully a prover at hand does what is published about it."""

from __future__ import annotations

import json
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

__all__ = ["holist"]


def holist(database: Path | None, prooflogs: list[Path], as_json: bool, list_missing: Path | None) -> None:
    """Measure the running HOL Light against HOList's data, and print the figures."""
    from ..provers.hollight.holist.conformance import conformance
    from ..provers.hollight.holist.database import CORPORA, Database
    from ..provers.hollight.holist.prooflogs import read_logs

    logs = [log for file in prooflogs for log in read_logs(file)]
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading the database", total=1.0)
        found = conformance(
            Database.load(database), logs, lambda text, part: bar.update(task, description=text, completed=part)
        )
    if list_missing is not None:
        lines = [f"{fingerprint}\t{file}\t{' '.join(pretty.split())}\n" for fingerprint, file, pretty in found.missing]
        list_missing.write_text("".join(lines), encoding="utf-8")
    if as_json:
        print(json.dumps(found.figures()))
        return
    replayed = found.replayed
    table = Table("", "here", "published", title="HOList and the running HOL Light")
    table.add_row("fingerprints", str(found.fingerprints), str(found.fingerprints_total))
    for name in CORPORA:
        table.add_row(f"entries of {name}, bit for bit", str(found.present[name]), str(found.totals[name]))
    table.add_row("logged steps, exactly", str(replayed.exact), str(replayed.total))
    table.add_row("… up to type variables' names, order of hypotheses", str(replayed.equivalent), "")
    table.add_row("logged proofs, as a whole", str(replayed.proofs_verified), str(replayed.proofs_total))
    console = Console()
    console.print(table)
    for reason, count in replayed.reasons.most_common():
        console.print(f"  {count:4d} steps not replayed: {reason}")
