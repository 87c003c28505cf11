"""`aitp import`: HOList's published data, into the user's cache and into traces."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

__all__ = ["import_database", "import_prooflogs"]


def import_database(file: Path) -> None:
    """Read the theorem database into the user's cache and say what is in it."""
    from ..provers.hollight.holist.database import CORPORA
    from ..provers.hollight.holist.database import import_database as read

    database = read(file)
    counts = Counter(corpus for entry in database.entries for corpus in entry.corpora)
    parts = ", ".join(f"{counts[name]} {name}" for name in CORPORA)
    print(f"Imported {len(database.entries)} entries ({parts}). The theorem sets holist-db-… are there now.")


def import_prooflogs(files: list[Path], output: Path) -> None:
    """Replay proof logs in the running HOL Light and write what could be done as traces."""
    from ..provers.hollight.holist.import_logs import ImportedLogs, import_logs
    from ..provers.hollight.holist.prooflogs import read_logs
    from ..terms.skeletons import sexp_skeleton
    from ..theorems.splits import split_by_hash
    from ..traces import TraceWriter

    # All are read before anything is written: a damaged file leaves no half of an import behind.
    total = sum(1 for file in files for _ in read_logs(file))
    result = ImportedLogs()
    splits: Counter[str] = Counter()
    with TraceWriter(output) as writer, Progress(console=Console(stderr=True), transient=True) as bar:
        logs = bar.track((log for file in files for log in read_logs(file)), total, description="proof logs")
        for policy, attempt in import_logs(logs, lambda t: split_by_hash([t], sexp_skeleton)[0].split, result):
            writer.write(attempt, iteration=0, policy=policy)
            splits[attempt.theorem.split] += 1
        writer.compact(0)
    console = Console()
    console.print(f"{result.attempts} of {result.logs} logs and {result.kept} of {result.steps} steps are in {output}.")
    console.print(f"By split of holist-core: {', '.join(f'{count} {name}' for name, count in sorted(splits.items()))}.")
    console.print(
        f"{result.proved} whole proofs were checked (context holist: not comparable with the strict context), "
        f"{result.strict} of them in the strict context too."
    )
    for reason, count in result.left_out.most_common():
        console.print(f"  left out {count:4d}  {reason}")
