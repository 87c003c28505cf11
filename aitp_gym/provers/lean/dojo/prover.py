"""LeanDojo as a `Prover`."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from functools import cached_property
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from ....errors import BadInput, ProverUnavailable, StatementError
from ....proof import Failure, Library, Premises, Proof, Theorem, Verdict
from ....text import refuse_unsendable
from ...pasted import pasted_hint
from ...pool import Pool
from ...sandbox import check_wanted, choose
from ...whole_proofs import WholeProofs
from ..check.known_bugs import open_bugs, refuse_open_bugs
from ..check.second_opinion import read_opinions
from ..declarations import declarations
from ..source import Source
from ..statement import SPELLINGS, read_statement, source_of
from ..whole_proof import read_proof
from .entry import DojoEntry, PlacedStatement, TracedTheorem
from .repository import locate, refuse_missing_tools
from .session import DojoSession
from .worker import DojoWorker

if TYPE_CHECKING:
    from ..prover import Lean
    from .corpus import Corpus

__all__ = ["LeanDojo"]

MAX_STATEMENT_CHARACTERS = 4 * 2**20
_IN_FILE = re.compile(r"(?P<file>[^\s:]+\.lean):(?P<name>[^\s:]+)")


class LeanDojo(WholeProofs):
    """Lean 4 through LeanDojo (arXiv:2306.15626): theorems of a traced repository, and statements in its context.

    Only searches go through LeanDojo. The check compiles the proof with the repository's own Lean and takes nothing
    from it.

    Args:
        repository: `URL@COMMIT` of a repository that was traced before.
        corpus: folder of a LeanDojo Benchmark of the same commit, whose corpus then gives the premises; `None`: none.
        header: what statements without imports of their own begin with, for example `import Mathlib`.
        memory_mb: resident memory that one Lean may hold; a tactic that takes more fails with `out_of_memory`.
        open_timeout_s: wall seconds that entering a theorem may take.
        sandbox: what confines Lean, whose tactics can run code: `landlock`, `bubblewrap`, or `off`, which every report
            then names. `None`: what holds on this system.
        second_opinion: commands of other checkers, as for `Lean`.
        known_bugs: whether a release with known bugs of its kernel is used, as for `Lean`.

    Attributes:
        traced: the repository's traced copy.
        versions: backend, LeanDojo's and Lean's release, and the repository.

    Raises:
        BadInput: an argument is out of range.
        DependencyNotInstalled: LeanDojo is missing.
        ProverUnavailable: a tool is missing, no sandbox holds here, or the repository has not been traced; the message
            says what to do.
    """

    name: str = "lean"
    nondeterministic: bool = True
    versions: Mapping[str, str]

    def __init__(
        self,
        repository: str,
        corpus: str | None = None,
        header: str = "",
        memory_mb: float = 16_384,
        open_timeout_s: float = 600.0,
        sandbox: str | None = None,
        second_opinion: str | Sequence[str] | None = None,
        known_bugs: bool = False,
    ) -> None:
        if memory_mb < 256:
            raise BadInput(f"memory_mb must be at least 256, got {memory_mb}.")
        if open_timeout_s <= 0:
            raise BadInput(f"open_timeout_s must be positive, got {open_timeout_s}.")
        wanted = check_wanted(sandbox)
        refuse_missing_tools()
        confined = choose(wanted)
        self._settings = (repository, corpus, header, memory_mb, open_timeout_s, wanted, second_opinion, known_bugs)
        self.traced = locate(repository)
        opinions = read_opinions(second_opinion)
        if not (known_bugs or opinions):
            refuse_open_bugs(self.traced.lean_version, memory_mb)
        self.header = header
        self._open_timeout_s = open_timeout_s
        self._pool = Pool(lambda: DojoWorker(self.traced, memory_mb, confined))
        versions = {
            "lean": self.traced.lean_version,
            "lean_backend": "dojo",
            "lean_dojo": version("lean-dojo"),
            "lean_sandbox": confined,
            "lean_repository": f"{self.traced.url}@{self.traced.commit}",
        }
        if opinions:
            versions["lean_second_opinion"] = ", ".join(opinion.name for opinion in opinions)
        if found := open_bugs(self.traced.lean_version, memory_mb):
            versions["lean_known_bugs"] = ", ".join(f"lean4#{bug.number}" for bug in found)
        self.versions = versions
        if corpus is not None:
            self.versions = {**versions, "lean_corpus": self.library.digest}

    def __getstate__(self) -> dict[str, Any]:
        """Everything but the processes, which belong to one process."""
        return {"settings": self._settings}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(*state["settings"])  # type: ignore[misc]  # the same as building it anew

    def parse(self, statement: str) -> Theorem:
        """Read a statement, or find a theorem of the repository.

        Args:
            statement: `FILE.lean:FULL.NAME` for a theorem of the repository; or a proposition, a declaration, or a file
                that ends with one whose proof is `sorry`.
        """
        if match := _IN_FILE.fullmatch(statement.strip()):
            return self._find(match["file"], match["name"])
        if len(statement) > MAX_STATEMENT_CHARACTERS:
            raise StatementError(f"The statement has over {MAX_STATEMENT_CHARACTERS} characters.")
        source = read_statement(statement, self.header)
        text = source.signature if source.preamble == self.header else source.preamble + source.signature
        name = source.name or f"statement-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
        theorem = Theorem(name, text, self.name, payload=source)
        if reason := self._objection(theorem):
            hint = pasted_hint(statement, SPELLINGS, "Lean")
            raise StatementError(f"Lean cannot read the statement {source.signature[:200]!r}: {reason}{hint}")
        return theorem

    def _objection(self, theorem: Theorem) -> str:
        """What is wrong with a statement, in Lean's words; empty if nothing is."""
        try:
            session = self.start(theorem)
        except ProverUnavailable as error:
            return str(error)
        # After an error in a statement Lean goes on to its proof, where every tactic meets with that error.
        with closing(session):
            (outcome,) = session.apply(session.root, ["skip"], self._open_timeout_s)
        return outcome.message if isinstance(outcome, Failure) and outcome.kind != "no_progress" else ""

    def _find(self, file: str, name: str) -> Theorem:
        """A theorem of the repository by its file and full name."""
        try:
            text = (self.traced.directory / file).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise StatementError(f"Expected a Lean file at {file} in {self.traced.directory}: {error}.") from error
        found = next((found for found in declarations(text) if found.name == name), None)
        if found is None:
            raise StatementError(f"{file} has no theorem {name}; a theorem is given by its full name.")
        before = text[: found.statement]
        start = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
        payload = TracedTheorem(self.versions["lean_repository"], file, name, start)
        return Theorem(name, found.signature(text), self.name, payload=payload)

    @property
    def library(self) -> Library:
        """The corpus of the benchmark; empty without one."""
        return Premises.none().library if self._corpus is None else self._corpus.library

    def premises(self, theorem: Theorem) -> Premises:
        """What LeanDojo calls accessible: what is in imported files, or ends before the theorem in its own.

        A user's own statement may use the whole corpus.
        """
        if self._corpus is None:
            return Premises.none()
        if not isinstance(theorem.payload, TracedTheorem):
            return Premises(self.library, range(len(self.library.entries)))
        return self._corpus.accessible(theorem.payload.file, theorem.payload.start)

    def start(self, theorem: Theorem) -> DojoSession:
        """Open a session on the theorem."""
        return DojoSession(self._pool, self.traced, self._entry(theorem), self._open_timeout_s)

    def read_proof(self, theorem: Theorem, text: str) -> Proof:
        """A term, a block that begins with `by`, or a file that ends with the theorem, as a proof of one step."""
        return read_proof(self.source(theorem), text)

    def check(self, theorem: Theorem, proof: Proof, timeout_s: float) -> Verdict:
        """Compile and audit the whole proof in the repository, without LeanDojo; see `Lean.check`."""
        try:
            source = self.source(theorem)
            checker = self._checker
        except (BadInput, ProverUnavailable) as error:
            return Verdict.unavailable(str(error))
        return checker.check(replace(theorem, payload=source), proof, timeout_s)

    def source(self, theorem: Theorem) -> Source:
        """Where the theorem stands: its file up to it, and its statement.

        Raises:
            BadInput: it is not to be found in its file.
        """
        payload = self._entry_payload(theorem)
        if not isinstance(payload, TracedTheorem):
            return payload
        try:
            text = (self.traced.directory / payload.file).read_text(encoding="utf-8")
        except OSError as error:
            raise BadInput(f"Expected {payload.file} in {self.traced.directory}: {error}.") from error
        line, column = payload.start
        offset = sum(len(before) + 1 for before in text.split("\n")[: line - 1]) + column - 1
        for declaration in declarations(text):
            if declaration.start <= offset < declaration.end:
                return declaration.source(text)
        raise BadInput(
            f"Expected the theorem {payload.name} at line {line}, column {column} of {payload.file}; what stands there "
            "is not read as a theorem."
        )

    def close(self) -> None:
        """End the processes that are idle. Calling it twice is allowed."""
        self._pool.close()
        if "_checker" in vars(self):
            self._checker.close()

    @cached_property
    def _checker(self) -> Lean:
        from ..prover import Lean

        _, _, _, memory_mb, _, sandbox, second_opinion, known_bugs = self._settings
        return Lean(
            "server",
            str(self.traced.directory),
            memory_mb=memory_mb,
            sandbox=sandbox,
            second_opinion=second_opinion,
            known_bugs=known_bugs,
        )

    @cached_property
    def _corpus(self) -> Corpus | None:
        folder = self._settings[1]
        if folder is None:
            return None
        from .benchmark import Benchmark

        return Benchmark.load(folder).corpus

    def _entry(self, theorem: Theorem) -> DojoEntry:
        payload = self._entry_payload(theorem)
        if isinstance(payload, TracedTheorem):
            return payload
        refuse_unsendable(payload.preamble + payload.signature, "Lean", f"the statement of {theorem.name!r}")
        return PlacedStatement(self.traced, payload)

    def _entry_payload(self, theorem: Theorem) -> TracedTheorem | Source:
        if theorem.prover != self.name:
            raise BadInput(f"{theorem.name} is a theorem for {theorem.prover!r}, not for {self.name!r}.")
        if not isinstance(theorem.payload, TracedTheorem):
            return source_of(theorem, self.header)
        own = self.versions["lean_repository"]
        if theorem.payload.repository != own:
            raise BadInput(f"{theorem.name} is in {theorem.payload.repository}; this prover has {own} open.")
        return theorem.payload
