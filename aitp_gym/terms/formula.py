r"""Grammar of formulas over variables and connectives, in Unicode or ASCII, read without recursion in linear time.

Connectives, loosest first and all grouping to the right: `↔` (`<->`), `→` (`->`), `∨` (`\/`, `|`), `∧` (`/\\`, `&`),
`¬` (`~`). Constants are `⊥` (`False`) and `⊤` (`True`); everything else that looks like a name is a variable.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TypeVar

from ..errors import StatementError

__all__ = ["read_formula"]

Node = TypeVar("Node")

_SYMBOLS = {
    "↔": ("↔", "<->", "<=>", "⇔"),
    "→": ("→", "->", "=>", "⇒"),
    "∨": ("∨", "\\/", "||", "|"),
    "∧": ("∧", "/\\", "&&", "&"),
    "¬": ("¬", "~"),
    "(": ("(",),
    ")": (")",),
    "⊥": ("⊥",),
    "⊤": ("⊤",),
}
_CANONICAL = {spelling: symbol for symbol, spellings in _SYMBOLS.items() for spelling in spellings}
# Longer spellings first, so that `<->` is not read as `<` and `->`.
_TOKEN = re.compile(
    "|".join(re.escape(spelling) for spelling in sorted(_CANONICAL, key=len, reverse=True)) + r"|[^\W\d][\w']*|\S"
)
_OPERAND = re.compile(r"[^\W\d]|[⊥⊤(¬]")
_CONSTANTS = {"False": "⊥", "false": "⊥", "True": "⊤", "true": "⊤"}
_PRECEDENCE = {"(": 0, "↔": 1, "→": 2, "∨": 3, "∧": 4, "¬": 5}
_BINARY = frozenset("↔→∨∧")


def read_formula(
    text: str,
    leaf: Callable[[str], Node],
    negate: Callable[[Node], Node],
    join: Callable[[str, Node, Node], Node],
) -> Node:
    """Read a formula.

    Args:
        text: formula.
        leaf: makes a variable of a name, and a constant of `⊥` or `⊤`.
        negate: makes the negation of a formula.
        join: makes a formula of a connective (`↔`, `→`, `∨`, `∧`), the formula before it and the one after it.

    Raises:
        StatementError: the text is not a formula.
    """
    operands: list[Node] = []
    operators: list[str] = []

    def reduce(precedence: int) -> None:
        """Build every operator on the stack that binds tighter than `precedence`, down to an open parenthesis."""
        while operators and _PRECEDENCE[operators[-1]] > precedence:
            operator = operators.pop()
            right = operands.pop()
            operands.append(negate(right) if operator == "¬" else join(operator, operands.pop(), right))

    wants_operand = True
    for token, position in _tokens(text):
        if token in _BINARY or token == ")":
            if wants_operand:
                raise _unexpected(text, token, position, "a formula")
            reduce(_PRECEDENCE.get(token, 0))
            if token != ")":
                operators.append(token)
                wants_operand = True
            elif not operators:
                raise _unexpected(text, token, position, "a connective or the end")
            else:
                operators.pop()
        elif not wants_operand or not _OPERAND.match(token):
            raise _unexpected(text, token, position, "a formula" if wants_operand else "a connective or the end")
        elif token in ("(", "¬"):
            operators.append(token)
        else:
            operands.append(leaf(_CONSTANTS.get(token, token)))
            wants_operand = False
    if wants_operand:
        raise _unexpected(text, "", len(text), "a formula")
    reduce(0)
    if operators:
        raise _unexpected(text, "", len(text), "`)`")
    return operands[0]


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    for match in _TOKEN.finditer(text):
        token = match.group()
        yield _CANONICAL.get(token, token), match.start()


def _unexpected(text: str, token: str, position: int, wanted: str) -> StatementError:
    start = max(0, position - 30)
    shown = f"{'…' if start else ''}{text[start : position + 30]}{'…' if position + 30 < len(text) else ''}"
    got = f"`{token}`" if token else "the end of the text"
    return StatementError(
        f"Expected {wanted} at character {position + 1}, got {got} in `{shown}`. "
        "A formula reads like `p /\\ (q -> False) -> ~q \\/ r`."
    )
