"""Decides intuitionistic provability with the contraction-free sequent calculus LJT, also known as G4ip.

R. Dyckhoff, "Contraction-free sequent calculi for intuitionistic logic", Journal of Symbolic Logic 57(3), 1992. Its
left rule of implication is split by the form of the antecedent, so that every premise is smaller than the conclusion
and the search ends without looking for loops. Classical validity is decided by truth table.
"""

from __future__ import annotations

from typing import NamedTuple

from ...errors import BadInput
from .formula import And, Atom, Formula, Implies, Or

__all__ = ["MAX_ATOMS", "Decision", "atoms", "classically_valid", "decide"]

MAX_ATOMS = 16
"""Most variables for a truth table."""


def atoms(formula: Formula) -> tuple[str, ...]:
    """Names of the variables, each once, in the order of their first occurrence from the left."""
    found: dict[str, None] = {}
    pending = [formula]
    while pending:
        part = pending.pop()
        if isinstance(part, Implies | And | Or):
            pending += (part.right, part.left)
        elif isinstance(part, Atom):
            found[part.name] = None
    return tuple(found)


def classically_valid(formula: Formula) -> bool:
    """Whether the formula is true in every row of its truth table.

    Raises:
        BadInput: it has more than `MAX_ATOMS` variables.
    """
    names = atoms(formula)
    if len(names) > MAX_ATOMS:
        raise BadInput(f"Expected at most {MAX_ATOMS} variables for a truth table, got {len(names)}.")
    rows = 1 << len(names)
    everywhere = (1 << rows) - 1
    # One bit for each row: variable i is true in the rows whose number has bit i set.
    columns = {name: sum(1 << row for row in range(rows) if row >> i & 1) for i, name in enumerate(names)}

    def column(part: Formula) -> int:
        match part:
            case Atom(name=name):
                return columns[name]
            case Implies(left=left, right=right):
                return everywhere & ~column(left) | column(right)
            case And(left=left, right=right):
                return column(left) & column(right)
            case Or(left=left, right=right):
                return column(left) | column(right)
        return 0

    return column(formula) == everywhere


class Decision(NamedTuple):
    """Result of the decision procedure.

    Attributes:
        provable: whether the formula is a theorem; `None` where a limit was reached first.
        sequents: how many sequents it looked at: a rough measure of difficulty.
    """

    provable: bool | None
    sequents: int


def decide(formula: Formula, max_sequents: int = 100_000) -> Decision:
    """Decide whether the formula is a theorem of intuitionistic propositional logic.

    Args:
        formula: to decide.
        max_sequents: how many sequents to look at before giving up; the problem is PSPACE-complete.
    """
    search = _Search(max_sequents)
    try:
        answer = search.prove(frozenset(), (), search.intern(formula), 0)
    except _GaveUp:
        return Decision(None, search.sequents)
    return Decision(answer, search.sequents)


class _GaveUp(Exception):
    """The search has reached one of its limits."""


# Rules deeper than this would come near Python's recursion limit.
_MAX_BRANCHINGS = 200

_ATOM, _FALSE, _IMPLIES, _AND, _OR = range(5)


