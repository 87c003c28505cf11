"""Skeletons: what two theorems have in common when they differ in names only."""

from __future__ import annotations

import re

from ..errors import StatementError

__all__ = ["formula_skeleton", "lean_skeleton", "sexp_skeleton"]

_SEXP_TOKEN = re.compile(r"[()]|[^\s()]+")
_FORMULA_NAME = re.compile(r"[^\W\d][\w']*")
# `(a b : T)`, `{a : T}`, `[d : Decidable p]`, and what `∀`, `∃` and `fun` bind.
_LEAN_BINDER = re.compile(r"[({\[]([^(){}\[\]:]+) : |(?:∀|∃|fun) ([^(){}\[\]:,=>∈<≤]+?)(?= :|,| =>)")
_LEAN_NAME = re.compile(r"(?<![\w.'])([^\W\d][\w']*)")
_CONSTANTS = frozenset({"False", "false", "True", "true"})


def sexp_skeleton(statement: str) -> str:
    """The skeleton of a HOL term: types erased, variables and constants numbered by first occurrence.

    `REAL_ADD_SYM` and `INT_ADD_SYM` have the same skeleton, so that a split can keep such twins together.

    Args:
        statement: a typed S-expression of `(v TYPE NAME)`, `(c TYPE NAME)`, `(a FUNCTION ARGUMENT)` and
            `(l VARIABLE BODY)`, as in HOList (https://arxiv.org/abs/1904.03241).

    Returns:
        Text such as `a(a(c0,v0),v1)`.

    Raises:
        StatementError: the text is not of that form.
    """
    tokens = _SEXP_TOKEN.findall(statement)
    out: list[str] = []
    numbers: dict[str, dict[tuple[str, str], int]] = {"v": {}, "c": {}}
    # What still has to come: "" for a term, anything else for a token to copy after checking off its closing bracket.
    pending = [""]
    at = 0
    try:
        while pending:
            closing = pending.pop()
            if closing:
                if closing == ")":
                    if tokens[at] != ")":
                        raise ValueError
                    at += 1
                out.append(closing)
                continue
            if tokens[at] != "(":
                raise ValueError
            kind = tokens[at + 1]
            at += 2
            if kind in ("a", "l"):
                out.append(f"{kind}(")
                pending.extend((")", "", ",", ""))
            elif kind in numbers:
                after_type = _skip(tokens, at)
                # Variables of one name and different types are different; constants are the same at every instance.
                typed = " ".join(tokens[at:after_type]) if kind == "v" else ""
                known = numbers[kind]
                out.append(f"{kind}{known.setdefault((typed, tokens[after_type]), len(known))}")
                if tokens[after_type + 1] != ")":
                    raise ValueError
                at = after_type + 2
            else:
                raise ValueError
        if at != len(tokens):
            raise ValueError
    except (IndexError, ValueError):
        shown = statement if len(statement) <= 80 else f"{statement[:80]}…"
        raise StatementError(f"Expected a typed S-expression such as `(v bool p)`, got `{shown}`.") from None
    return "".join(out)


def _skip(tokens: list[str], at: int) -> int:
    """The place after the balanced expression that begins at `at`."""
    depth = 0
    while True:
        depth += (tokens[at] == "(") - (tokens[at] == ")")
        at += 1
        if depth == 0:
            return at


def formula_skeleton(statement: str) -> str:
    """The skeleton of a propositional formula: its variables numbered by first occurrence, spaces dropped."""
    numbers: dict[str, int] = {}

    def number(match: re.Match[str]) -> str:
        name = match.group()
        return name if name in _CONSTANTS else f"p{numbers.setdefault(name, len(numbers))}"

    return re.sub(r"\s+", "", _FORMULA_NAME.sub(number, statement))


def lean_skeleton(statement: str) -> str:
    """The skeleton of a Lean declaration: its name left out, its variables numbered by first occurrence.

    Args:
        statement: a signature such as `theorem t (n : Nat) : n = n`.
    """
    _, _, rest = statement.partition(" ")[2].partition(" ")
    bound = {name for groups in _LEAN_BINDER.findall(rest) for group in groups for name in group.split()}
    numbers: dict[str, int] = {}

    def number(match: re.Match[str]) -> str:
        name = match[1]
        return f"v{numbers.setdefault(name, len(numbers))}" if name in bound else name

    return " ".join(_LEAN_NAME.sub(number, rest).split())
