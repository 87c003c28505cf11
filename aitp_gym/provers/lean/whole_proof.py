"""Whole proofs of Lean as text: a term, a `by` block, or a file that ends with the theorem."""

from __future__ import annotations

import textwrap

from ...errors import BadInput
from ...proof import Proof, ProofStep
from .declarations import Declaration, stated
from .lexer import without_comments
from .outline import LeanCommand, commands, words_of
from .source import Source

__all__ = ["read_proof"]

# Commands of a file that declare nothing.
_HARMLESS = frozenset(
    (
        *("import", "prelude", "open", "namespace", "section", "end", "universe", "variable", "variables"),
        *("set_option", "include", "omit"),
    )
)


def read_proof(source: Source, text: str) -> Proof:
    """A proof as one step: the block that stands under `by`.

    Of a file only the last theorem's proof is taken, and checked in the statement's own place: what the file says
    before it counts for nothing.

    Args:
        source: the theorem.
        text: what may stand after `:=`, with or without that; or a file.

    Raises:
        BadInput: it cannot be read as a proof of this theorem; the message says why.
    """
    outline = commands(text)
    if any(command.keyword in ("theorem", "lemma", "example") for command in outline):
        text = _of_file(source, text, outline)
    words = words_of(text)
    if words and words[0].is_symbol(":="):
        # Spaces in its place, so that lines keep theirs.
        text = f"{text[: words[0].token.start]}  {text[words[0].token.end :]}"
        words = words[1:]
    if not without_comments(text).strip():
        raise BadInput("the proof is empty")
    if not words:
        return _block("exact (" + text.strip("\n") + "\n)")
    if words[0].is_symbol("|") or words[0].is_name("where"):
        raise BadInput(
            f"a proof that begins with `{words[0].text}` is not read: write a term, or a block that begins with `by`"
        )
    if words[0].is_name("by"):
        return _block(_behind_by(text, words[0].token.start, words[0].token.end))
    return _block("exact (" + text.strip("\n") + "\n)")


def _behind_by(text: str, start: int, end: int) -> str:
    """The tactics of a block, whose first may stand on the line of its `by`."""
    # As many spaces as there were characters, so that it keeps its place among the lines below.
    column = start - (text.rfind("\n", 0, start) + 1)
    return textwrap.dedent(" " * (column + end - start) + text[end:]).strip("\n")


def _block(tactics: str) -> Proof:
    if not without_comments(tactics).strip():
        raise BadInput("the proof is empty")
    return Proof((ProofStep(tactics, "", ()),))


def _of_file(source: Source, text: str, outline: tuple[LeanCommand, ...]) -> str:
    """The proof of the last theorem of a file, which has to be the one that is to be proved."""
    declared = list(stated(text))
    last = declared[-1]
    if _statement(last.signature(text)) != _statement(source.signature):
        raise BadInput(f"the file ends with another theorem: `{_short(last.signature(text))}`")
    if last.statement_end >= last.end:
        raise BadInput(f"the file's theorem `{_short(last.signature(text))}` has no proof")
    known = set(map(_bare, (source.preamble[c.head : c.end] for c in commands(source.preamble))))
    for command in outline:
        if command.head == last.statement or command.keyword in _HARMLESS or command.keyword.startswith("#"):
            continue
        if command.keyword and _bare(text[command.head : command.end]) not in known:
            what = _short(text[command.head : command.end])
            raise BadInput(f"the file declares `{what}` beside the theorem; what a proof needs has to be in it")
    return _proof(last, text)


def _proof(declaration: Declaration, text: str) -> str:
    """What stands behind a statement, with its lines as they were."""
    place = declaration.statement_end
    column = place - (text.rfind("\n", 0, place) + 1)
    return " " * column + text[place : declaration.end].rstrip()


def _statement(signature: str) -> str:
    """What a theorem states, without its modifiers and its name, in a form in which it can be compared."""
    last = commands(signature)[-1]
    after = last.name.token.end if last.name is not None and last.keyword != "example" else last.words[0].token.end
    return _bare(signature[after:])


def _bare(text: str) -> str:
    return " ".join(without_comments(text).split())


def _short(text: str) -> str:
    words = _bare(text)
    return words if len(words) <= 120 else words[:120] + " …"
