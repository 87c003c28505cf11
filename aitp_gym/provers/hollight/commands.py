"""HOL Light's own commands: its server, and HOList's published data."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from ...errors import BadInput
from ...files import write_output
from ...text import shown
from ..commands import Json, progress

__all__ = [
    "build_server",
    "conformance_holist",
    "import_holist_database",
    "import_holist_prooflogs",
    "record_hollight",
]


def build_server() -> None:
    """Compile the HOL Light server into the user's cache (about a minute, once)."""
    from .build import build

    built = build()
    print(f"The HOL Light {built.hol_version} server is built: {built.executable}")


def import_holist_database(
    file: Annotated[Path, typer.Argument(help="theorem_database_v1.1.textpb, or compressed with xz.")],
) -> None:
    """Read HOList's theorem database into the user's cache: the theorem sets holist-db-… come from it."""
    from .holist.database import CORPORA, import_database

    database = import_database(file)
    counts = Counter(corpus for entry in database.entries for corpus in entry.corpora)
    parts = ", ".join(f"{counts[name]} {name}" for name in CORPORA)
    print(f"Imported {len(database.entries)} entries ({parts}). The theorem sets holist-db-… are there now.")


def import_holist_prooflogs(
    files: Annotated[list[Path], typer.Argument(help="Proof logs in text form (.pbtxt), compressed with xz or not.")],
    output: Annotated[Path, typer.Option(help="Trace folder to write.")],
) -> None:
    """Replay HOList's proof logs in HOL Light and write what could be done as traces, to learn from."""
    from ...terms.skeletons import sexp_skeleton
    from ...theorems.splits import split_by_hash
    from ...traces import TraceWriter
    from .holist.import_logs import ImportedLogs, import_logs
    from .holist.prooflogs import read_logs

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
    console = Console(markup=False, highlight=False)
    console.print(
        f"{result.attempts} of {result.logs} logs and {result.kept} of {result.steps} steps are in {shown(output)}."
    )
    console.print(f"By split of holist-core: {', '.join(f'{count} {name}' for name, count in sorted(splits.items()))}.")
    console.print(
        f"{result.proved} whole proofs were checked (context holist: not comparable with the strict context), "
        f"{result.strict} of them in the strict context too."
    )
    for reason, count in result.left_out.most_common():
        console.print(f"  left out {count:4d}  {shown(reason)}")


def conformance_holist(
    database: Annotated[
        Path | None, typer.Option(help="theorem_database_v1.1.textpb; by default the imported one.")
    ] = None,
    prooflogs: Annotated[list[Path] | None, typer.Option(help="Proof logs in text form.")] = None,
    more: Annotated[list[Path] | None, typer.Argument(metavar="[PROOFLOGS]…", help="More proof logs.")] = None,
    list_missing: Annotated[
        Path | None, typer.Option(help="Write the entries of core that HOL Light does not have to this file.")
    ] = None,
    as_json: Json = False,
) -> None:
    """How much of HOList the running HOL Light reproduces: fingerprints, theorems, steps of proof logs."""
    from .holist.conformance import conformance
    from .holist.database import CORPORA, Database
    from .holist.prooflogs import read_logs

    if list_missing is not None and not list_missing.parent.is_dir():
        raise BadInput(f"--list-missing: expected a file in a folder that is there, got {list_missing}.")
    logs = [log for file in (*(prooflogs or []), *(more or [])) for log in read_logs(file)]
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading the database", total=1.0)
        found = conformance(
            Database.load(database), logs, lambda text, part: bar.update(task, description=text, completed=part)
        )
    if list_missing is not None:
        lines = [f"{fingerprint}\t{file}\t{' '.join(pretty.split())}\n" for fingerprint, file, pretty in found.missing]
        write_output(list_missing, "".join(lines))
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
    console = Console(markup=False, highlight=False)
    console.print(table)
    for reason, count in replayed.reasons.most_common():
        console.print(f"  {count:4d} steps not replayed: {shown(reason)}")


def record_hollight(
    output: Annotated[
        Path | None, typer.Option(help="Run folder to write, which must be new; without it, only the figures.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Record how HOL Light's own library is proved, replay and check it, and write it as traces, to learn from."""
    from .recording.run import record_proofs

    with progress() as bar:
        figures = record_proofs(output, bar("recorded proofs"))
    if as_json:
        print(json.dumps(figures.as_json()))
        return
    table = Table("", "all", *sorted(figures.by_split), title="Proofs of HOL Light's library")
    columns = [figures.total, *(figures.by_split[split] for split in sorted(figures.by_split))]
    for label, name in {
        "recorded proofs": "proofs",
        "… as whole trees": "trees",
        "steps": "steps",
        "… that the tactic language can say": "sayable",
        "… that do here what was recorded": "replayed",
        "whole proofs that the check accepts": "accepted",
    }.items():
        table.add_row(label, *(str(getattr(counts, name)) for counts in columns))
    console = Console(markup=False, highlight=False)
    console.print(table)
    for what, reasons in (("steps", figures.steps_left_out), ("proofs", figures.proofs_left_out)):
        for reason, count in reasons.most_common(20):
            console.print(f"  {count:5d} {what} left out: {shown(reason)}")
    if output is not None:
        console.print(f"The traces are in {shown(output)}.")
