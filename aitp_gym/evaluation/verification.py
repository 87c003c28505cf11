"""Whole proofs by the thousand: rows of a file, each checked as strictly as a proof that a search has found."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import AitpError, BadInput, StatementError
from ..files import json_value
from ..proof import Theorem, Verdict
from ..provers.registry import environment
from ..provers.whole_proofs import VERIFY_TIMEOUT_S, WholeProofs
from ..text import read_utf8
from ..theorems import TheoremSet, load
from .verdict_file import VerdictFile
from .worker_pool import WorkerPool

__all__ = ["ProofRow", "ProverSettings", "RowVerdict", "Verification", "read_proofs", "verify_proofs"]

_TEXTS = ("statement", "proof", "theorem")
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ProverSettings:
    """Settings of a prover that checks, and its time for one check.

    Attributes:
        env_id: of the environment whose prover checks.
        settings: the prover's own among the environment's arguments, `theorem_set` among them.
        timeout_s: seconds for one check.
    """

    env_id: str
    settings: Mapping[str, Any]
    timeout_s: float = VERIFY_TIMEOUT_S

    def open(self) -> tuple[WholeProofs, str | TheoremSet]:
        """The prover, and the theorem set that is meant.

        Raises:
            BadInput: it takes other settings, or no whole proofs.
            ProverUnavailable: it is not there.
        """
        try:
            prover, theorem_set = environment(self.env_id).open(**self.settings)
        except TypeError as error:
            raise BadInput(f"{self.env_id} has a setting that its prover does not take: {error}.") from error
        if not isinstance(prover, WholeProofs):
            prover.close()
            raise BadInput(f"The prover of {self.env_id} reads no whole proofs: it is no `WholeProofs`.")
        return prover, theorem_set


@dataclass(frozen=True, slots=True)
class ProofRow:
    """Row of a file of proofs.

    Attributes:
        line: of the file, from 1.
        fields: its texts by name: `statement`, `proof`, `theorem`; empty if it cannot be read.
        id: what it calls itself, which is handed through; `None` without one.
        objection: why it cannot be read; else empty.
        key: hash of what it asks.
    """

    line: int
    fields: Mapping[str, str]
    id: str | int | None
    objection: str
    key: str


@dataclass(frozen=True, slots=True)
class RowVerdict:
    """Verdict on a row.

    Attributes:
        row: on which.
        verdict: whether it proves its statement.
        final: whether another try could not change it; false where the machine or the prover was in the way.
        seconds: wall seconds from its statement's text to the verdict.
        prover_s: seconds that were the prover's own; `own_s`: what was spent around it, in CPU seconds.
    """

    row: ProofRow
    verdict: Verdict
    final: bool = True
    seconds: float = 0.0
    prover_s: float = 0.0
    own_s: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """As a line of the result file."""
        result: dict[str, Any] = {"line": self.row.line}
        if self.row.id is not None:
            result["id"] = self.row.id
        result |= {"verdict": self.verdict.status, "reason": self.verdict.reason}
        if self.verdict.axioms is not None:
            result["axioms"] = list(self.verdict.axioms)
        if not self.final:
            result["final"] = False
        return result | {"seconds": round(self.seconds, 4), "key": self.row.key}


@dataclass
class Verification:
    """Counts of a whole file.

    Attributes:
        rows: in the file; `done_before`: of those, how many had their verdict before.
        verdicts: how many of each kind.
        seconds: wall seconds of the rows that were checked now.
        prover_s, own_s: seconds of the prover's own, and of what is around it, of those rows.
    """

    rows: int = 0
    done_before: int = 0
    verdicts: dict[str, int] = field(default_factory=lambda: {"accepted": 0, "refused": 0, "unavailable": 0})
    seconds: float = 0.0
    prover_s: float = 0.0
    own_s: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        checked = self.rows - self.done_before
        spent_s = self.prover_s + self.own_s
        return {
            "rows": self.rows,
            **self.verdicts,
            "done_before": self.done_before,
            "seconds": round(self.seconds, 3),
            "proofs_per_s": round(checked / self.seconds, 3) if checked and self.seconds > 0 else None,
            "prover_share": round(self.prover_s / spent_s, 4) if spent_s > 0 else None,
        }


def read_proofs(path: Path, salt: str = "") -> list[ProofRow]:
    """The rows of a JSON Lines file; what is wrong with a line is its row's, and nobody else's.

    Args:
        path: of the file, UTF-8: an object of texts per line, with `proof`, and `statement` or the name of a `theorem`
            (or both, and then they have to agree); `id` is handed through. Empty lines are left out.
        salt: what else decides a verdict, for the rows' keys.

    Raises:
        BadInput: the file cannot be read, or has no row.
    """
    rows = [_row(n, line, salt) for n, line in enumerate(read_utf8(path).split("\n"), 1) if line.strip()]
    if not rows:
        raise BadInput(f"Expected rows with `statement` and `proof` in {path}, found none.")
    return rows


def _row(number: int, line: str, salt: str) -> ProofRow:
    key = hashlib.sha256(f"{salt}\n{line.strip()}".encode()).hexdigest()[:16]
    objection, name = "", None
    texts: dict[str, str] = {}
    try:
        value = json_value(line)
    except (ValueError, RecursionError) as error:
        objection = f"it is not JSON ({error})"
    else:
        if isinstance(value, dict):
            name = value["id"] if isinstance(value.get("id"), str | int) else None
            texts = {field: value[field] for field in _TEXTS if value.get(field) is not None}
            objection = _missing(texts)
        else:
            objection = f"got `{line[:60]}`"
    if objection:
        expected = "expected an object of texts with `proof`, and `statement` or `theorem`, and, if wanted, `id`"
        return ProofRow(number, {}, name, f"{expected}; {objection}", key)
    return ProofRow(number, texts, name, "", key)


def _missing(texts: Mapping[str, Any]) -> str:
    """What is wrong with the fields of a row; empty if nothing is."""
    if wrong := [field for field, text in texts.items() if not isinstance(text, str)]:
        return f"`{wrong[0]}` is no text"
    if "proof" not in texts:
        return "it has no `proof`"
    return "" if {"statement", "theorem"} & texts.keys() else "it has neither `statement` nor `theorem`"


def verify_proofs(
    path: Path,
    prover: ProverSettings,
    *,
    output: Path | None = None,
    num_workers: int = 2,
    on_verdict: Callable[[RowVerdict], None] = lambda verdict: None,
    on_done: Progress = lambda done, total: None,
) -> Verification:
    """Check every row of a file.

    Args:
        path: of the file; see `read_proofs`.
        prover: which prover checks, and for how long.
        output: file to which verdicts are added as they come, a JSON object per line; rows that have theirs there are
            not checked again, but those that could not be checked are. `None` for no file.
        num_workers: processes that share the work, each with a prover; 0 does it in this one.
        on_verdict: is given each new verdict, in no particular order.
        on_done: told how many are done, and of how many.

    Raises:
        BadInput: a file cannot be used: `output` has verdicts on other rows, or from another prover.
        ProverUnavailable: the prover is not there.
    """
    # Opened here first, so that what is wrong with it is said once and at once.
    opened, _ = prover.open()
    versions = dict(opened.versions)
    opened.close()
    salt = json.dumps([prover.env_id, dict(prover.settings), prover.timeout_s, versions], sort_keys=True, default=str)
    rows = read_proofs(path, salt)
    result = Verification(len(rows))
    with VerdictFile(output, {row.line: row.key for row in rows}) as file:
        for status in file.known.values():
            result.verdicts[status] += 1
        result.done_before = len(file.known)
        todo = [row for row in rows if row.line not in file.known]
        started, cpu_s, done = time.perf_counter(), time.process_time(), result.done_before
        on_done(done, len(rows))
        if todo:
            with WorkerPool(_Verifier, (prover,), min(num_workers, len(todo))) as workers:
                for verdict in workers.as_completed(todo, _lost):
                    file.add(verdict.as_json())
                    result.verdicts[verdict.verdict.status] += 1
                    result.prover_s += verdict.prover_s
                    result.own_s += verdict.own_s
                    done += 1
                    on_verdict(verdict)
                    on_done(done, len(rows))
        result.seconds = time.perf_counter() - started
        if num_workers:
            # What it takes to hand out the rows and to write down the verdicts.
            result.own_s += time.process_time() - cpu_s
    return result


def _lost(row: ProofRow) -> RowVerdict:
    return RowVerdict(row, Verdict.unavailable("the process that checked it died, twice"), final=False)


class _Verifier:
    """Checks rows one after the other, with a prover of its own."""

    def __init__(self, prover: ProverSettings) -> None:
        self._prover, self._theorem_set = prover.open()
        self._warm = ExitStack()
        self._warm.enter_context(self._prover.kept_warm())
        self._timeout_s = prover.timeout_s
        self._theorems: TheoremSet | None = None
        # Rows on one statement often follow each other.
        self._last: tuple[str, Theorem] | None = None

    def __call__(self, row: ProofRow) -> RowVerdict:
        started, cpu_s = time.perf_counter(), time.process_time()
        verdict, final = self._verdict(row)
        seconds, own_s = time.perf_counter() - started, time.process_time() - cpu_s
        if self._prover.in_process:
            prover_s, own_s = seconds, 0.0
        else:
            prover_s = max(0.0, seconds - own_s) if verdict.prover_s is None else verdict.prover_s
        return RowVerdict(row, verdict, final, seconds, prover_s, own_s)

    def close(self) -> None:
        """Let go of the prover."""
        self._warm.close()
        self._prover.close()

    def _verdict(self, row: ProofRow) -> tuple[Verdict, bool]:
        """The verdict, and whether it is final."""
        if row.objection:
            return Verdict.unavailable(row.objection), True
        try:
            verdict = self._prover.verify(self._theorem(row), row.fields["proof"], self._timeout_s)
            return verdict, verdict.status != "unavailable"
        except AitpError as error:
            return Verdict.unavailable(str(error)), isinstance(error, BadInput)

    def _theorem(self, row: ProofRow) -> Theorem:
        statement = row.fields.get("statement")
        if "theorem" not in row.fields:
            assert statement is not None
            return self._parsed(statement)
        theorem = self._named(row.fields["theorem"])
        if statement is not None and statement not in (theorem.statement, theorem.pretty):
            own = self._parsed(statement)
            if own.statement != theorem.statement:
                raise StatementError(f"{theorem.name} of {theorem.theorem_set} states something else than this row")
        return theorem

    def _parsed(self, statement: str) -> Theorem:
        if self._last is None or self._last[0] != statement:
            self._last = statement, self._prover.stated(statement)
        return self._last[1]

    def _named(self, name: str) -> Theorem:
        if self._theorems is None:
            given = self._theorem_set
            self._theorems = load(given, parse=self._prover.parse) if isinstance(given, str) else given
        return self._theorems[name]
