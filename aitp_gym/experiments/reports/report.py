"""The report of a run, from its traces and its `run.json` alone, so that anybody can recompute it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ...errors import TraceError
from ...files import json_numbers, write_json
from ...traces import TraceReader
from ..config import LEARNED
from ..run_folder import read_run
from .paired_tests import application_counts, compare_paired, proved_within, wilson_interval

__all__ = ["CANARY", "LEARNED", "REPORT_SCHEMA_VERSION", "build_report", "write_report"]

REPORT_SCHEMA_VERSION = 1
CANARY = "canary"
_SHORTEST_CURVE = 64  # where the budget does not count tactic applications

_Group = tuple[int, str, str]  # iteration, split, policy


@dataclass(frozen=True, slots=True)
class _Round:
    """The attempts of one policy at one split in one iteration, as rows of the `attempts` table."""

    iteration: int
    split: str
    policy: str
    rows: list[dict[str, Any]]
    failures: dict[str, int]

    @property
    def label(self) -> str:
        return f"{self.policy}@{self.iteration}"

    @property
    def proved_at(self) -> dict[str, int | None]:
        """By theorem, the tactic applications up to the accepted proof, of those that count."""
        return {row["theorem"]: row["proved_at"] if _counts(row) else None for row in self.rows}


def build_report(run: Path | str) -> dict[str, Any]:
    """Compute the report of a run folder.

    Returns:
        JSON values:
        `iterations`: an entry for each iteration and split of the learned policy (see `_entry`);
        `baselines`: the same for the other policies, and for the learned policy under other searches;
        `searches`: by label of an entry, the search that it is there to compare: those of the field `searches`, and
        `learned` for the run's own; empty where nothing is compared;
        `comparisons`: paired tests (see `_comparisons`);
        `canaries_proved`: statements without a proof that were "proved", in the whole run; above 0 the run is void;
        `digests`: of menu, split, prover and library; `versions`: all that was recorded;
        `context`: what a tactic may see of the library: `strict`, another name, or null where there is no library;
        `sandbox`: what confined the prover, `off` for nothing; null for a prover that needs none;
        `known_bugs`: of the prover's own kernel, which nothing made up for; null if there are none;
        `name`, `seed`: of the run.

    Raises:
        TraceError: the run folder or its traces cannot be read.
    """
    run = Path(run)
    record = read_run(run)
    attempts, steps = TraceReader(run / "traces").tables()
    rounds = _rounds(attempts, steps)
    counts = application_counts(_longest(attempts))
    entries = [_entry(one, counts) for one in rounds]
    versions = _versions(record, attempts)
    return {
        "schema_version": REPORT_SCHEMA_VERSION,
        "name": _name(record["config"], run.name),
        "seed": record.get("seed"),
        "iterations": [entry for entry in entries if entry["policy"] == LEARNED],
        "baselines": [entry for entry in entries if entry["policy"] != LEARNED],
        "searches": _searches(record["config"]),
        "comparisons": _comparisons(rounds, counts),
        "canaries_proved": sum(entry["canaries_proved"] for entry in entries),
        "digests": _digests(versions),
        "versions": versions,
        "known_bugs": _of_prover(versions, "known_bugs"),
        "context": _of_prover(versions, "context"),
        "sandbox": _of_prover(versions, "sandbox"),
    }


def write_report(run: Path | str) -> dict[str, Any]:
    """Compute the report of a run folder and put it into `report.json` in one piece."""
    # A run's seed is what its file says, which may be no number of JSON's.
    report: dict[str, Any] = json_numbers(build_report(run))
    write_json(Path(run) / "report.json", report)
    return report


def _name(config: Mapping[str, Any], default: str) -> str:
    fields = config.get("exp_config")
    return str(fields["name"]) if isinstance(fields, Mapping) and "name" in fields else default


def _rounds(attempts: pa.Table, steps: pa.Table) -> list[_Round]:
    columns = ["iteration", "split", "policy", "theorem", "provable", "status", "found", "refused", "proved_at"]
    table = attempts.select([*columns, "verdict", "spent", "policy_s", "search_s", "check_s"])
    table = table.append_column("proof_steps", pc.list_value_length(attempts["proof"]))
    rows: dict[_Group, list[dict[str, Any]]] = defaultdict(list)
    for row in table.to_pylist():
        rows[row["iteration"], row["split"], row["policy"]].append(row)
    failures: dict[_Group, dict[str, int]] = defaultdict(dict)
    keys = ["iteration", "split", "policy", "outcome"]
    # Each part of the trace brings its own dictionaries, and Arrow groups only by common ones.
    grouped = steps.select(keys).unify_dictionaries().group_by(keys).aggregate([([], "count_all")])
    for row in grouped.to_pylist():
        if row["outcome"] != "subgoals":
            failures[row["iteration"], row["split"], row["policy"]][row["outcome"]] = row["count_all"]
    return [_Round(*group, rows[group], dict(sorted(failures[group].items()))) for group in sorted(rows)]


def _longest(attempts: pa.Table) -> int:
    """Where the curves end: at the budget's tactic applications, or behind the longest proof if there is no limit."""
    limits = pc.struct_field(attempts["budget"], "max_tactics")
    if len(limits) and not limits.null_count:
        return int(pc.max(limits).as_py())
    return max(_SHORTEST_CURVE, pc.max(attempts["proved_at"]).as_py() or 0)


