"""Top-level phrases of HOL Light's sources, and the names each of them binds.

This is a lexer, not a parser: it knows comments, strings, characters and backquotes, which is what it takes to find the
`;;` that end phrases and the names after `let`. Mistakes do no harm: the server compares the value a name has after
the phrase found here with the value it has in the end (`ocaml/track.ml`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

__all__ = ["Phrase", "split"]

_TOKEN = re.compile(
    r"""(?P<comment>\(\*(?!\)))
      | (?P<string>"(?:\\.|[^"\\])*")
      | (?P<quotation>`[^`]*`)
      | (?P<character>'(?:\\(?:[0-9]{3}|x[0-9A-Fa-f]{2}|.)|[^\\'\n])')
      | (?P<word>[A-Za-z_][A-Za-z0-9_']*)
      | (?P<end>;;)
      | (?P<symbol>[^\sA-Za-z_])
    """,
    re.VERBOSE | re.DOTALL,
)
_IN_COMMENT = re.compile(r"""(?P<open>\(\*)|(?P<close>\*\))|"(?:\\.|[^"\\])*"|'"'""", re.DOTALL)


@dataclass(frozen=True)
class Phrase:
    """One top-level phrase: its text without the final `;;`, and its words and symbols without comments."""

    text: str
    tokens: tuple[str, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names that the phrase binds at top level, in order."""
        return tuple(dict.fromkeys(_bound(self.tokens))) if self.tokens[:1] == ("let",) else ()


def split(source: str) -> list[Phrase]:
    """Cut a source file into its phrases; comments stay with the phrase that follows them."""
    phrases = []
    start = position = 0
    tokens: list[str] = []
    while found := _TOKEN.search(source, position):
        position = found.end()
        if found.lastgroup == "comment":
            position = _comment_end(source, position)
        elif found.lastgroup == "end":
            phrases.append(Phrase(source[start : found.start()], tuple(tokens)))
            start, tokens = position, []
        else:
            tokens.append(found.group())
    if tokens:
        phrases.append(Phrase(source[start:], tuple(tokens)))
    return phrases


def _comment_end(source: str, position: int) -> int:
    """Where the comment ends whose opening was just read; comments nest."""
    depth = 1
    while depth and (found := _IN_COMMENT.search(source, position)):
        depth += {"open": 1, "close": -1}.get(found.lastgroup or "", 0)
        position = found.end()
    return position


def _bound(tokens: tuple[str, ...]) -> list[str]:
    """Names bound by `let ... and ...`; a `let` that is closed by an `in` binds nothing at top level."""
    names: list[str] = []
    open_lets = 0
    for i, token in enumerate(tokens):
        if token == "let":
            open_lets += 1
        elif token == "in":
            open_lets -= 1
            if open_lets == 0:
                names.clear()
        if (token == "let" or token == "and") and open_lets == 1:
            names += _pattern(tokens, i + 2 if tokens[i + 1 : i + 2] == ("rec",) else i + 1)
    return names


def _pattern(tokens: tuple[str, ...], start: int) -> Iterator[str]:
    """Names in the pattern that begins at `start` and ends before its `=`."""
    is_word = [bool(re.match(r"[A-Za-z_]", token)) for token in tokens[start : start + 2]]
    if is_word[:1] == [True] and tokens[start + 1 : start + 2] not in ((",",), ("=",), (":",)):
        yield tokens[start]  # a function: what follows are its parameters
        return
    if tokens[start : start + 1] == ("(",) and tokens[start + 2 : start + 3] == (")",):
        return  # an infix operator
    depth, type_depth = 0, None  # brackets open here, and where the type began that is being skipped
    for token in tokens[start:]:
        if token == "=" and depth == 0:
            return
        depth += (token in "([") - (token in ")]")
        if type_depth is not None and (depth < type_depth or (token in ",;" and depth == type_depth)):
            type_depth = None
        if token == ":" and type_depth is None:
            type_depth = depth
        elif type_depth is None and re.match(r"[A-Za-z_]", token):
            yield token