class _Search:
    """Formulas are numbers here, equal when the formulas are, so that a sequent is cheap to store and to look up."""

    def __init__(self, max_sequents: int) -> None:
        self.sequents = 0
        self._max_sequents = max_sequents
        self._numbers: dict[tuple[int, int | str, int], int] = {}
        self._nodes: list[tuple[int, int, int]] = []
        self._known: dict[tuple[frozenset[int], int], bool] = {}

    def intern(self, formula: Formula) -> int:
        match formula:
            case Atom(name=name):
                return self._node(_ATOM, name, 0)
            case Implies(left=left, right=right):
                return self._node(_IMPLIES, self.intern(left), self.intern(right))
            case And(left=left, right=right):
                return self._node(_AND, self.intern(left), self.intern(right))
            case Or(left=left, right=right):
                return self._node(_OR, self.intern(left), self.intern(right))
        return self._node(_FALSE, 0, 0)

    def _node(self, kind: int, left: int | str, right: int) -> int:
        number = self._numbers.setdefault((kind, left, right), len(self._nodes))
        if number == len(self._nodes):
            self._nodes.append((kind, left if isinstance(left, int) else 0, right))
        return number

    def prove(self, context: frozenset[int], pending: tuple[int, ...], goal: int, depth: int) -> bool:
        """Whether the conclusion `goal` follows from the hypotheses `context` and `pending`.

        Args:
            context: hypotheses that no invertible rule applies to: atoms, p → B without p, and (C → D) → B.
            pending: hypotheses still to be looked at.
            goal: the conclusion.
            depth: branching rules below the root.
        """
        if self.sequents >= self._max_sequents or depth > _MAX_BRANCHINGS:
            raise _GaveUp
        self.sequents += 1
        while True:
            saturated = self._saturate(context, pending, goal)
            if saturated is None:
                return True
            context, disjunctions = saturated
            kind, left, right = self._nodes[goal]
            if kind == _IMPLIES:
                pending, goal = (*disjunctions, left), right
            elif kind == _AND:
                return self.prove(context, disjunctions, left, depth + 1) and self.prove(
                    context, disjunctions, right, depth + 1
                )
            elif disjunctions:
                (_, left, right), rest = self._nodes[disjunctions[0]], disjunctions[1:]
                return self.prove(context, (*rest, left), goal, depth + 1) and self.prove(
                    context, (*rest, right), goal, depth + 1
                )
            else:
                return self._choose(context, goal, depth)

    def _saturate(
        self, context: frozenset[int], pending: tuple[int, ...], goal: int
    ) -> tuple[frozenset[int], tuple[int, ...]] | None:
        """Apply the invertible left rules with one premise: context and disjunctions left, or `None` when closed."""
        known = set(context)
        todo = list(pending)
        disjunctions: list[int] = []
        if goal in known:
            return None
        while todo:
            hypothesis = todo.pop()
            kind, left, right = self._nodes[hypothesis]
            if kind == _FALSE or hypothesis == goal:
                return None
            if kind == _AND:
                todo += (left, right)
            elif kind == _OR:
                disjunctions.append(hypothesis)
            elif kind == _IMPLIES and (simpler := self._simplify(left, right, known)) is not None:
                todo += simpler
            elif hypothesis not in known:
                known.add(hypothesis)
                # What waited for it as the antecedent of an implication can be used now.
                for other in sorted(known):
                    if self._nodes[other][:2] == (_IMPLIES, hypothesis):
                        known.remove(other)
                        todo.append(self._nodes[other][2])
        return frozenset(known), tuple(disjunctions)

    def _simplify(self, antecedent: int, consequent: int, known: set[int]) -> tuple[int, ...] | None:
        """Hypotheses equivalent to `antecedent → consequent` and simpler, or `None` where it has to stay."""
        if antecedent in known:
            return (consequent,)
        kind, left, right = self._nodes[antecedent]
        if kind == _FALSE:
            return ()
        if kind == _AND:
            return (self._node(_IMPLIES, left, self._node(_IMPLIES, right, consequent)),)
        if kind == _OR:
            return (self._node(_IMPLIES, left, consequent), self._node(_IMPLIES, right, consequent))
        return None

    def _choose(self, context: frozenset[int], goal: int, depth: int) -> bool:
        """Try the rules that can lose provability: the sides of a disjunction, and (C → D) → B on the left."""
        answer = self._known.get((context, goal))
        if answer is None:
            answer = self._known[context, goal] = self._try_all(context, goal, depth + 1)
        return answer

    def _try_all(self, context: frozenset[int], goal: int, depth: int) -> bool:
        kind, left, right = self._nodes[goal]
        if kind == _OR and (self.prove(context, (), left, depth) or self.prove(context, (), right, depth)):
            return True
        for hypothesis in sorted(context):
            kind, antecedent, consequent = self._nodes[hypothesis]
            if kind != _IMPLIES or self._nodes[antecedent][0] != _IMPLIES:
                continue
            _, left, right = self._nodes[antecedent]
            rest = context - {hypothesis}
            if self.prove(rest, (self._node(_IMPLIES, right, consequent), left), right, depth):
                # With the first premise proved, the second one is as good as the conclusion: no other choice is needed.
                return self.prove(rest, (consequent,), goal, depth)
        return False
