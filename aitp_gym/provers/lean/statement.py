"""A user's own statement: a proposition, a declaration, or a file that ends with one."""

from __future__ import annotations

from collections.abc import Mapping

from ...errors import StatementError
from ...proof import Theorem
from ...text import refuse_unsendable
from .declarations import Declaration, ends_statement, is_missing, stated, statement_name
from .lexer import without_comments
from .outline import THEOREMS, LeanWord, commands
from .source import Source

__all__ = ["SPELLINGS", "read_statement", "source_of"]

SPELLINGS: Mapping[str, str] = {
    **{"==>": "→", "<=>": "↔", "/\\": "∧", "\\/": "∨", "~": "¬", "⇒": "→", "⇔": "↔", "!": "∀", "?": "∃"},
}
"""What Lean writes for symbols of HOL provers; for `provers.pasted.pasted_hint`."""

_OPEN = "end it there, or with `:= sorry`"
_EXAMPLE = "`theorem t (n : Nat) : n + 0 = n`"


def read_statement(text: str, header: str = "") -> Source:
    """Take a statement apart.

    Args:
        text: a proposition (`∀ n : Nat, n + 0 = n`), a declaration without a proof or with `:= sorry` or `:= by sorry`,
            or a whole file whose last declaration is such a one. Comments may stand anywhere, and lines may end with a
            carriage return and a line feed; what closes a scope or asks something (`end A`, `#check t`) may follow.
        header: what stands before a statement that has no preamble of its own; empty, or ends with a line break.

    Raises:
        StatementError: it is empty, cannot be sent to Lean as it is, or does not end with a theorem that is open; the
            message says in one sentence what is wrong with the theorem at the end.
    """
    refuse_unsendable(text, "Lean")
    text = text.replace("\r\n", "\n").strip()
    found = [command for command in commands(text) if command.keyword != "end" and not command.keyword.startswith("#")]
    if not found:
        # `1 = 1` has no word in it.
        if commands(text) or not (proposition := without_comments(text).strip()):
            raise StatementError(f"Expected a proposition or a declaration such as {_EXAMPLE}, got {text[-200:]!r}.")
        return Source(header, f"theorem {statement_name(text)} : {proposition}")
    last = found[-1]
    if not last.keyword:
        return Source(header, f"theorem {statement_name(text)} : {_proposition(text, last.words)}")
    if last.keyword not in THEOREMS:
        raise StatementError(
            f"Expected a theorem at the end, such as {_EXAMPLE}; the text ends with `{_line(text[last.head :])}`."
        )
    declared = [declaration for declaration in stated(text) if declaration.start == last.start][-1]
    if reason := _objection(declared, text, last.words):
        raise StatementError(f"{reason}; got `{_line(text[declared.at :])}`.")
    before = text[: declared.start].strip("\n")
    return Source(before + "\n" if without_comments(before).strip() else header, declared.signature(text))


def source_of(theorem: Theorem, header: str = "") -> Source:
    """Where a theorem stands: its payload, or what its statement says of itself."""
    return theorem.payload if isinstance(theorem.payload, Source) else read_statement(theorem.statement, header)


def _proposition(text: str, words: tuple[LeanWord, ...]) -> str:
    proof = ends_statement(words)
    if not is_missing(proof):
        raise StatementError(f"Expected a proposition without a proof: {_OPEN}; got {text[-200:]!r}.")
    return without_comments(text[: proof[0].token.start] if proof else text).strip()


def _objection(declared: Declaration, text: str, words: tuple[LeanWord, ...]) -> str:
    """Why a declaration is no open theorem; empty if it is one."""
    if not declared.name:
        return f"Expected a name after `{declared.keyword}`; what has none is an `example`"
    if declared.mutual:
        return "Expected a theorem that stands alone: in a `mutual` block theorems prove each other"
    depth = 0
    for word in words:
        depth += word.depth
        if word.token.start >= declared.statement_end:
            break
        if depth == 0 and word.is_symbol(":"):
            if declared.unproved:
                return ""
            return f"Expected the theorem at the end, `{declared.name}`, without a proof: {_OPEN}"
    return f"Expected the theorem at the end to state something after a colon, as {_EXAMPLE} does"


def _line(text: str) -> str:
    """A text on one line, as far as an error message shows it."""
    words = " ".join(text.split())
    return words if len(words) <= 120 else words[:120] + " …"
