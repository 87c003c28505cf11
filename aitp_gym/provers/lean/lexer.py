"""Tokens of Lean text, as far as they can be told apart without Lean's parser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = ["Token", "TokenKind", "masked", "tokens", "without_comments"]

TokenKind: TypeAlias = Literal["comment", "string", "raw string", "character", "name", "bracket", "symbol", "stray"]

# Letters and the like, as Lean's identifiers have them; a part may also stand in guillemets.
_PART = r"(?:«[^»\n]*»|(?:[^\W\d]|_)[\w'!?₀-₉]*)"
_START = re.compile(
    rf"""
    (?P<line>--[^\n]*)
  | (?P<comment>/-)
  | (?P<raw>(?<![\w'!?])r(?P<hashes>\#*)")
  | (?P<string>")
  | (?P<character>(?<![\w'!?])'(?:\\(?:x[0-9a-fA-F]{{2}}|u[0-9a-fA-F]{{4}}|.)|[^\\'\n])')
  | (?P<name>\#?{_PART}(?:\.{_PART})*)
  | (?P<bracket>[()\[\]{{}}⟨⟩⦃⦄])
  | (?P<symbol>:=|=>|[:|@])
  | (?P<stray>-/(?!-)|[«»])
    """,
    re.VERBOSE,
)
_STRING_END = re.compile(r'(?:[^"\\]|\\.)*"', re.DOTALL)
_COMMENT_PART = re.compile(r"/-|-/")
_NOT_NEWLINE = re.compile(r"[^\n]")


@dataclass(frozen=True, slots=True)
class Token:
    """A token, or what would be one if it ended.

    Attributes:
        kind: `name` for identifiers and keywords, with a `#` that begins them; `symbol` for those by which the parts of
            a declaration are told apart (`:`, `:=`, `=>`, `|`, `@`); `stray` for what closes or opens nothing (`-/`,
            `«`, `»`).
        start: offset where it begins.
        end: offset after it; the end of the text if it is not closed.
        closed: whether a comment or string ends.
    """

    kind: TokenKind
    start: int
    end: int
    closed: bool = True


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a text in order; numbers, other symbols and white space are none.

    Comments nest. A string that holds terms in braces (`s!"{x}"`) is read as a plain one: where those terms end takes
    Lean's parser.
    """
    place = 0
    while match := _START.search(text, place):
        token = _token(text, match)
        yield token
        place = token.end


def masked(text: str) -> str:
    """The text with spaces for whatever stands in comments, strings and character literals; of the same length."""
    parts: list[str] = []
    place = 0
    for token in tokens(text):
        if token.kind in ("comment", "string", "raw string", "character"):
            parts += (text[place : token.start], _NOT_NEWLINE.sub(" ", text[token.start : token.end]))
            place = token.end
    return "".join([*parts, text[place:]])


def without_comments(text: str) -> str:
    """The text without its comments; strings stay."""
    parts: list[str] = []
    place = 0
    for token in tokens(text):
        if token.kind == "comment":
            parts += (text[place : token.start], " ")
            place = token.end
    return "".join([*parts, text[place:]])


def _token(text: str, match: re.Match[str]) -> Token:
    start, end = match.span()
    if match["line"] is not None:
        return Token("comment", start, end)
    if match["comment"]:
        return _ending("comment", text, start, _comment_end(text, end))
    if match["raw"]:
        closing = '"' + match["hashes"]
        found = text.find(closing, end)
        return _ending("raw string", text, start, None if found < 0 else found + len(closing))
    if match["string"]:
        closed = _STRING_END.match(text, end)
        return _ending("string", text, start, None if closed is None else closed.end())
    kind: TokenKind = "character"
    if match["name"]:
        kind = "name"
    elif match["bracket"]:
        kind = "bracket"
    elif match["symbol"]:
        kind = "symbol"
    elif match["stray"]:
        kind = "stray"
    return Token(kind, start, end)


def _ending(kind: TokenKind, text: str, start: int, end: int | None) -> Token:
    return Token(kind, start, len(text), closed=False) if end is None else Token(kind, start, end)


def _comment_end(text: str, place: int) -> int | None:
    """Where a comment ends whose opening ends at `place`; `None` if it does not."""
    depth = 1
    while depth:
        part = _COMMENT_PART.search(text, place)
        if part is None:
            return None
        depth += 1 if part[0] == "/-" else -1
        place = part.end()
    return place
