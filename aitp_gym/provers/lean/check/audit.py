"""Comparison of a candidate's declarations with those of the statement alone."""

from __future__ import annotations

import re

from .olean import Module
from .terms import Terms

__all__ = ["Refused", "audit", "find_theorem", "is_made_on_demand", "refuse_builtins"]

# What the kernel knows by name, and computes in its own way.
_OF_NAT = "add sub mul div mod gcd beq ble land lor xor shiftLeft shiftRight pow log2 zero succ rec pred"
_BUILTIN = frozenset(
    (
        *("Nat", *(f"Nat.{name}" for name in _OF_NAT.split())),
        *("Bool", "Bool.true", "Bool.false", "Char", "Char.ofNat", "List", "List.nil", "List.cons"),
        *("String", "String.mk", "String.ofList", "Eq", "Eq.refl", "Quot", "Quot.mk", "Quot.lift", "Quot.ind"),
        *("Lean.reduceBool", "Lean.reduceNat", "eagerReduce"),
    )
)
# These have values that only compiled code can tell.
_COMPUTED = frozenset(("Lean.reduceBool", "Lean.reduceNat"))
# What Lean makes when it needs it, for constants that were there before: equations of definitions, matchers, splitters,
# congruence lemmas, induction principles.
_MADE_ON_DEMAND = re.compile(
    r"eq_\d+|eq_def|eq_unfold|match_\d+|splitter|hcongr_\d+(_\d+)?|congr_simp|congr_eq_\d+|induct|induct_unfolding|"
    r"fun_cases|fun_cases_unfolding|mutual_induct|injEq|inj|noConfusion\w*|sizeOf_spec|ctorIdx|casesOn|recOn|"
    r"_\w+"
)


class Refused(Exception):
    """Raised where a candidate is no proof of the statement; the message says why.

    Attributes:
        line: line of its file, from 0, that is to blame, where one is.
    """

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.line = line


def find_theorem(reference: Module, written: str) -> int | None:
    """The theorem's full name: of the theorems with `sorry` for a proof, the one that is called so.

    Args:
        reference: the statement, compiled with `sorry` for a proof.
        written: the name, namespaces included, as it follows from the text.
    """
    terms = reference.terms
    sorry = terms.read_name("sorryAx")
    unproved = [
        constant.name
        for constant in reference.constants()
        if constant.kind == "theorem" and constant.value is not None and sorry in terms.constants([constant.value])
    ]
    if len(unproved) == 1:
        return unproved[0]
    called = [name for name in unproved if ".".join(map(str, _public(terms, name))) == written]
    return called[0] if len(called) == 1 else None


def audit(reference: Module, candidate: Module, theorem: int) -> list[int]:
    """Compare two modules of the same `Terms`.

    Args:
        reference: the statement, compiled with `sorry` for a proof.
        candidate: the same file with a proof.
        theorem: its full name.

    Returns:
        Names of the constants that the proof brought with it, the theorem among them.

    Raises:
        Refused: the candidate does not prove this very statement, or declares something beside it.
        BadInput: a module is damaged.
    """
    terms = reference.terms
    if candidate.is_module != reference.is_module or candidate.imports != reference.imports:
        imported = [", ".join(map(terms.show, module.imports)) or "nothing" for module in (candidate, reference)]
        raise Refused(f"the proof imports {imported[0]}; the statement {imported[1]}")
    for name in reference.names - {theorem}:
        if name not in candidate:
            raise Refused(f"{terms.show(name)}, which the statement's file declares, is not there")
        if candidate.constant(name) != reference.constant(name):
            raise Refused(f"{terms.show(name)}, which the statement's file declares, is another one there")
    if theorem not in candidate:
        raise Refused(f"the theorem {terms.show(theorem)} is not there")
    wanted, found = reference.constant(theorem), candidate.constant(theorem)
    if found.kind != "theorem":
        raise Refused(f"{terms.show(theorem)} is declared as {_with_article(found.kind)}, not as a theorem")
    if (found.level_params, found.type) != (wanted.level_params, wanted.type):
        raise Refused(f"the theorem {terms.show(theorem)} has another statement there")
    new = sorted(candidate.names - reference.names)
    for name in new:
        _examine(candidate, name, theorem)
    mentioned = terms.constants(
        expression for name in (*new, theorem) for expression in candidate.constant(name).expressions()
    )
    for computed in _COMPUTED:
        if terms.read_name(computed) in mentioned:
            raise Refused(f"the proof uses {computed}, whose value only compiled code can tell")
    return [*new, theorem]


def refuse_builtins(reference: Module) -> None:
    """Refuse a statement whose file declares what the kernel takes for Lean's own, as a `prelude` can.

    Raises:
        Refused: it does.
    """
    terms = reference.terms
    for name in sorted(_BUILTIN):
        if terms.read_name(name) in reference:
            raise Refused(f"the statement's file declares {name}, which the kernel takes for Lean's own")


def _examine(candidate: Module, name: int, theorem: int) -> None:
    """Object to a constant that no proof has to bring with it."""
    terms = candidate.terms
    constant = candidate.constant(name)
    if constant.kind not in ("theorem", "definition"):
        raise Refused(f"the proof declares {_with_article(constant.kind)}, {terms.show(name)}")
    if constant.safety != "safe":
        raise Refused(f"the proof declares {terms.show(name)}, which is {constant.safety}")
    own, public = _public(terms, theorem), _public(terms, name)
    below = public[: len(own)] == own
    if not below and not is_made_on_demand(terms, name):
        raise Refused(f"the proof declares {terms.show(name)} beside the theorem")


def is_made_on_demand(terms: Terms, name: int) -> bool:
    """Whether a name is such as Lean gives to what it makes for another constant."""
    return any(_MADE_ON_DEMAND.fullmatch(str(part)) for part in _public(terms, name)[1:])


def _public(terms: Terms, name: int) -> tuple[str | int, ...]:
    """Components of a name, without those that make it private to a module."""
    parts = terms.components(name)
    if parts[:1] == ("_private",):
        after = next((place for place, part in enumerate(parts) if isinstance(part, int)), 0)
        return parts[after + 1 :]
    return parts


def _with_article(kind: str) -> str:
    return f"{'an' if kind[0] in 'aio' else 'a'} {kind}"
