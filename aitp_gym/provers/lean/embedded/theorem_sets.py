"""Theorems for the embedded Lean: written by hand in `theorems.lean`, and generated.

All are provable with the library of the embedded engine and are not in it. Each is self-contained: its statement says
everything, and it may use the whole library.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from importlib import resources
from random import Random

from ....proof import Theorem
from ....terms.skeletons import lean_skeleton
from ....theorems import TheoremSet
from ....theorems.splits import split_by_hash
from ...propositional.generate import generate

__all__ = ["generated", "lean_embedded", "written"]

_NAME = "lean-embedded"
_DECLARATION = re.compile(r"^theorem (\S+)(.*?) := by$", re.MULTILINE | re.DOTALL)
_PROPOSITIONAL_COUNT = 60
# Operation: name in the library, kind of the variables, their names, how many theorems.
_REGROUPED = {
    "+": ("sum", "Nat", "abcde", 24),
    "*": ("product", "Nat", "abcde", 12),
    "++": ("append", "List Nat", "klmno", 12),
}


@lru_cache(maxsize=1)
def lean_embedded() -> TheoremSet:
    """Small theorems on logic, functions, numbers and lists, no two alike up to the names of variables."""
    theorems: dict[str, Theorem] = {}
    for name, statement in (*written(), *generated()):
        theorem = Theorem(name, f"theorem {name} {statement}", "lean", _NAME, provable=True)
        theorems.setdefault(lean_skeleton(theorem.statement), theorem)
    return TheoremSet(_NAME, split_by_hash(theorems.values(), lean_skeleton))


def written() -> Iterator[tuple[str, str]]:
    """Names and statements (`(n : Nat) : n = n`) of the theorems written by hand."""
    text = resources.files(__package__).joinpath("theorems.lean").read_text(encoding="utf-8")
    for name, statement in _DECLARATION.findall(text):
        yield name, " ".join(statement.split())


def generated() -> Iterator[tuple[str, str]]:
    """Names and statements of the generated theorems.

    Propositional ones are provable because a decision procedure says so; the others because their sides have the same
    operands, in the same order where the operation does not commute.
    """
    for number, item in enumerate(generate("medium", 0, _PROPOSITIONAL_COUNT)):
        variables = sorted(set(re.findall(r"[a-z]", item.formula.text)))
        yield f"taut_{number:02d}", f"({' '.join(variables)} : Prop) : {item.formula.text.replace('⊥', 'False')}"
    for operation, (name, kind, letters, count) in _REGROUPED.items():
        for number, statement in enumerate(_regrouped(operation, kind, letters, count)):
            yield f"{name}_{number:02d}", statement


def _regrouped(operation: str, kind: str, letters: str, count: int) -> Iterator[str]:
    """Equations between two groupings of the same operands, no two alike."""
    rng = Random(f"aitp-gym lean-embedded {operation}")
    seen: set[str] = set()
    while len(seen) < count:
        # With three operands they would be lemmas of the library.
        variables = list(letters[: 4 + int(rng.random() * (len(letters) - 3))])
        left = _grouped(variables, operation, rng)
        if operation != "++":
            variables.sort(key=lambda _: rng.random())
        right = _grouped(variables, operation, rng)
        statement = f"({' '.join(sorted(variables))} : {kind}) : {left} = {right}"
        if left != right and statement not in seen:
            seen.add(statement)
            yield statement


def _grouped(operands: list[str], operation: str, rng: Random) -> str:
    if len(operands) == 1:
        return operands[0]
    cut = 1 + int(rng.random() * (len(operands) - 1))
    sides = (_grouped(part, operation, rng) for part in (operands[:cut], operands[cut:]))
    left, right = (side if len(side) == 1 else f"({side})" for side in sides)
    return f"{left} {operation} {right}"
