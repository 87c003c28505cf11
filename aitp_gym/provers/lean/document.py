"""Documents for the language server with a copy of the theorem for each candidate, and the reading of its messages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ...proof import Failure, FailureKind
from .goals import EXACTLY, WHOLE, LeanGoal, parse_state
from .lsp import Diagnostic
from .script import Place, path_lines, wrapped
from .source import Source

__all__ = ["CandidateDocument", "Copy", "Reading", "compose", "read"]

_TRACE = f"  {WHOLE} trace_state"
_TRACE_EXACT = f"  {EXACTLY} trace_state"
_REST = "  all_goals sorry"
_UNSOLVED = "unsolved goals"
_TIMEOUT = "(deterministic) timeout"
# How the messages of Lean's parser begin; nothing else marks them.
_PARSE = re.compile(
    r"unexpected (?:token|identifier|end of input|character)|expected (?:command|term|tactic|identifier|token|')"
    r"|unknown tactic|unterminated |missing end of |invalid escape "
)
_MAX_MESSAGE = 2000


@dataclass(frozen=True, slots=True)
class Copy:
    """Lines of one copy of the theorem, zero-based: the first, the one after the last, and those of the two prints."""

    first: int
    end: int
    plain: int
    exact: int


@dataclass(frozen=True, slots=True)
class CandidateDocument:
    """A document with a copy of the theorem for each candidate."""

    text: str
    copies: tuple[Copy, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """Outcome of a candidate: the goals that it left, or the reason why it failed."""

    goals: tuple[LeanGoal, ...] | None
    failure: Failure | None = None


def compose(source: Source, path: Place | None, candidates: Sequence[str], max_heartbeats: int) -> CandidateDocument:
    """A document that applies each candidate to the goal at the end of a path.

    Each candidate has a copy of the theorem to itself, under another name, so that none sees what another does, and is
    in parentheses, so that nothing that follows can become a part of it. The state that it leaves is printed twice: as
    users read it and as exactly as Lean can.

    Args:
        source: of the theorem.
        path: from the theorem to the goal; `None` for the theorem's own.
        candidates: tactics that are well nested.
        max_heartbeats: Lean's own limit for one copy (thousands of small allocations).
    """
    way = path_lines(path)
    # Not `splitlines`, which breaks lines where Lean does not.
    lines = source.preamble.removesuffix("\n").split("\n") if source.preamble else []
    copies = []
    for number, candidate in enumerate(candidates):
        first = len(lines)
        lines.append(f"set_option maxHeartbeats {max_heartbeats} in")
        lines += f"{source.renamed(number)} := by".split("\n")
        lines += way
        lines += wrapped(candidate, "  ")
        copies.append(Copy(first, len(lines) + 3, len(lines), len(lines) + 1))
        lines += (_TRACE, _TRACE_EXACT, _REST)
    return CandidateDocument("\n".join([*lines, ""]), tuple(copies))


def read(copy: Copy, diagnostics: Sequence[Diagnostic], *, settled: bool) -> Reading | None:
    """What the messages so far say about one copy; `None` if they do not say yet.

    Args:
        copy: whose lines to look at.
        diagnostics: of the whole document.
        settled: whether there will be no further ones.
    """
    own = [d for d in diagnostics if copy.first <= d.line < copy.end]
    if errors := [d.message for d in own if d.severity == "error"]:
        # A proof that breaks off leaves goals; what broke it says more.
        said = next((message for message in errors if not message.startswith(_UNSOLVED)), errors[0])
        return Reading(None, Failure(_kind(said), said[:_MAX_MESSAGE]))
    prints = {d.line: d.message for d in own if d.severity == "information" and d.line in (copy.plain, copy.exact)}
    if len(prints) == 2:
        try:
            return Reading(parse_state(prints[copy.plain], prints[copy.exact]))
        except ValueError as error:
            return Reading(None, Failure("rejected", f"Lean's print of the goals cannot be read: {error}"))
    if settled:
        return Reading(None, Failure("forbidden", "the tactic left its place: what follows it was not reached"))
    return None


def _kind(message: str) -> FailureKind:
    if _TIMEOUT in message:
        return "timeout"
    return "parse" if _PARSE.match(message) else "rejected"
