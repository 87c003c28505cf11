"""Lean as a `Prover`."""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from ...errors import BadInput, ProverLost, ProverUnavailable, StatementError
from ...proof import Goal, Library, Premises, Proof, Subgoals, Theorem, Verdict
from ...text import refuse_unsendable, unsendable_step
from ..base import ProverSession
from ..pasted import pasted_hint
from ..sandbox import Sandbox, check_wanted, choose
from ..whole_proofs import VERIFY_TIMEOUT_S, WholeProofs
from .check.known_bugs import open_bugs, refuse_open_bugs
from .check.second_opinion import read_opinions
from .check.statement import compile_statement
from .check.verify import Finding, verify
from .check.warm import keep_warm
from .check.watch import spending
from .interaction import INTERACTIONS, Interaction, Servers, Steppers
from .outcomes import LeanGoalRef
from .project import project_toolchain
from .script import Block, proof_block
from .source import Source
from .statement import SPELLINGS, read_statement, source_of
from .stepper.build import stepper_of
from .toolchain import Toolchain
from .whole_proof import read_proof

__all__ = ["BACKENDS", "Lean"]

BACKENDS = ("server", "embedded")
MAX_STATEMENT_CHARACTERS = 4 * 2**20
# For a step of a proof that is walked again: it has succeeded before.
_STEP_S = 60.0


@dataclass(frozen=True, slots=True)
class _Settings:
    """The arguments of `Lean`, which are all that another process needs to build the same."""

    backend: str
    project: str | None
    header: str | None
    memory_mb: float
    interaction: str | None
    warm: bool
    sandbox: Sandbox | None
    second_opinion: tuple[str, ...]
    known_bugs: bool


