"""Skeletons of statements: texts that are the same for theorems that differ in names only."""

from __future__ import annotations

import re

from .hol_term import HolTerm, parse_hol

__all__ = ["formula_skeleton", "lean_skeleton", "sexp_skeleton"]

_FORMULA_NAME = re.compile(r"[^\W\d][\w']*")
# `(a b : T)`, `{a : T}`, `[d : Decidable p]`, and what `∀`, `∃` and `fun` bind.
_LEAN_BINDER = re.compile(r"[({\[]([^(){}\[\]:]+) : |(?:∀|∃|fun) ([^(){}\[\]:,=>∈<≤]+?)(?= :|,| =>)")
_LEAN_NAME = re.compile(r"(?<![\w.'])([^\W\d][\w']*)")
_CONSTANTS = frozenset({"False", "false", "True", "true"})


def sexp_skeleton(statement: str) -> str:
    """Skeleton of a HOL term: types erased, variables and constants numbered by first occurrence.

    `REAL_ADD_SYM` and `INT_ADD_SYM` have the same skeleton, so that a split can keep such twins together.

    Args:
        statement: a typed S-expression of `(v TYPE NAME)`, `(c TYPE NAME)`, `(a FUNCTION ARGUMENT)` and
            `(l VARIABLE BODY)`, as in https://arxiv.org/abs/1904.03241.

    Returns:
        Text such as `a(a(c0,v0),v1)`.

    Raises:
        StatementError: the text is not of that form.
    """
    variables: dict[tuple[str, str], int] = {}
    known: dict[str, int] = {}
    out: list[str] = []
    # Terms that still have to be written, and text between them.
    pending: list[HolTerm | str] = [parse_hol(statement)]
    while pending:
        term = pending.pop()
        if isinstance(term, str):
            out.append(term)
            continue
        out.append("a(" * len(term.args))
        for argument in reversed(term.args):
            pending.extend((")", argument, ","))
        if term.variable is not None and term.body is not None:
            out.append("l(")
            pending.extend((")", term.body, ",", term.variable))
        elif term.kind == "variable":
            # Variables of one name and different types are different; constants are the same at every instance.
            out.append(f"v{variables.setdefault((term.type, term.name), len(variables))}")
        else:
            out.append(f"c{known.setdefault(term.name, len(known))}")
    return "".join(out)


def formula_skeleton(statement: str) -> str:
    """Skeleton of a formula: its variables numbered by first occurrence, spaces dropped."""
    numbers: dict[str, int] = {}

    def number(match: re.Match[str]) -> str:
        name = match.group()
        return name if name in _CONSTANTS else f"p{numbers.setdefault(name, len(numbers))}"

    return re.sub(r"\s+", "", _FORMULA_NAME.sub(number, statement))


def lean_skeleton(statement: str) -> str:
    """Skeleton of a Lean declaration: its name left out, its variables numbered by first occurrence.

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