def _entry(one: _Round, counts: list[int]) -> dict[str, Any]:
    """One line of the report.

    `found` counts theorems whose goal was closed, `proved` those with a proof that the check accepted, `refused` the
    proofs it refused (a theorem may have several), and `reserved` those that it accepted with a reservation, such as an
    axiom before the statement: they are not among the proved. `proved_strict` counts those of the proved whose proof
    also holds in the strict context; null where that is the run's context. `prover_s` are CPU seconds, the other times
    wall seconds, all summed over the attempts. `proved_interval` is Wilson's at 95 %, as a share of the attempted.
    """
    rows = one.rows
    accepted = [row for row in rows if row["status"] == "proved"]
    proved = [row for row in accepted if _counts(row)]
    curve = proved_within(one.proved_at.values(), counts)
    return {
        "iteration": one.iteration,
        "split": one.split,
        "policy": one.policy,
        "attempted": len(rows),
        "found": sum(row["found"] > 0 for row in rows),
        "proved": len(proved),
        "proved_strict": _proved_strict(proved),
        "proved_interval": list(wilson_interval(len(proved), len(rows))),
        "multi_step_proofs": sum((row["proof_steps"] or 0) > 1 for row in proved),
        "refused": sum(row["refused"] for row in rows),
        "reserved": len(accepted) - len(proved),
        "statuses": dict(sorted(Counter(row["status"] for row in rows).items())),
        "tactics": sum(row["spent"]["tactics"] for row in rows),
        "nodes": sum(row["spent"]["nodes"] for row in rows),
        "proved_at": {str(count): number for count, number in curve.items()},
        "prover_s": sum(row["spent"]["prover_s"] for row in rows),
        "policy_s": sum(row["policy_s"] for row in rows),
        "search_s": sum(row["search_s"] for row in rows),
        "check_s": sum(row["check_s"] for row in rows),
        "wall_s": sum(row["spent"]["wall_s"] for row in rows),
        "failures": one.failures,
        "canaries_proved": sum(one.split == CANARY or row["provable"] is False for row in accepted),
    }


def _counts(row: Mapping[str, Any]) -> bool:
    """Whether a theorem was proved without a reservation."""
    return row["status"] == "proved" and not (row["verdict"] and row["verdict"]["reason"])


def _searches(config: Mapping[str, Any]) -> dict[str, str]:
    compared = config.get("searches") or {}
    if not compared:
        return {}
    try:
        specs = {LEARNED: config["search_model"], **compared}
        return {label: str(spec["_target_"]).rpartition(".")[2] for label, spec in specs.items()}
    except (TypeError, KeyError) as error:
        raise TraceError("The run's config names searches without `_target_`; its run.json is damaged.") from error


def _proved_strict(proved: Iterable[Mapping[str, Any]]) -> int | None:
    verdicts = [row["verdict"] for row in proved if row["verdict"] is not None]
    known = [verdict["strict"] for verdict in verdicts if verdict["strict"] is not None]
    return sum(known) if known else None


def _of_prover(versions: Mapping[str, str | list[str]], what: str) -> str | list[str] | None:
    """Each prover names its context and its sandbox in its versions, as far as it has one."""
    return next((value for name, value in versions.items() if re.fullmatch(rf"prover\.\w+_{what}", name)), None)


def _comparisons(rounds: Iterable[_Round], counts: list[int]) -> list[dict[str, Any]]:
    """Paired tests on each split but the canaries: `a` against `b`, which are labels `policy@iteration`.

    The learned policy's first iteration against its last, each against the next, and each baseline against the last;
    within each number of tactic applications and within the full budget (`at` is null). Only theorems that both
    attempted count.
    """
    by_split: dict[str, list[_Round]] = defaultdict(list)
    for one in rounds:
        if one.split != CANARY:
            by_split[one.split].append(one)
    return [
        {"a": a.label, "b": b.label, "split": split, "at": at, **asdict(compare_paired(a.proved_at, b.proved_at, at))}
        for split, group in by_split.items()
        for a, b in _pairs(group)
        if a.proved_at.keys() & b.proved_at.keys()
        for at in (*counts, None)
    ]


def _pairs(group: list[_Round]) -> Iterator[tuple[_Round, _Round]]:
    learned = [one for one in group if one.policy == LEARNED]
    if not learned:
        return
    first, last = learned[0], learned[-1]
    if len(learned) > 1:
        yield first, last
    if len(learned) > 2:
        yield from pairwise(learned)
    for one in group:
        if one.policy != LEARNED:
            yield one, last


def _versions(record: Mapping[str, Any], attempts: pa.Table) -> dict[str, str | list[str]]:
    """Versions as `run.json` and the attempts name them; a list where the attempts differ."""
    seen: dict[str, set[str]] = defaultdict(set)
    for name, value in record["versions"].items():
        seen[name].add(value)
    for chunk in attempts["versions"].chunks:
        pairs = pa.table({"name": chunk.keys, "value": chunk.items}).group_by(["name", "value"]).aggregate([])
        for pair in pairs.to_pylist():
            seen[pair["name"]].add(pair["value"])
    return {name: min(values) if len(values) == 1 else sorted(values) for name, values in sorted(seen.items())}


def _digests(versions: Mapping[str, str | list[str]]) -> dict[str, Any]:
    """What identifies menu, split, prover and library; null or empty where the run has none."""

    def below(prefix: str) -> dict[str, Any]:
        return {name.removeprefix(prefix): value for name, value in versions.items() if name.startswith(prefix)}

    return {
        "menu": versions.get("policy.menu_digest"),
        "theorems": versions.get("theorems_digest"),
        "split": below("split_digest."),
        "prover": below("prover."),
        "library": versions.get("prover.library_digest"),
    }