class Lean(WholeProofs):
    """Lean 4, in which nothing has to be traced, and any project works.

    Args:
        backend: `server`: the Lean of a project of the user's, through elan and lake. `embedded`: a real Lean that
            comes with pip and has a small library of ours: logic, equality, natural numbers, a few tactics, no
            Mathlib and no `omega`. `None`: `server` if a project is given, else `embedded`.
        project: folder of the user's project; for single files, any folder in which `lean` runs.
        header: what statements without imports of their own begin with, for example `import Mathlib`.
        memory_mb: resident memory that one process may hold; a tactic that takes more fails with `out_of_memory`.
        interaction: `stepper`: proof states stay in the Lean that made them, and a step costs its own tactic. `server`:
            the language server, which walks the way to a goal anew when it has to. `None`: the stepper where it works
            with this Lean, which is tried out when a Lean is first used, else the server.
        warm: whether a process with the imports of `header` is started at once, beside whatever is done meanwhile, so
            that the first theorem does not wait for them.
        sandbox: what confines Lean, whose tactics can run code: `landlock`, `bubblewrap`, or `off`, which every report
            then names. `None`: what holds on this system, which is tried out.
        second_opinion: commands of other checkers, which are asked about each proof that ours accepts and must accept
            it too; see `check.second_opinion.Opinion` for the fields in them.
        known_bugs: whether a release is used even if its kernel has a known bug that neither the check nor a second
            opinion makes up for; every report then names the bugs.

    Attributes:
        toolchain: the Lean in use.
        versions: backend, Lean's release, the hash of what decides its behaviour, sandbox, and interaction.

    Raises:
        BadInput: an argument does not go with the others.
        ProverUnavailable: Lean is not there, or no sandbox holds here; the message says what to install.
    """

    name: str = "lean"
    nondeterministic: bool = True
    versions: Mapping[str, str]

    def __init__(
        self,
        backend: str | None = None,
        project: str | None = None,
        header: str | None = None,
        memory_mb: float = 4096,
        interaction: str | None = None,
        warm: bool = False,
        sandbox: str | None = None,
        second_opinion: str | Sequence[str] | None = None,
        known_bugs: bool = False,
    ) -> None:
        if backend is None:
            backend = "embedded" if project is None else "server"
        if backend not in BACKENDS:
            raise BadInput(f"backend must be one of {', '.join(BACKENDS)}, got {backend!r}.")
        if (backend == "server") != (project is not None):
            raise BadInput(
                "backend=server proves in a Lean project: give its folder as `project`."
                if project is None
                else "backend=embedded has a library of its own and takes no `project`."
            )
        if memory_mb < 256:
            raise BadInput(f"memory_mb must be at least 256, got {memory_mb}.")
        if interaction is not None and interaction not in INTERACTIONS:
            raise BadInput(f"interaction must be one of {', '.join(INTERACTIONS)}, got {interaction!r}.")
        wanted = check_wanted(sandbox)
        self._opinions = read_opinions(second_opinion)
        opinions = (second_opinion,) if isinstance(second_opinion, str) else tuple(second_opinion or ())
        self._settings = _Settings(backend, project, header, memory_mb, interaction, warm, wanted, opinions, known_bugs)
        self.toolchain = replace(_toolchain(project), sandbox=choose(wanted))
        if not (known_bugs or self._opinions):
            refuse_open_bugs(self.toolchain.version, memory_mb)
        header = self.toolchain.header if header is None else header
        self.header = header if header.endswith("\n") or not header else header + "\n"
        self._interaction = _interaction(interaction, self.toolchain, memory_mb)
        if warm:
            self._interaction.prepare(self.header)
        versions = {
            "lean": self.toolchain.version,
            "lean_backend": backend,
            "lean_toolchain": self.toolchain.identity[:16],
            "lean_sandbox": str(self.toolchain.sandbox),
            "lean_interaction": self._interaction.name,
        }
        if self._opinions:
            versions["lean_second_opinion"] = ", ".join(opinion.name for opinion in self._opinions)
        if found := open_bugs(self.toolchain.version, memory_mb):
            versions["lean_known_bugs"] = ", ".join(f"lean4#{bug.number}" for bug in found)
        self.versions = versions

    def __getstate__(self) -> dict[str, Any]:
        """Everything but the processes, which belong to one process."""
        return {"settings": self._settings}

    def __setstate__(self, state: dict[str, Any]) -> None:
        settings: _Settings = state["settings"]
        self.__init__(  # type: ignore[misc]  # the same as building it anew
            *(getattr(settings, field.name) for field in fields(settings))
        )

    def parse(self, statement: str) -> Theorem:
        """Read a proposition, a declaration, or a file that ends with one whose proof is `sorry`."""
        if len(statement) > MAX_STATEMENT_CHARACTERS:
            raise StatementError(f"The statement has over {MAX_STATEMENT_CHARACTERS} characters.")
        source = read_statement(statement, self.header)
        with_preamble = source.signature if source.preamble == self.header else source.preamble + source.signature
        name = source.name or f"statement-{hashlib.sha256(with_preamble.encode()).hexdigest()[:12]}"
        try:
            self._interaction.open(source).close()
        except StatementError as error:
            raise StatementError(f"{error}{pasted_hint(statement, SPELLINGS, 'Lean')}") from error
        return Theorem(name, with_preamble, self.name, payload=source)

    def stated(self, statement: str) -> Theorem:
        """Read a statement as `parse` does, and have it compiled as the check does, with nothing else asked."""
        source = read_statement(statement, self.header)
        with tempfile.TemporaryDirectory(prefix="aitp-lean-") as folder:
            try:
                compile_statement(self.toolchain, source, Path(folder), _STEP_S, self._settings.memory_mb)
            except BadInput as error:
                raise StatementError(f"{error}{pasted_hint(statement, SPELLINGS, 'Lean')}") from error
        return Theorem(source.name, source.signature, self.name, payload=source)

    def kept_warm(self) -> AbstractContextManager[None]:
        """Have checks fork from processes that have started already; see `check.warm`."""
        return keep_warm(self.toolchain)

    def verify(self, statement: str | Theorem, proof_text: str, timeout_s: float = VERIFY_TIMEOUT_S) -> Verdict:
        """Check a whole proof; see `WholeProofs.verify`."""
        spent = spending()
        return replace(super().verify(statement, proof_text, timeout_s), prover_s=spent.cpu_s)

    @property
    def library(self) -> Library:
        """The named lemmas of the embedded library; empty for a project, whose premises a theorem set knows."""
        if self.toolchain.kind != "embedded":
            return Premises.none().library
        from .embedded.premises import library

        return library()

    def premises(self, theorem: Theorem) -> Premises:
        """What the theorem may use: in the embedded library, the lemmas before its place, or all."""
        library = self.library
        end = len(library.entries)
        if theorem.position is not None:
            end = sum(premise.position < theorem.position for premise in library.entries)
        return Premises(library, range(end))

    def start(self, theorem: Theorem) -> ProverSession:
        """Open a session on the theorem."""
        source = self._source(theorem)
        refuse_unsendable(source.preamble + source.signature, "Lean", f"the statement of {theorem.name!r}")
        return self._interaction.open(source)

    def read_proof(self, theorem: Theorem, text: str) -> Proof:
        """A term, a block that begins with `by`, or a file that ends with the theorem, as a proof of one step."""
        return read_proof(self._source(theorem), text)

    def check(self, theorem: Theorem, proof: Proof, timeout_s: float) -> Verdict:
        """Compile the whole proof in a fresh process, read what was compiled as data, and have the kernel check it.

        The constants that came out are compared with those of the statement alone, re-typechecked by Lean's kernel in a
        process that runs none of the candidate's code, and their axioms audited; see `check.verify`.
        """
        started = time.monotonic()
        source = self._source(theorem)
        if (found := unsendable_step(step.tactic for step in proof.steps)) is not None:
            return Verdict.refuse(found[1], found[0], time.monotonic() - started)
        try:
            block = proof_block(proof, lambda step, parts: self._joint_places(source, proof, step, parts))
        except BadInput as error:
            return Verdict.refuse(str(error), None, time.monotonic() - started)
        except ProverLost as error:
            return Verdict.unavailable(str(error), time.monotonic() - started)
        spent = spending()
        finding = verify(
            self.toolchain,
            source,
            block.text,
            timeout_s,
            memory_mb=self._settings.memory_mb,
            opinions=self._opinions,
        )
        return replace(_verdict(finding, source, block, started), prover_s=spent.cpu_s)

    def close(self) -> None:
        """End the processes that are idle. Calling it twice is allowed."""
        self._interaction.close()

    def _source(self, theorem: Theorem) -> Source:
        if theorem.prover != self.name:
            raise BadInput(f"{theorem.name} is a theorem for {theorem.prover!r}, not for {self.name!r}.")
        return source_of(theorem, self.header)

    def _joint_places(self, source: Source, proof: Proof, step: int, parts: int) -> tuple[int, ...]:
        """Where the goals that share metavariables lie among those that a step leaves, found by walking there anew.

        Raises:
            BadInput: the proof cannot be walked to that step.
        """
        parents = {child: index for index, above in enumerate(proof.steps) for child in above.children}
        way = [step]
        while way[-1] != 0:
            way.append(parents[way[-1]])
        way.reverse()
        apart = self._interaction.apart()
        session = apart.open(source)
        try:
            goals: tuple[Goal, ...] = (session.root,)
            goal = session.root
            for index, following in zip(way, [*way[1:], None], strict=True):
                (outcome,) = session.apply(goal, [proof.steps[index].tactic], _STEP_S)
                children = proof.steps[index].children
                goals = outcome.goals if isinstance(outcome, Subgoals) else ()
                if len(goals) != len(children):
                    raise BadInput(f"step {index} does not leave the goals that it left in the search")
                if following is not None:
                    goal = goals[children.index(following)]
        finally:
            session.close()
            apart.close()
        joint = next((goal.ref for goal in goals if len(goal.parts) == parts), None)
        if not isinstance(joint, LeanGoalRef) or joint.place is None:
            raise BadInput(f"step {step} leaves no {parts} goals that share metavariables")
        return joint.place.chosen


def _toolchain(project: str | None) -> Toolchain:
    if project is not None:
        return project_toolchain(Path(project))
    from .embedded.engine import toolchain

    return toolchain()


def _interaction(wanted: str | None, toolchain: Toolchain, memory_mb: float) -> Interaction:
    if wanted == "server":
        return Servers(toolchain, memory_mb)
    try:
        return Steppers(toolchain, stepper_of(toolchain), memory_mb)
    except ProverUnavailable:
        if wanted is not None:
            raise
        return Servers(toolchain, memory_mb)


def _verdict(finding: Finding, source: Source, block: Block, started: float) -> Verdict:
    elapsed_s = time.monotonic() - started
    if finding.status == "accepted":
        return Verdict("accepted", finding.reservation, elapsed_s=elapsed_s, axioms=finding.axioms)
    if finding.status == "unavailable":
        return Verdict.unavailable(finding.reason, elapsed_s)
    step = None
    if finding.line is not None:
        # Zero-based line of the file, to line of the block, which begins right after `:= by`.
        line = finding.line - source.with_proof("").count("\n") + 1
        step = block.step_of_line[line] if 0 <= line < len(block.step_of_line) else None
    return Verdict.refuse(finding.reason, step, elapsed_s)
