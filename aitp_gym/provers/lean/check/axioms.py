"""The axioms that a proof may rest on: Lean's three, with their types, from Lean's own modules."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from .constants import Constant
from .terms import Terms

__all__ = ["ALLOWED_AXIOMS", "Axiom", "axiom_reason"]

ALLOWED_AXIOMS = ("Classical.choice", "Quot.sound", "propext")
_BY_COMPILER = ("Lean.ofReduceBool", "Lean.ofReduceNat", "Lean.trustCompiler")
_UNPROVED = "sorryAx"


@dataclass(frozen=True, slots=True)
class Axiom:
    """Axiom that a proof rests on.

    Attributes:
        name: its full name, as a number of a `Terms`.
        constant: how it is declared; `None` where that is not to be found.
        own: whether a module of Lean's own declares it.
    """

    name: int
    constant: Constant | None
    own: bool


def axiom_reason(terms: Terms, axioms: Collection[Axiom]) -> str:
    """Why a proof with these axioms is refused; empty if it is not.

    Names are compared component by component, since a single component may hold dots and line breaks, and an allowed
    name is not enough: a file without imports can declare an axiom that is called `propext`.
    """
    by_name = {axiom.name: axiom for axiom in axioms}
    if terms.read_name(_UNPROVED) in by_name:
        return f"the proof leaves something unproved (it rests on `{_UNPROVED}`)"
    for name in map(terms.read_name, _BY_COMPILER):
        if name in by_name:
            shown = terms.show(name)
            return f"the proof trusts compiled code (it rests on the axiom {shown}, as `native_decide` does)"
    allowed = {terms.read_name(text) for text in ALLOWED_AXIOMS}
    for name, axiom in sorted(by_name.items(), key=lambda pair: terms.show(pair[0])):
        shown = terms.show(name)
        if name not in allowed:
            return f"the proof rests on the axiom {shown}; only {', '.join(ALLOWED_AXIOMS)} are allowed"
        if not axiom.own:
            return f"the proof rests on an axiom that is called {shown} and is not Lean's own"
        if axiom.constant is None or not _is_standard(terms, axiom.constant):
            return f"the proof rests on the axiom {shown}, which does not say there what it says in Lean"
    return ""


def _is_standard(terms: Terms, constant: Constant) -> bool:
    if constant.kind != "axiom" or constant.safety != "safe":
        return False
    type_ = _Types(terms, constant.level_params).of(constant.name)
    return type_ is not None and type_ == constant.type


class _Types:
    """The types of the allowed axioms, as Lean declares them, with given names for their universe parameters."""

    def __init__(self, terms: Terms, params: tuple[int, ...]) -> None:
        self._terms = terms
        self._params = params

    def of(self, name: int) -> int | None:
        """The type of the axiom of that name; nothing if it has another number of universe parameters."""
        pi, call, const, bound = self._pi, self._call, self._const, self._bound
        prop = self._terms.expr(("sort", 0))
        one = self._terms.level(("succ", 0))
        if name == self._terms.read_name("propext") and not self._params:
            # ∀ {a b : Prop}, (a ↔ b) → a = b
            equal = call(const("Eq", one), prop, bound(2), bound(1))
            return pi(prop, prop, call(const("Iff"), bound(1), bound(0)), equal)
        if len(self._params) != 1:
            return None
        u = self._terms.level(("param", self._params[0]))
        sort = self._terms.expr(("sort", u))
        if name == self._terms.read_name("Classical.choice"):
            # {α : Sort u} → Nonempty α → α
            return pi(sort, call(const("Nonempty", u), bound(0)), bound(1))
        if name == self._terms.read_name("Quot.sound"):
            # ∀ {α : Sort u} {r : α → α → Prop} {a b : α}, r a b → Quot.mk r a = Quot.mk r b
            quotient = call(const("Quot", u), bound(4), bound(3))
            sides = (call(const("Quot.mk", u), bound(4), bound(3), bound(place)) for place in (2, 1))
            relation = pi(bound(0), bound(1), prop)
            related = call(bound(2), bound(1), bound(0))
            return pi(sort, relation, bound(1), bound(2), related, call(const("Eq", u), quotient, *sides))
        return None

    def _const(self, name: str, *levels: int) -> int:
        return self._terms.expr(("const", self._terms.read_name(name), levels))

    def _bound(self, index: int) -> int:
        return self._terms.expr(("bvar", index))

    def _call(self, function: int, *arguments: int) -> int:
        for argument in arguments:
            function = self._terms.expr(("app", function, argument))
        return function

    def _pi(self, *types: int) -> int:
        *domains, found = types
        for domain in reversed(domains):
            found = self._terms.expr(("pi", domain, found))
        return found
