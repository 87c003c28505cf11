"""Whether a tactic's text can stay in its place: what a reader without Lean's parser can tell.

A gate, not a proof of innocence: it keeps honest mistakes from spoiling the document that they share with others, and
names the reason. What gets through is still read by its place in the document, and a proof that counts was checked from
the compiled constants, where no trick with text can reach.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...proof import Failure

__all__ = ["MAX_CHARACTERS", "misplaced"]

_PAIRS = {")": "(", "]": "[", "}": "{", "⟩": "⟨"}
_OPENING = frozenset(_PAIRS.values())
# Characters that show one text and mean another.
_HIDDEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_TOKEN = re.compile(
    r"""
    (?P<line>--[^\n]*)
  | (?P<open>/-)
  | (?P<close>-/)
  | (?P<raw>\br(?P<hashes>\#*)")
  | (?P<string>")
  | (?P<character>(?<![\w'!?])'(?:\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)|[^\\'\n])')
  | (?P<quoted>«[^»\n]*»)
  | (?P<guillemet>[«»])
  | (?P<word>\#?(?:[^\W\d]|_)[\w'!?₀-₉]*(?:\.(?:[^\W\d]|_)[\w'!?₀-₉]*)*)
  | (?P<bracket>[()\[\]{}⟨⟩])
    """,
    re.VERBOSE,
)
_STRING_END = re.compile(r'(?:[^"\\]|\\.)*"', re.DOTALL)
_COMMENT_PART = re.compile(r"/-|-/")

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
    if len(text) > max_characters:
        return Failure("parse", f"the text has {len(text)} characters; {max_characters} are read at most")
    if match := _HIDDEN.search(text):
        return Failure("parse", f"character {match[0]!r} is not allowed in a tactic")
    if not text.strip():
        return Failure("parse", "the tactic is empty")
    depth: list[str] = []
    for kind, word, end in _tokens(text):
        if kind == "bracket":
            if word in _OPENING:
                depth.append(word)
            elif not depth or depth.pop() != _PAIRS[word]:
                return Failure("parse", f"`{word}` closes nothing")
        elif kind == "word":
            if reason := _objection(word, text[end:].partition("\n")[0]):
                return Failure("forbidden", reason)
        elif kind != "skipped":
            return Failure("parse", kind)
    return Failure("parse", f"`{depth[-1]}` is not closed") if depth else None


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


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    """Kind, text and end of each token that matters; the kind is a complaint where the text breaks off."""
    place = 0
    while match := _TOKEN.search(text, place):
        kind, place = str(match.lastgroup if match["raw"] is None else "raw"), match.end()
        if kind == "open":
            place = _comment_end(text, place)
            kind = "skipped"
        elif kind == "raw":
            place = text.find('"' + match["hashes"], place) + 1 + len(match["hashes"])
            kind = "skipped" if place > match.end() else "a string is not closed"
        elif kind == "string":
            closed = _STRING_END.match(text, place)
            # Some strings hold terms in braces, with strings of their own: where those end takes Lean's parser.
            if closed is not None and "{" in closed[0]:
                kind = "a string may not hold `{`"
            else:
                kind, place = ("skipped", closed.end()) if closed else ("a string is not closed", 0)
        elif kind == "close":
            kind = "`-/` closes no comment"
        elif kind == "guillemet":
            kind = "`«` and `»` do not match"
        elif kind in ("line", "character", "quoted"):
            kind = "skipped"
        if kind == "skipped" and place <= 0:
            kind = "a comment is not closed"
        yield kind, match[0], place
        if kind not in ("skipped", "word", "bracket"):
            return


def _comment_end(text: str, place: int) -> int:
    """Where a comment ends whose opening ends at `place`; comments nest. 0 if it does not end."""
    depth = 1
    while depth:
        match = _COMMENT_PART.search(text, place)
        if match is None:
            return 0
        depth += 1 if match[0] == "/-" else -1
        place = match.end()
    return place
