"""Reads formulas, in Unicode or ASCII, without recursion."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from ...errors import StatementError
from .formula import FALSE, And, Atom, Formula, Implies, Or, iff, negation

__all__ = ["MAX_NAME", "MAX_TEXT", "parse_formula"]

MAX_TEXT = 100_000
"""Most characters of a formula's text."""

MAX_NAME = 64
"""Most characters of a variable's name."""

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
_CONSTANTS = {"⊥": FALSE, "False": FALSE, "false": FALSE, "⊤": negation(FALSE)}
_CONSTANTS["True"] = _CONSTANTS["true"] = _CONSTANTS["⊤"]
_CANONICAL = {spelling: symbol for symbol, spellings in _SYMBOLS.items() for spelling in spellings}
# Longer spellings first, so that `<->` is not read as `<` and `->`.
_TOKEN = re.compile(
    "|".join(re.escape(spelling) for spelling in sorted(_CANONICAL, key=len, reverse=True)) + r"|[^\W\d][\w']*|\S"
)
_NAME = re.compile(r"[^\W\d]")
_BINARY: dict[str, Callable[[Formula, Formula], Formula]] = {"↔": iff, "→": Implies, "∨": Or, "∧": And}
_PRECEDENCE = {"(": 0, "↔": 1, "→": 2, "∨": 3, "∧": 4, "¬": 5}


@lru_cache(maxsize=4096)
def parse_formula(text: str) -> Formula:
    r"""Read a formula.

    Connectives, loosest first and all grouping to the right: `↔` (`<->`), `→` (`->`), `∨` (`\/`, `|`), `∧` (`/\\`,
    `&`), `¬` (`~`); constants `⊥` (`False`) and `⊤` (`True`, which abbreviates `¬⊥`); everything else that looks like
    a name is a variable.

    Raises:
        StatementError: the text is not a formula, or a larger one than `MAX_SIZE` and `MAX_DEPTH` allow.
    """
    if len(text) > MAX_TEXT:
        raise StatementError(f"Expected a formula of at most {MAX_TEXT} characters, got {len(text)} characters.")
    operands: list[Formula] = []
    operators: list[str] = []
    wants_operand = True
    for token, position in _tokens(text):
        if token in _BINARY or token == ")":
            if wants_operand:
                raise _unexpected(text, token, position, "a formula")
            _reduce(operands, operators, _PRECEDENCE.get(token, 0))
            if token != ")":
                operators.append(token)
                wants_operand = True
            elif not operators:
                raise _unexpected(text, token, position, "a connective or the end")
            else:
                operators.pop()
        elif not wants_operand:
            raise _unexpected(text, token, position, "a connective or the end")
        elif token in ("(", "¬"):
            operators.append(token)
        else:
            operands.append(_leaf(text, token, position))
            wants_operand = False
    if wants_operand:
        raise _unexpected(text, "", len(text), "a formula")
    _reduce(operands, operators, 0)
    if operators:
        raise _unexpected(text, "", len(text), "`)`")
    return operands[0]


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    for match in _TOKEN.finditer(text):
        token = match.group()
        yield _CANONICAL.get(token, token), match.start()


def _reduce(operands: list[Formula], operators: list[str], precedence: int) -> None:
    """Build every operator on the stack that binds tighter than `precedence`, down to an open parenthesis."""
    while operators and _PRECEDENCE[operators[-1]] > precedence:
        operator = operators.pop()
        right = operands.pop()
        operands.append(negation(right) if operator == "¬" else _BINARY[operator](operands.pop(), right))


def _leaf(text: str, token: str, position: int) -> Formula:
    constant = _CONSTANTS.get(token)
    if constant is not None:
        return constant
    if not _NAME.match(token):
        raise _unexpected(text, token, position, "a formula")
    if len(token) > MAX_NAME:
        raise StatementError(f"Expected a variable of at most {MAX_NAME} characters, got one of {len(token)}.")
    return Atom(token)


def _unexpected(text: str, token: str, position: int, wanted: str) -> StatementError:
    start = max(0, position - 30)
    shown = f"{'…' if start else ''}{text[start : position + 30]}{'…' if position + 30 < len(text) else ''}"
    got = f"`{token}`" if token else "the end of the text"
    return StatementError(
        f"Expected {wanted} at character {position + 1}, got {got} in `{shown}`. "
        "A formula reads like `p /\\ (q -> False) -> ~q \\/ r`."
    )
