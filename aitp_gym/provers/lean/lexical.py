"""Gate for the text of tactics: what a reader without Lean's parser can refuse.

A gate, not a proof of innocence: it keeps honest mistakes from spoiling the document that they share with others, and
names the reason. What gets through is still read by its place in the document, and a proof that counts was checked from
the compiled constants, where no trick with text can reach.
"""

from __future__ import annotations

import re

from ...proof import Failure
from .lexer import Token, tokens

__all__ = ["MAX_CHARACTERS", "forbidden", "misplaced"]

_PAIRS = {")": "(", "]": "[", "}": "{", "⟩": "⟨", "⦄": "⦃"}
_OPENING = frozenset(_PAIRS.values())
# Characters that show one text and mean another; a carriage return may end a line together with a line feed.
_HIDDEN = re.compile(r"\r(?!\n)|[\x00-\x09\x0b\x0c\x0e-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
# Every word that begins a command, or stands before one.
_COMMAND_WORDS = (
    "abbrev attribute axiom binder_predicate builtin_initialize class coinductive declare_syntax_cat def deriving elab "
    "elab_rules end example export extend_docs import include inductive infix infixl infixr initialize instance lemma "
    "macro macro_rules mutual namespace noncomputable notation omit opaque partial postfix prefix prelude private "
    "protected public run_cmd run_elab run_meta scoped section simproc structure syntax theorem universe unif_hint "
    "unsafe variable"
)
_COMMANDS = frozenset(_COMMAND_WORDS.split())
_UNPROVED = frozenset(("sorry", "admit", "sorryAx", "native_decide", "stop"))
_CODE = frozenset(("run_tac", "by_elab", "decl_name%"))
_SCOPED = frozenset(("open", "set_option"))


MAX_CHARACTERS = 64 * 1024


def misplaced(text: str, max_characters: int = MAX_CHARACTERS) -> Failure | None:
    """Why a text is no tactic that stays in its place; `None` if nothing is wrong with it.

    Comments, strings and brackets have to be closed where they were opened, no word may begin a command, declare
    anything or leave something unproved, and what is set or opened has to be so for a tactic only (`open … in`).

    Args:
        text: one tactic, or several joined by `;` or line breaks.
        max_characters: how long it may be.
    """
    if failure := _unreadable(text, max_characters):
        return failure
    depth: list[str] = []
    for token in tokens(text):
        word = text[token.start : token.end]
        if token.kind == "bracket":
            if word in _OPENING:
                depth.append(word)
            elif not depth or depth.pop() != _PAIRS[word]:
                return Failure("parse", f"`{word}` closes nothing")
        elif token.kind == "name":
            if reason := _objection(word, text[token.end :].partition("\n")[0]):
                return Failure("forbidden", reason)
        elif complaint := _complaint(token, word):
            return Failure("parse", complaint)
    return Failure("parse", f"`{depth[-1]}` is not closed") if depth else None


def forbidden(text: str) -> Failure | None:
    """Why a text may not be tried even where it is read alone; `None` if nothing is wrong with it.

    Where Lean's own parser says whether a text is a tactic to its end, only what it may not hold is left to refuse.
    """
    if failure := _unreadable(text, MAX_CHARACTERS):
        return failure
    for token in tokens(text):
        if token.kind == "name":
            word = text[token.start : token.end]
            if reason := _objection(word, text[token.end :].partition("\n")[0]):
                return Failure("forbidden", reason)
    return None


def _unreadable(text: str, max_characters: int) -> Failure | None:
    if len(text) > max_characters:
        return Failure("parse", f"the text has {len(text)} characters; {max_characters} are read at most")
    if match := _HIDDEN.search(text):
        return Failure("parse", f"character {match[0]!r} is not allowed in a tactic")
    return None if text.strip() else Failure("parse", "the tactic is empty")


def _complaint(token: Token, word: str) -> str:
    """What is wrong with a token that is neither a name nor a bracket; empty if nothing is."""
    if token.kind == "stray":
        return "`-/` closes no comment" if word == "-/" else "`«` and `»` do not match"
    if not token.closed:
        return f"a {'comment' if token.kind == 'comment' else 'string'} is not closed"
    # Some strings hold terms in braces, with strings of their own: where those end takes Lean's parser.
    return "a string may not hold `{`" if token.kind == "string" and "{" in word else ""


def _objection(word: str, rest_of_line: str) -> str:
    if word in _COMMANDS or word.startswith("#"):
        return f"`{word}` begins a command: a tactic declares nothing"
    if word in _UNPROVED:
        return f"`{word}` leaves something that the kernel does not check"
    if word in _CODE:
        return f"`{word}` runs code of the candidate's own"
    if word in _SCOPED and not re.search(r"\bin\b", rest_of_line):
        return f"`{word}` without `in`: a tactic changes nothing beyond itself"
    return ""
