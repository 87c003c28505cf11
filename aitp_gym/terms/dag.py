"""Expression DAGs: statements and goals as graphs in which equal subterms are one node.

A HOL term is read whole, and so is a formula of the grammar in `formula`. Text that is neither becomes a tree of
tokens and brackets: notation, binders and precedence are not resolved there, names of bound variables stay, and two
spellings of one expression are two graphs.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from ..errors import StatementError
from .formula import read_formula
from .hol_term import HolTerm, parse_hol

__all__ = ["ExpressionDag", "NodeKind", "goal_dag", "statement_dag"]


_CLOSING = {"(": ")", "[": "]", "{": "}", "⟨": "⟩"}
# Names with their dots, numbers, single marks, and runs of other symbols.
_TOKEN = re.compile(r"[^\W\d][\w'!?]*(?:\.[^\W\d][\w'!?]*)*|\d+|:=|[()\[\]{}⟨⟩,;:]|[^\w\s()\[\]{}⟨⟩,;:]+|\w")


class NodeKind(IntEnum):
    """Kinds of nodes.

    Attributes:
        CONSTANT: constant of a HOL term, or a connective of a formula; its label is the name.
        FREE: free variable; its label is the name.
        BOUND: bound variable; its label is the height of its binder, see `statement_dag`.
        ABSTRACTION: abstraction, with label `λ`; its type is that of the variable that it binds.
        APPLICATION: application of what is no single name, with label `@`: function, then arguments.
        TOKEN: word or symbol of text that is read as tokens.
        GROUP: tokens in a pair of brackets, labelled by the opening one, or on a whole line, with an empty label.
    """

    CONSTANT = 0
    FREE = 1
    BOUND = 2
    ABSTRACTION = 3
    APPLICATION = 4
    TOKEN = 5
    GROUP = 6


@dataclass(frozen=True)
class ExpressionDag:
    """Directed acyclic graph of N nodes, E edges and R roots; children come before their parents.

    Attributes:
        kinds: values of `NodeKind`, int8, shape (N,).
        labels: labels of the nodes, length N.
        types: types as S-expressions, length N; empty where a node has none. A constant or variable that is applied
            to arguments has its own type, not that of the result.
        parents: upper ends of the edges, int32, shape (E,); ascending.
        children: lower ends of the edges, int32, shape (E,).
        positions: places of the children among those of their parent, from 0, int32, shape (E,).
        roots: nodes of the hypotheses and conclusions in the order of the goal's text, int32, shape (R,).
        conclusions: whether a root is a conclusion, bool, shape (R,). The hypotheses before a conclusion are those of
            its part of the goal; a goal of one part has one conclusion, its last root.
    """

    kinds: NDArray[np.int8]
    labels: tuple[str, ...]
    types: tuple[str, ...]
    parents: NDArray[np.int32]
    children: NDArray[np.int32]
    positions: NDArray[np.int32]
    roots: NDArray[np.int32]
    conclusions: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.labels)


def statement_dag(text: str, *, spine: bool = True) -> ExpressionDag:
    """DAG of one statement, its only root.

    Bound variables have no names, so terms that are equal up to renaming them give the same DAG. The label of one is
    the height of its binder: how many abstractions are nested in its scope (after M. Sato and R. Pollack, J. Symbolic
    Computation 45 (2010) 598-616). Unlike a de Bruijn index it is the same wherever the variable occurs, and unlike a
    binding level it does not depend on what stands around a term, so equal closed subterms are shared everywhere.

    Args:
        text: typed S-expression, formula, or other text.
        spine: `f x y` is one node labelled f with two children; otherwise an application node for each argument, with
            function and argument as children.
    """
    builder = _Builder(spine)
    builder.add_root(text, is_conclusion=True)
    return builder.result()


def goal_dag(text: str, *, spine: bool = True) -> ExpressionDag:
    """DAG of a goal; subterms are shared between its hypotheses and conclusions, and so are its free variables.

    Args:
        text: `Goal.text`: hypotheses one per line, then `⊢ conclusion`; parts separated by an empty line.
        spine: see `statement_dag`.
    """
    builder = _Builder(spine)
    for line in text.split("\n"):
        if line:
            builder.add_root(line.removeprefix("⊢ "), is_conclusion=line.startswith("⊢ "))
    return builder.result()


class _Step(IntEnum):
    """What is left to do at a term: visit its parts, close its abstraction, or apply its head to its arguments."""

    VISIT = 0
    ABSTRACT = 1
    APPLY = 2


class _Builder:
    """Nodes and roots so far; a node that is there already is not added again."""

    def __init__(self, spine: bool) -> None:
        self._spine = spine
        self._nodes: dict[tuple[NodeKind, str, str, tuple[int, ...]], int] = {}
        self._roots: list[tuple[int, bool]] = []

    def add_root(self, text: str, is_conclusion: bool) -> None:
        self._roots.append((self._read(text), is_conclusion))

    def result(self) -> ExpressionDag:
        lengths = [len(children) for _, _, _, children in self._nodes]
        parents = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
        return ExpressionDag(
            kinds=np.array([kind for kind, _, _, _ in self._nodes], np.int8),
            labels=tuple(label for _, label, _, _ in self._nodes),
            types=tuple(type_ for _, _, type_, _ in self._nodes),
            parents=parents,
            children=np.array([child for key in self._nodes for child in key[3]], np.int32),
            positions=np.array([position for length in lengths for position in range(length)], np.int32),
            roots=np.array([node for node, _ in self._roots], np.int32),
            conclusions=np.array([is_conclusion for _, is_conclusion in self._roots], np.bool_),
        )

    def _node(self, kind: NodeKind, label: str, type_: str = "", children: tuple[int, ...] = ()) -> int:
        return self._nodes.setdefault((kind, label, type_, children), len(self._nodes))

    def _read(self, text: str) -> int:
        if text.startswith("("):
            try:
                term = parse_hol(text)
            except StatementError:
                pass
            else:
                return self._hol(term)
        try:
            postfix = _postfix(text)
        except StatementError:
            return self._tokens(text)
        return self._formula(postfix)

    def _hol(self, term: HolTerm) -> int:
        nodes: list[int] = []
        # Heights of the binders in scope by name and type of the variable, the innermost last.
        scope: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        pending: list[tuple[_Step, HolTerm]] = [(_Step.VISIT, term)]
        while pending:
            step, term = pending.pop()
            variable, body = term.variable, term.body
            if step is _Step.VISIT:
                pending.append((_Step.APPLY, term))
                pending.extend((_Step.VISIT, argument) for argument in reversed(term.args))
                if variable is not None and body is not None:
                    scope[variable.name, variable.type].append(body.height)
                    pending.append((_Step.ABSTRACT, term))
                    pending.append((_Step.VISIT, body))
            elif step is _Step.ABSTRACT and variable is not None:
                scope[variable.name, variable.type].pop()
                nodes.append(self._node(NodeKind.ABSTRACTION, "λ", variable.type, (nodes.pop(),)))
            else:
                count = len(term.args)
                arguments = tuple(nodes[len(nodes) - count :])
                del nodes[len(nodes) - count :]
                if body is not None:
                    nodes.append(self._applied(nodes.pop(), arguments))
                    continue
                kind, label = NodeKind.CONSTANT, term.name
                if term.kind == "variable":
                    kind = NodeKind.FREE
                    if heights := scope.get((term.name, term.type)):
                        kind, label = NodeKind.BOUND, str(heights[-1])
                if self._spine:
                    nodes.append(self._node(kind, label, term.type, arguments))
                else:
                    nodes.append(self._applied(self._node(kind, label, term.type), arguments))
        return nodes[0]

    def _applied(self, head: int, arguments: Sequence[int]) -> int:
        if self._spine:
            return self._node(NodeKind.APPLICATION, "@", "", (head, *arguments)) if arguments else head
        for argument in arguments:
            head = self._node(NodeKind.APPLICATION, "@", "", (head, argument))
        return head

    def _formula(self, postfix: Sequence[tuple[str, int]]) -> int:
        nodes: list[int] = []
        for label, arity in postfix:
            constant = arity > 0 or label in ("⊥", "⊤")
            children = tuple(nodes[len(nodes) - arity :])
            del nodes[len(nodes) - arity :]
            nodes.append(self._node(NodeKind.CONSTANT if constant else NodeKind.FREE, label, "", children))
        return nodes[0]

    def _tokens(self, text: str) -> int:
        # Groups that are still open, by their opening brackets; the whole line is the outermost.
        pending: list[tuple[str, list[int]]] = [("", [])]
        for token in _TOKEN.findall(text):
            if token in _CLOSING:
                pending.append((token, []))
            elif _CLOSING.get(pending[-1][0]) == token:
                self._close(pending)
            else:
                pending[-1][1].append(self._node(NodeKind.TOKEN, token))
        while len(pending) > 1:
            self._close(pending)
        members = pending[0][1]
        return members[0] if len(members) == 1 else self._node(NodeKind.GROUP, "", "", tuple(members))

    def _close(self, pending: list[tuple[str, list[int]]]) -> None:
        bracket, members = pending.pop()
        pending[-1][1].append(self._node(NodeKind.GROUP, bracket, "", tuple(members)))


def _postfix(text: str) -> list[tuple[str, int]]:
    """Connectives and leaves of a formula, each after its parts, with how many parts it has."""
    written: list[tuple[str, int]] = []
    read_formula(
        text,
        lambda name: written.append((name, 0)),
        lambda _: written.append(("¬", 1)),
        lambda connective, _left, _right: written.append((connective, 2)),
    )
    return written
