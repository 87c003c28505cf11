"""HOL terms as read from typed S-expressions: `(v TYPE name)`, `(c TYPE name)`, `(a f x)`, `(l var body)`.

No recursion: statements nest thousands of levels deep.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

__all__ = ["Term", "constants", "parse_term"]

_TOKEN = re.compile(r"[()]|[^\s()]+")


class Term:
    """A term in spine form: a head applied to arguments.

    Attributes:
        head: name of the constant, `λ` for an abstraction (its only argument is the body), or `_` for a variable.
        kind: `constant`, `variable` or `abstraction`.
        type: outermost operator of the head's type (`fun`, `num`, ...) or a type variable; empty for abstractions.
        args: the arguments, in order.
    """

    __slots__ = ("args", "head", "kind", "type")

    def __init__(self, head: str, kind: str, type_: str, args: tuple[Term, ...] = ()) -> None:
        self.head = head
        self.kind = kind
        self.type = type_
        self.args = args


def parse_term(text: str) -> Term | None:
    """Read a term.

    Returns:
        The term; or `None` if the text is not a typed S-expression of a term (features of such a text are its tokens).
    """
    stack: list[list[str | Term]] = []
    items: list[str | Term] = []
    for token in _TOKEN.findall(text):
        if token == "(":
            stack.append(items)
            items = []
        elif token == ")":
            if not stack:
                return None
            built = _build(items)
            items = stack.pop()
            items.append(built)
        else:
            items.append(token)
    whole = items[0] if len(items) == 1 and not stack else None
    return whole if isinstance(whole, Term) and whole.kind != "type" else None


def _build(items: list[str | Term]) -> Term:
    """A node from the content of one pair of parentheses; whatever is not a term is taken for a type."""
    match items:
        case ["a", Term() as function, Term() as argument]:
            return Term(function.head, function.kind, function.type, (*function.args, argument))
        case ["c", type_, str(name)]:
            return Term(name, "constant", _type_name(type_))
        case ["v", type_, str()]:
            return Term("_", "variable", _type_name(type_))
        case ["l", Term(), Term() as body]:
            return Term("λ", "abstraction", "", (body,))
    return Term(str(items[0]) if items and isinstance(items[0], str) else "", "type", "")


def _type_name(type_: str | Term) -> str:
    return type_ if isinstance(type_, str) else type_.head


def subterms(term: Term) -> list[Term]:
    """The term, its arguments, their arguments and so on, parents before children."""
    found = [term]
    for node in found:
        found.extend(node.args)
    return found


@lru_cache(maxsize=20_000)
def _constants(text: str) -> tuple[tuple[str, int], ...]:
    term = parse_term(text)
    heads = Counter(node.head for node in subterms(term) if node.kind == "constant") if term else Counter()
    return tuple(sorted(heads.items()))


def constants(text: str) -> dict[str, int]:
    """How often each constant occurs in a term; empty if the text is not a term."""
    return dict(_constants(text))
