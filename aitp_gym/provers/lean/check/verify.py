"""The independent check of a Lean proof: compiled anew, compared as data, and checked by the kernel alone."""

from __future__ import annotations

import signal
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ....errors import BadInput, ProverUnavailable
from ...process import Deadline
from ..source import Source
from ..toolchain import Toolchain
from .audit import Refused, audit, refuse_builtins
from .axioms import axiom_reason
from .compiler import compile_file
from .constants import Constant
from .gate import objection
from .objects import Region
from .olean import Module
from .replay import replay
from .second_opinion import Opinion, OpinionUnavailable, ask
from .statement import CompiledStatement, compile_statement
from .terms import Terms
from .watch import Allowance, Ended

__all__ = ["Accepted", "CheckAllowance", "CheckUnavailable", "Finding", "examine", "judge", "verify"]

# Wall time is a backstop only: on a machine that others use too, the same proof takes longer.
_WALL_FACTOR = 2.0
_GRACE_S = 2.0
# Other checkers compile everything anew, and export it besides: wall seconds for each CPU second of ours.
_OPINION_FACTOR = 10.0


@dataclass(frozen=True, slots=True)
class Finding:
    """Finding of the check on one candidate.

    Attributes:
        status: `accepted`; `refused`: it is no proof; `unavailable`: that could not be found out.
        reason: why not, in words; empty when accepted.
        line: line of the file, from 0, that is to blame, where one is.
        elapsed_s: wall seconds.
        axioms: names of the axioms that an accepted proof rests on.
        declares: what the statement's own file declares before the theorem, each with its kind, such as `axiom bad`.
        reservation: why an accepted proof does not count in reports; empty if it does.
    """

    status: Literal["accepted", "refused", "unavailable"]
    reason: str = ""
    line: int | None = None
    elapsed_s: float = 0.0
    axioms: tuple[str, ...] = ()
    declares: tuple[str, ...] = ()
    reservation: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """Facts about an accepted proof.

    Attributes:
        axioms: names of the axioms that it rests on.
        statement: what it proves.
    """

    axioms: tuple[str, ...]
    statement: CompiledStatement

    @property
    def reservation(self) -> str:
        """Why it does not count in reports; empty if it does."""
        if not self.statement.axioms:
            return ""
        return f"the statement's file declares axioms: {', '.join(self.statement.axioms)}"


@dataclass(frozen=True, slots=True)
class CheckAllowance:
    """Time and memory that a check has left.

    Attributes:
        cpu_s: CPU seconds.
        deadline: when the machine has kept it waiting for too long.
        memory_mb: resident memory of each process.
    """

    cpu_s: float
    deadline: Deadline
    memory_mb: float

    @property
    def allowance(self) -> Allowance:
        """For the next process."""
        return Allowance(self.cpu_s, self.deadline.left(), self.memory_mb)

    def after(self, ended: Ended) -> CheckAllowance:
        """What is left after a process."""
        return CheckAllowance(max(0.1, self.cpu_s - ended.cpu_s), self.deadline, self.memory_mb)


class CheckUnavailable(Exception):
    """Raised where the machine, and not the proof, is in the way."""


def verify(
    toolchain: Toolchain,
    source: Source,
    body: str,
    timeout_s: float,
    *,
    memory_mb: float = 4096,
    scratch: Path | None = None,
    opinions: Sequence[Opinion] = (),
) -> Finding:
    """Check a proof of a theorem.

    The text is compiled in a fresh process in a sandbox. Nothing that this process says can make a proof count: what it
    leaves is read as data, has to declare the theorem with the very statement and everything before it as it was, and
    is checked by the kernel in another process where no code of the candidate runs. The axioms that it rests on have
    to be among Lean's three.

    Args:
        toolchain: which Lean.
        source: the theorem and what stands before it, which are trusted.
        body: the tactic block, each line indented by two spaces or more.
        timeout_s: CPU seconds that the proof may take to be compiled and checked. If the machine does not grant them in
            twice that time, the check is unavailable.
        memory_mb: resident memory that a process may hold.
        scratch: folder for temporary files; the system's own if `None`.
        opinions: other checkers, which are asked if this one accepts.
    """
    started = time.monotonic()

    def finding(status: Literal["refused", "unavailable"], reason: str, line: int | None = None) -> Finding:
        return Finding(status, reason, line, time.monotonic() - started)

    try:
        if unread := objection(body):
            reason, line = unread
            raise Refused(reason, None if line is None else source.with_proof("").count("\n") - 1 + line)
        found = examine(toolchain, source, body, timeout_s, memory_mb, scratch, opinions)
    except Refused as error:
        return finding("refused", str(error), error.line)
    except (CheckUnavailable, OpinionUnavailable, ProverUnavailable, BadInput, OSError) as error:
        return finding("unavailable", str(error))
    return Finding(
        "accepted",
        elapsed_s=time.monotonic() - started,
        axioms=found.axioms,
        declares=found.statement.declares,
        reservation=found.reservation,
    )


