"""HOL terms, read from typed S-expressions.

A term is `(v TYPE NAME)`, `(c TYPE NAME)`, `(a FUNCTION ARGUMENT)` or `(l VARIABLE BODY)`, as in HOList
(https://arxiv.org/abs/1904.03241). This is the only reader of that notation. It takes time linear in the text and does
not recurse: statements nest thousands of levels deep.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import Literal

from ..errors import StatementError

__all__ = ["HolTerm", "constants", "is_hol", "parse_hol", "subterms"]

_TOKEN = re.compile(r"[()]|[^\s()]+")
_LEAVES: dict[str, Literal["constant", "variable"]] = {"c": "constant", "v": "variable"}


class HolTerm:
    """HOL term in spine form: a head and the arguments that it is applied to.

    Attributes:
        kind: what the head is.
        name: name of the constant or variable; empty for an abstraction.
        head: name of the constant, `_` for a variable, `λ` for an abstraction.
        type: type of the head as an S-expression in canonical spacing; empty for an abstraction.
        operator: outermost operator of that type (`fun`, `num`, ...), or the type variable.
        variable: variable that an abstraction binds, else `None`.
        body: body of an abstraction, else `None`.
        args: arguments, in order.
        height: greatest number of abstractions nested in each other in the whole term.
    """

    __slots__ = ("args", "body", "head", "height", "kind", "name", "operator", "type", "variable")

    def __init__(
        self,
        kind: Literal["constant", "variable", "abstraction"],
        name: str = "",
        type_: str = "",
        variable: HolTerm | None = None,
        body: HolTerm | None = None,
    ) -> None:
        self.kind = kind
        self.name = name
        self.head = name if kind == "constant" else "_" if kind == "variable" else "λ"
        self.type = type_
        self.operator = type_.lstrip("(").partition(" ")[0].rstrip(")")
        self.variable = variable
        self.body = body
        self.args: list[HolTerm] = []
        self.height: int = 0 if body is None else body.height + 1

    @property
    def children(self) -> list[HolTerm]:
        """Body, if the head is an abstraction, and arguments."""
        return self.args if self.body is None else [self.body, *self.args]


def parse_hol(text: str) -> HolTerm:
    """Read a term.

    Args:
        text: typed S-expression. A type may be any atom or balanced expression.

    Raises:
        StatementError: the text is not of that form.
    """
    tokens = _TOKEN.findall(text)
    types: dict[str, str] = {}
    # Applications and abstractions that are not complete: whether it is an application, and its first part once read.
    pending: list[tuple[bool, HolTerm | None]] = []
    at = 0
    try:
        while True:
            _expect(text, tokens, at, "(", "a term")
            kind = tokens[at + 1]
            if kind in ("a", "l"):
                pending.append((kind == "a", None))
                at += 2
                continue
            term, at = _leaf(text, tokens, at + 1, types)
            # What is complete goes into what waits for it, which may thereby be complete too.
            while pending:
                applies, first = pending.pop()
                if first is None:
                    if not applies and (term.kind != "variable" or term.args):
                        raise _unexpected(text, at - 1, "a variable to bind")
                    pending.append((applies, term))
                    break
                term = _joined(applies, first, term)
                _expect(text, tokens, at, ")")
                at += 1
            else:
                if at < len(tokens):
                    raise _unexpected(text, at, "the end of the text")
                return term
    except IndexError:
        raise _unexpected(text, len(tokens), "more") from None


def is_hol(text: str) -> bool:
    """Whether a text is one whole typed S-expression, and not a term in usual notation such as `(a ==> b)`."""
    try:
        parse_hol(text)
    except StatementError:
        return False
    return True


def _leaf(text: str, tokens: list[str], at: int, types: dict[str, str]) -> tuple[HolTerm, int]:
    """Constant or variable whose first letter stands at a place, and the place after it."""
    if tokens[at] not in _LEAVES:
        raise _unexpected(text, at, "one of `v`, `c`, `a`, `l`")
    end = _after_type(tokens, at + 1)
    spelt = " ".join(tokens[at + 1 : end])
    type_ = types.get(spelt) or types.setdefault(spelt, spelt.replace("( ", "(").replace(" )", ")"))
    if tokens[end] in "()":
        raise _unexpected(text, end, "a name")
    _expect(text, tokens, end + 1, ")")
    return HolTerm(_LEAVES[tokens[at]], tokens[end], type_), end + 2


def _joined(applies: bool, first: HolTerm, second: HolTerm) -> HolTerm:
    """Application of the first to the second, or abstraction that binds the first in the second."""
    if not applies:
        return HolTerm("abstraction", variable=first, body=second)
    first.args.append(second)
    first.height = max(first.height, second.height)
    return first


def _expect(text: str, tokens: list[str], at: int, token: str, wanted: str = "`)`") -> None:
    if tokens[at] != token:
        raise _unexpected(text, at, wanted)


def _after_type(tokens: list[str], at: int) -> int:
    """Place after the atom or balanced expression that begins at a place."""
    depth = 0
    while True:
        depth += (tokens[at] == "(") - (tokens[at] == ")")
        at += 1
        if depth <= 0:
            return at


def _unexpected(text: str, token: int, wanted: str) -> StatementError:
    """Error about a token, by its number."""
    matches = list(_TOKEN.finditer(text))
    if token < len(matches):
        got = f"`{matches[token][0]}` at character {matches[token].start() + 1}"
    else:
        got = "the end of the text"
    shown = text if len(text) <= 80 else f"{text[:80]}…"
    return StatementError(
        f"Expected a typed S-expression such as `(v bool p)`, got `{shown}`: expected {wanted}, got {got}."
    )


def subterms(term: HolTerm) -> list[HolTerm]:
    """The term, its children (see `HolTerm.children`), their children and so on, parents before children."""
    found = [term]
    for node in found:
        found.extend(node.children)
    return found


@lru_cache(maxsize=20_000)
def _constants(text: str) -> tuple[tuple[str, int], ...]:
    try:
        nodes = subterms(parse_hol(text)) if text.lstrip().startswith("(") else []
    except StatementError:
        nodes = []
    return tuple(sorted(Counter(node.name for node in nodes if node.kind == "constant").items()))


def constants(text: str) -> dict[str, int]:
    """How often each constant occurs in a term, by name in alphabetical order; empty if the text is not a term."""
    return dict(_constants(text))
