"""From the steps of proof logs to tactics that can be applied.

A log states the theorems that a tactic was given; a tactic has to name them. A theorem of the library has its
fingerprint, a hypothesis of the goal its place. Human proofs also use theorems that were computed on the way
(`GSYM th`, instances): those have no name, and the step cannot be said.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from .grammar import (
    Applied,
    Argument,
    Assum,
    Assume,
    Call,
    Composed,
    Conversion,
    Conversional,
    Int,
    LabelArgument,
    TermArgument,
    Theorem,
    Theorems,
    Thm,
)
from .prooflogs import LoggedGoal, LoggedParameter, LoggedStep
from .tactics import CONVERSIONALS, CONVERSIONS, TACTICS, Kind

__all__ = ["NotSayable", "read_conversion", "translate"]


class NotSayable(Exception):
    """Raised when a logged step cannot be written as a tactic; says why in a few words, the same for like reasons."""


def translate(step: LoggedStep, name_of: Callable[[int], str | None], *, replay: bool = False) -> Call:
    """Write a logged step as a tactic.

    Args:
        step: as logged.
        name_of: the name of the library's theorem with a fingerprint, `None` where there is none.
        replay: whether to use the replay grammar, for hypotheses that are not in the goal any more.

    Raises:
        NotSayable: it cannot be written.
    """
    tactic = TACTICS.get(step.tactic)
    if tactic is None:
        raise NotSayable("unknown tactic")
    if len(tactic.arguments) != len(step.parameters):
        raise NotSayable("other arguments than the tactic takes")
    translator = _Translator(step.goal, name_of, replay)
    return Call(tactic.name, tuple(map(translator.argument, tactic.arguments, step.parameters)))


class _Translator:
    def __init__(self, goal: LoggedGoal, name_of: Callable[[int], str | None], replay: bool) -> None:
        self._hypotheses = goal.hypotheses
        self._name_of = name_of
        self._replay = replay

    def argument(self, kind: Kind, parameter: LoggedParameter) -> Argument:
        match kind:
            case Kind.THEOREM:
                if len(parameter.theorems) != 1:
                    raise NotSayable("other arguments than the tactic takes")
                return self._theorem(parameter.theorems[0])
            case Kind.THEOREM_LIST:
                return Theorems(tuple(map(self._theorem, parameter.theorems)))
            case Kind.TERM:
                return TermArgument(parameter.text)
            case Kind.TERM_LIST:
                raise NotSayable("other arguments than the tactic takes")
            case Kind.CONV:
                return read_conversion(parameter.text)
            case Kind.CONVERSIONAL:
                return _conversional(_read_ocaml(parameter.text))
            case Kind.INT:
                if not parameter.text.isdecimal():
                    raise NotSayable("other arguments than the tactic takes")
                return Int(int(parameter.text))
            case Kind.LABEL:
                return LabelArgument(parameter.text or "_")

    def _theorem(self, theorem: LoggedGoal) -> Theorem:
        if theorem.hypotheses == (theorem.conclusion,):
            if theorem.conclusion in self._hypotheses:
                return Assum(self._hypotheses.index(theorem.conclusion))
            if self._replay:
                return Assume(TermArgument(theorem.conclusion))
            raise NotSayable("hypothesis that is not in the goal")
        if theorem.hypotheses:
            raise NotSayable("derived theorem with hypotheses")
        name = self._name_of(theorem.fingerprint)
        if name is None:
            raise NotSayable("theorem without a name")
        return Thm(name)


# ---- Conversions, which human logs state as OCaml source ----

_TOKEN = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*|[()])")
_Tree = str | list["_Tree"]
"""A name; or a list: a function and its arguments, or `o` and what it composes."""


def read_conversion(source: str) -> Conversion | Applied:
    """Read a conversion that is stated in OCaml, such as `(LAND_CONV o ONCE_DEPTH_CONV) SYM_CONV`.

    Raises:
        NotSayable: it uses more than names, application and composition, or other names than the grammar has.
    """
    return _conversion(_read_ocaml(source))


def _conversion(tree: _Tree) -> Conversion | Applied:
    if isinstance(tree, str):
        if tree not in CONVERSIONS:
            raise NotSayable("conversion outside the grammar")
        return Conversion(tree)
    if len(tree) == 2 and tree[0] != "o":
        return Applied(_conversional(tree[0]), _conversion(tree[1]))
    raise NotSayable("conversion outside the grammar")


def _conversional(tree: _Tree) -> Conversional | Composed:
    if isinstance(tree, str):
        if tree not in CONVERSIONALS:
            raise NotSayable("conversion outside the grammar")
        return Conversional(tree)
    if tree and tree[0] == "o":
        return Composed(tuple(map(_conversional, tree[1:])))
    raise NotSayable("conversion outside the grammar")


def _read_ocaml(source: str) -> _Tree:
    tokens: list[str] = []
    at = 0
    text = source.strip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise NotSayable("conversion outside the grammar")
        tokens.append(match[1])
        at = match.end()
    tree, rest = _expression(tokens)
    if rest:
        raise NotSayable("conversion outside the grammar")
    return tree


def _expression(tokens: list[str]) -> tuple[_Tree, list[str]]:
    """`a o b o c`, where each part is an application."""
    part, tokens = _application(tokens)
    parts = [part]
    while tokens[:1] == ["o"]:
        part, tokens = _application(tokens[1:])
        parts.append(part)
    return (parts[0] if len(parts) == 1 else ["o", *parts]), tokens


def _application(tokens: list[str]) -> tuple[_Tree, list[str]]:
    """`f x`; with more arguments, `(f x) y`."""
    tree, tokens = _atom(tokens)
    while tokens and tokens[0] not in ("o", ")"):
        argument, tokens = _atom(tokens)
        tree = [tree, argument]
    return tree, tokens


def _atom(tokens: list[str]) -> tuple[_Tree, list[str]]:
    if not tokens or tokens[0] in ("o", ")"):
        raise NotSayable("conversion outside the grammar")
    if tokens[0] != "(":
        return tokens[0], tokens[1:]
    tree, rest = _expression(tokens[1:])
    if rest[:1] != [")"]:
        raise NotSayable("conversion outside the grammar")
    return tree, rest[1:]