def examine(
    toolchain: Toolchain,
    source: Source,
    body: str,
    timeout_s: float,
    memory_mb: float = 4096,
    scratch: Path | None = None,
    opinions: Sequence[Opinion] = (),
) -> Accepted:
    """Check a proof without a look at its text: what `verify` rests on.

    Raises:
        Refused: it is no proof.
        CheckUnavailable: the machine was in the way.
        OpinionUnavailable: another checker was to be asked, and could not be.
        BadInput: the statement itself does not compile.
    """
    with tempfile.TemporaryDirectory(prefix="aitp-lean-", dir=scratch) as name:
        folder = Path(name)
        statement = compile_statement(toolchain, source, folder, timeout_s, memory_mb)
        limits = CheckAllowance(timeout_s, Deadline.after(_WALL_FACTOR * timeout_s + _GRACE_S), memory_mb)
        (folder / "candidate").mkdir()
        compiled = compile_file(toolchain, source.with_proof(body), folder / "candidate", limits.allowance)
        _insist(compiled.ended, "to compile", timeout_s, memory_mb)
        if errors := compiled.errors():
            inside = [error for error in errors if error.line >= statement.body_line]
            raise Refused(f"Lean reports: {_brief((inside or errors)[0].text)}", (inside or errors)[0].line)
        for message in compiled.messages:
            if message.kind == "hasSorry" and message.line >= statement.first_line:
                raise Refused("the proof leaves something unproved (`sorry`)", message.line)
        if compiled.olean is None:
            raise Refused(
                f"Lean compiled nothing and ended with status {compiled.ended.status}: {_brief(compiled.ended.said)}"
            )
        axioms = judge(toolchain, statement, compiled.olean, limits.after(compiled.ended), folder)
        ask(opinions, toolchain, source, body, statement, compiled.olean, folder, _OPINION_FACTOR * timeout_s)
        return Accepted(axioms, statement)


def judge(
    toolchain: Toolchain, statement: CompiledStatement, olean: bytes, limits: CheckAllowance, folder: Path
) -> tuple[str, ...]:
    """Decide whether a compiled module proves a statement, whoever made it.

    Args:
        toolchain: whose kernel to ask.
        statement: what is to be proved.
        olean: the bytes of the module.
        limits: what the kernel may use.
        folder: for temporary files; nobody else may write to it.

    Returns:
        Names of the axioms that the proof rests on.

    Raises:
        Refused: it does not prove it.
        CheckUnavailable: the kernel could not be asked.
    """
    terms = Terms()
    reference = Module(Region(Path("the statement"), statement.olean), terms)
    reference.constants()
    refuse_builtins(reference)
    theorem = statement.theorem(terms)
    try:
        candidate = Module(Region(Path("the proof"), olean), terms)
        new = frozenset(audit(reference, candidate, theorem))
    except BadInput as error:
        raise Refused(str(error)) from error

    def find(name: int) -> Constant | None:
        if name in new:
            return candidate.constant(name)
        return reference.constant(name) if name in reference else None

    checked = replay(toolchain, terms, new, find, reference.imports, folder, limits.allowance)
    if not checked.finished:
        _insist(checked.ended, "to check", limits.cpu_s, limits.memory_mb)
        raise CheckUnavailable(
            f"the kernel's process ended with status {checked.ended.status}: {_brief(checked.ended.said)}"
        )
    if reason := checked.reason or axiom_reason(terms, checked.axioms):
        raise Refused(reason)
    return tuple(sorted(terms.show(axiom.name) for axiom in checked.axioms))


def _insist(ended: Ended, doing: str, cpu_s: float, memory_mb: float) -> None:
    """Object to a process that did not end by itself."""
    if ended.used_up == "cpu" or ended.status == -signal.SIGXCPU:
        raise Refused(f"the proof takes more than {cpu_s:.1f} CPU seconds {doing}")
    if ended.used_up == "memory":
        raise Refused(f"the proof takes more than {memory_mb:.0f} MB of memory {doing}")
    if ended.used_up == "wall":
        raise CheckUnavailable(
            f"the machine granted {ended.cpu_s:.1f} CPU seconds in {ended.wall_s:.1f} s, too few {doing} the proof"
        )
    if ended.status == -signal.SIGXFSZ:
        raise Refused(f"the proof writes more than it may {doing}")
    if ended.status < 0:
        raise Refused(f"the process {doing} the proof ended with signal {-ended.status}")


def _brief(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 300 else words[:300] + " …"
